// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <QByteArray>
#include <QDeadlineTimer>
#include <QTcpSocket>

#include <utility>
#include <vector>

namespace miroir::test {

/// A blocking HTTP/1.1 client without any cleverness: sends exactly what it is told, one connection for each request.
/// For servers that run in other threads or processes.
class PlainHttp
{
public:
    struct Answer {
        int status = 0; ///< 0: no answer came
        QByteArray contentType; ///< null when there is none
        QByteArray body;
        QByteArray head; ///< status line and fields, as they came
        /// The member of a JSON object as raw text; empty when there is none.
        [[nodiscard]] QByteArray member(std::string_view name) const
        {
            const auto document = json::Document::parse(body);
            if (!document)
                return {};
            const std::string_view raw = document->root()[name].raw();
            return {raw.data(), static_cast<qsizetype>(raw.size())};
        }
        /// The member as text without quotes.
        [[nodiscard]] QByteArray text(std::string_view name) const
        {
            const auto document = json::Document::parse(body);
            return document ? QByteArray::fromStdString(document->root()[name].toString()) : QByteArray();
        }
    };
    using Fields = std::vector<std::pair<QByteArray, QByteArray>>;

    explicit PlainHttp(quint16 port, QByteArray key = {}) : m_port(port), m_key(std::move(key)) { }

    /// With the key as bearer, and application/json for a body.
    Answer send(const QByteArray &method, const QByteArray &target, const QByteArray &body = {}) const
    {
        Fields fields;
        if (!m_key.isEmpty())
            fields.emplace_back("Authorization", "Bearer " + m_key);
        if (!body.isNull())
            fields.emplace_back("Content-Type", "application/json");
        return exchange(method, target, body, fields);
    }

    /// A null body sends no length; every field as it is given.
    Answer exchange(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                    const Fields &fields) const
    {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), m_port);
        if (!socket.waitForConnected(timeoutMs))
            return {};
        QByteArray request = method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
        for (const auto &[name, value] : fields)
            request += name + ": " + value + "\r\n";
        if (!body.isNull())
            request += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        socket.write(request + "\r\n" + body);
        QByteArray bytes;
        const QDeadlineTimer deadline(timeoutMs);
        while (socket.state() == QAbstractSocket::ConnectedState && !deadline.hasExpired()) {
            if (!socket.waitForReadyRead(static_cast<int>(deadline.remainingTime())))
                break;
            bytes += socket.readAll();
        }
        bytes += socket.readAll();
        return parse(bytes);
    }

private:
    static constexpr int timeoutMs = 60'000;

    static Answer parse(const QByteArray &bytes)
    {
        Answer answer;
        const qsizetype head = bytes.indexOf("\r\n\r\n");
        if (head < 0)
            return answer;
        const QList<QByteArray> lines = bytes.left(head).split('\n');
        answer.head = bytes.left(head);
        answer.status = lines.first().mid(9, 3).toInt();
        bool chunked = false;
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            const QByteArray name = line.left(colon).trimmed().toLower();
            const QByteArray value = line.mid(colon + 1).trimmed();
            if (name == "content-type")
                answer.contentType = value;
            chunked = chunked || (name == "transfer-encoding" && value.toLower() == "chunked");
        }
        answer.body = bytes.mid(head + 4);
        if (chunked)
            answer.body = unchunk(answer.body);
        return answer;
    }

    static QByteArray unchunk(const QByteArray &bytes)
    {
        QByteArray out;
        qsizetype at = 0;
        for (;;) {
            const qsizetype end = bytes.indexOf("\r\n", at);
            if (end < 0)
                return out;
            const qsizetype size = bytes.mid(at, end - at).toLongLong(nullptr, 16);
            if (size <= 0)
                return out;
            out += bytes.mid(end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    quint16 m_port;
    QByteArray m_key;
};

} // namespace miroir::test
