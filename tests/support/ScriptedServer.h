// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QHostAddress>
#include <QList>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <utility>

namespace miroir::test {

struct SeenRequest
{
    QByteArray method;
    QByteArray target;
    QByteArray head; ///< request line and fields, as sent
    QByteArray body;

    [[nodiscard]] bool hasField(const QByteArray &line) const
    {
        return head.contains("\r\n" + line + "\r\n");
    }
};

/// HTTP/1.1 answer with a length.
inline QByteArray httpAnswer(int status, const QByteArray &body, const QByteArray &fields = {})
{
    return "HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: application/json\r\n"
        + fields + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

/// A server that does exactly what the test says, also what no server should do. It reads complete
/// requests (by their Content-Length), keeps them in `requests`, and hands each to the script with
/// the socket.
class ScriptedServer : public QTcpServer
{
public:
    using Script = std::function<void(const SeenRequest &, QTcpSocket *)>;

    explicit ScriptedServer(Script does)
        : script(std::move(does))
    {
        setListenBacklogSize(256);
        listen(QHostAddress::LocalHost, 0);
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection())
                take(socket);
        });
    }

    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(serverPort()));
    }

    QList<SeenRequest> requests;
    QList<QPointer<QTcpSocket>> sockets; ///< all that ever connected
    Script script;

private:
    void take(QTcpSocket *socket)
    {
        sockets.append(socket);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
            m_buffers[socket] += socket->readAll();
            while (parse(socket, m_buffers[socket])) { }
        });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_buffers.remove(socket);
            socket->deleteLater();
        });
    }

    bool parse(QTcpSocket *socket, QByteArray &buffer)
    {
        const qsizetype end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return false;
        SeenRequest request;
        request.head = buffer.left(end + 2);
        qsizetype length = 0;
        const qsizetype field = request.head.toLower().indexOf("\r\ncontent-length:");
        if (field >= 0) {
            const qsizetype from
                = field + static_cast<qsizetype>(sizeof("\r\ncontent-length:") - 1);
            length = request.head.mid(from, request.head.indexOf("\r\n", from) - from)
                         .trimmed()
                         .toLongLong();
        }
        if (buffer.size() < end + 4 + length)
            return false;
        request.body = buffer.mid(end + 4, length);
        buffer.remove(0, end + 4 + length);
        const QList<QByteArray> line = request.head.left(request.head.indexOf("\r\n")).split(' ');
        request.method = line.value(0);
        request.target = line.value(1);
        requests.append(request);
        script(request, socket);
        return m_buffers.contains(socket) && !buffer.isEmpty();
    }

    QHash<QTcpSocket *, QByteArray> m_buffers;
};

} // namespace miroir::test
