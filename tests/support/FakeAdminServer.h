// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/FakeCluster.h"

#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QUrlQuery>
#include <QVector>

#include <functional>

/// An engine as the window sees it: the admin API, its event stream and the few routes of the ordinary API the window
/// uses, from a FakeCluster. One request at a time for each connection, bodies by length. For tests and screenshots.
class FakeAdminServer
{
public:
    FakeCluster cluster = FakeCluster::make(3, 64, 2);
    QByteArray adminKey = "test-admin-key";
    QByteArray apiKey = "test-api-key";
    bool streams = true; ///< false: the event stream answers 404
    /// The answer to a search: status and body, from index and request body.
    std::function<std::pair<int, QByteArray>(const QString &, const QByteArray &)> onSearch;
    /// Searches for which this is true get no answer until release().
    std::function<bool(const QByteArray &)> holds;
    QByteArray settings = R"({"displayedAttributes":["*"],"searchableAttributes":["*"],"filterableAttributes":[]})";
    QVector<QByteArray> seen; ///< request lines
    QVector<QByteArray> searches; ///< bodies

    FakeAdminServer()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
        });
    }
    bool listen(quint16 port = 0) { return m_server.listen(QHostAddress::LocalHost, port); }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort())); }
    [[nodiscard]] int streamCount() const
    {
        return static_cast<int>(
            std::count_if(m_streams.begin(), m_streams.end(), [](const auto &s) { return !s.isNull(); }));
    }

    void push(const QByteArray &event, const QByteArray &data)
    {
        for (const auto &stream : std::as_const(m_streams)) {
            if (stream)
                stream->write("event: " + event + "\ndata: " + data + "\n\n");
        }
    }
    void ping() { push("ping", "{}"); }
    void pushCluster() { push("cluster", cluster.clusterJson()); }
    void setState(const std::string &node, const std::string &state, const std::string &error = {})
    {
        cluster.node(node).state = state;
        cluster.node(node).error = error;
        pushCluster();
    }
    void pushTask(const FakeCluster::Task &task) { push("task", FakeCluster::taskJson(task)); }
    void release()
    {
        holds = nullptr;
        const auto held = std::exchange(m_held, {});
        for (const auto &[socket, answer] : held) {
            if (socket)
                socket->write(answer);
        }
    }
    /// The machine is gone: nothing listens, all lines are cut.
    void die()
    {
        m_server.close();
        const auto sockets = m_server.findChildren<QTcpSocket *>();
        for (QTcpSocket *socket : sockets)
            socket->abort();
        m_streams.clear();
    }

private:
    void read(QTcpSocket *socket)
    {
        QByteArray buffer = socket->property("rest").toByteArray() + socket->readAll();
        for (;;) {
            const qsizetype headEnd = buffer.indexOf("\r\n\r\n");
            if (headEnd < 0)
                break;
            const QByteArray head = buffer.left(headEnd);
            qsizetype length = 0;
            const QByteArray lower = head.toLower();
            if (const qsizetype at = lower.indexOf("content-length:"); at >= 0)
                length = lower.mid(at + 15, lower.indexOf('\r', at) < 0 ? -1 : lower.indexOf('\r', at) - at - 15)
                             .trimmed()
                             .toInt();
            if (buffer.size() < headEnd + 4 + length)
                break;
            answer(socket, head, buffer.mid(headEnd + 4, length));
            buffer.remove(0, headEnd + 4 + length);
        }
        socket->setProperty("rest", buffer);
    }

    static QByteArray http(int status, const QByteArray &body)
    {
        return "HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: application/json\r\nContent-Length: "
            + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }

    void answer(QTcpSocket *socket, const QByteArray &head, const QByteArray &body)
    {
        const QByteArray line = head.left(head.indexOf('\r'));
        seen.append(line);
        const QList<QByteArray> words = line.split(' ');
        const QUrl target = QUrl::fromEncoded(words.value(1));
        const QString path = target.path();
        const bool admin = path.startsWith(QStringLiteral("/_miroir/"));
        const QByteArray key = admin ? adminKey : apiKey;
        if (!key.isEmpty() && !head.contains("Bearer " + key + '\r') && !head.endsWith("Bearer " + key)) {
            socket->write(http(403,
                R"({"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth","link":""})"));
            return;
        }
        if (path == QStringLiteral("/_miroir/cluster")) {
            socket->write(http(200, cluster.clusterJson()));
        } else if (path == QStringLiteral("/_miroir/shards")) {
            const QString index = QUrlQuery(target).queryItemValue(QStringLiteral("index"), QUrl::FullyDecoded);
            socket->write(http(200, cluster.shardsJson(index.toStdString())));
        } else if (path == QStringLiteral("/_miroir/tasks")) {
            socket->write(http(200, cluster.tasksJson()));
        } else if (path == QStringLiteral("/_miroir/access")) {
            socket->write(http(200, "{\"apiKey\":\"" + apiKey + "\"}"));
        } else if (path == QStringLiteral("/_miroir/events") && streams) {
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hello\n\n");
            m_streams.append(socket);
            socket->write("event: cluster\ndata: " + cluster.clusterJson() + "\n\n"); // what changed since it was asked
        } else if (path.startsWith(QStringLiteral("/indexes/")) && path.endsWith(QStringLiteral("/search"))
            && onSearch) {
            searches.append(body);
            const auto [status, json] = onSearch(path.section(u'/', 2, 2), body);
            if (holds && holds(body))
                m_held.append({socket, http(status, json)});
            else
                socket->write(http(status, json));
        } else if (path.endsWith(QStringLiteral("/settings"))) {
            socket->write(http(200, settings));
        } else {
            socket->write(
                http(404, R"({"message":"Not found","code":"not_found","type":"invalid_request","link":""})"));
        }
    }

    QTcpServer m_server;
    QVector<QPointer<QTcpSocket>> m_streams;
    QVector<std::pair<QPointer<QTcpSocket>, QByteArray>> m_held;
};
