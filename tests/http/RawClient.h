// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QElapsedTimer>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

/// A client that sends exactly the bytes it is told, for tests of the server that runs in other threads. Blocking.
namespace miroir::http::testing {

struct RawAnswer {
    int status = 0;
    std::map<QByteArray, QByteArray> fields; // lower-case names
    QByteArray body; // chunked coding taken off
};

class RawClient
{
public:
    explicit RawClient(quint16 port, int receiveBufferBytes = 0)
        : m_descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        if (receiveBufferBytes > 0)
            setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, sizeof receiveBufferBytes);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_connected = connect(m_descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    }
    ~RawClient() { hangUp(); }
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;

    [[nodiscard]] bool connected() const { return m_connected; }

    /// False when the server has closed.
    bool send(const QByteArray &bytes)
    {
        qsizetype at = 0;
        while (at < bytes.size()) {
            const auto left = static_cast<std::size_t>(bytes.size() - at);
            const ssize_t sent = ::send(m_descriptor, bytes.constData() + at, left, MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            at += sent;
        }
        return true;
    }
    void hangUp()
    {
        if (m_descriptor >= 0)
            close(m_descriptor);
        m_descriptor = -1;
    }
    /// Closes so that the other side gets a reset, not an end.
    void reset()
    {
        const linger hard {1, 0};
        setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        hangUp();
    }

    /// The next answer; nullopt when the connection ends or nothing comes. Interim answers (1xx) are answers too.
    std::optional<RawAnswer> answer(bool toHead = false, int timeoutMs = 5000)
    {
        QElapsedTimer timer;
        timer.start();
        qsizetype end = -1;
        while ((end = m_buffer.indexOf("\r\n\r\n")) < 0) {
            if (!receive(timeoutMs - static_cast<int>(timer.elapsed())))
                return std::nullopt;
        }
        RawAnswer answer = parseHead(m_buffer.left(end));
        m_buffer.remove(0, end + 4);
        if (toHead || answer.status < 200 || answer.status == 204)
            return answer;
        if (answer.fields.count("content-length") == 0)
            return chunkedBody(std::move(answer), timeoutMs - static_cast<int>(timer.elapsed()));
        const qsizetype length = answer.fields["content-length"].toLongLong();
        while (m_buffer.size() < length) {
            if (!receive(timeoutMs - static_cast<int>(timer.elapsed())))
                return std::nullopt;
        }
        answer.body = m_buffer.left(length);
        m_buffer.remove(0, length);
        return answer;
    }
    /// The server has closed (and nothing but what is returned came before).
    std::optional<QByteArray> untilClosed(int timeoutMs = 5000)
    {
        QElapsedTimer timer;
        timer.start();
        while (receive(timeoutMs - static_cast<int>(timer.elapsed()))) { }
        return m_closed ? std::optional(m_buffer) : std::nullopt;
    }
    /// Waits until the text has come.
    bool waitFor(const QByteArray &text, int timeoutMs = 5000)
    {
        QElapsedTimer timer;
        timer.start();
        while (!m_buffer.contains(text)) {
            if (!receive(timeoutMs - static_cast<int>(timer.elapsed())))
                return false;
        }
        return true;
    }
    [[nodiscard]] const QByteArray &buffer() const { return m_buffer; }

private:
    static RawAnswer parseHead(const QByteArray &head)
    {
        RawAnswer answer;
        const QList<QByteArray> lines = head.split('\n');
        answer.status = lines.first().mid(9, 3).toInt();
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            answer.fields[line.left(colon).toLower()] = line.mid(colon + 1).trimmed();
        }
        return answer;
    }
    std::optional<RawAnswer> chunkedBody(RawAnswer answer, int timeoutMs)
    {
        while (true) {
            while (!m_buffer.contains("\r\n")) {
                if (!receive(timeoutMs))
                    return std::nullopt;
            }
            const qsizetype end = m_buffer.indexOf("\r\n");
            const qsizetype size = m_buffer.left(end).toLongLong(nullptr, 16);
            while (m_buffer.size() < end + 2 + size + 2) {
                if (!receive(timeoutMs))
                    return std::nullopt;
            }
            answer.body += m_buffer.mid(end + 2, size);
            m_buffer.remove(0, end + 2 + size + 2);
            if (size == 0)
                return answer;
        }
    }
    bool receive(int timeoutMs)
    {
        pollfd waiting {m_descriptor, POLLIN, 0};
        if (poll(&waiting, 1, std::max(timeoutMs, 0)) <= 0)
            return false;
        QByteArray bytes(256 * 1024, Qt::Uninitialized);
        const ssize_t received = recv(m_descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()), 0);
        if (received <= 0) {
            m_closed = true;
            return false;
        }
        m_buffer.append(bytes.constData(), received);
        return true;
    }

    int m_descriptor;
    bool m_connected = false;
    bool m_closed = false;
    QByteArray m_buffer;
};

} // namespace miroir::http::testing
