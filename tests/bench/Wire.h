// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace miroir::bench {

/// A blocking HTTP client over one kept connection to this machine, with as little of its own as can be.
class Wire
{
public:
    Wire(int port, std::string key) : m_key(std::move(key)), m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
            std::perror("connect");
            std::exit(2);
        }
    }
    ~Wire() { ::close(m_socket); }
    Wire(const Wire &) = delete;
    Wire &operator=(const Wire &) = delete;

    void send(const std::string &method, const std::string &target, const std::string &body)
    {
        const std::string request = method + ' ' + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + m_key
            + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"
            + body;
        if (::send(m_socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            broken();
    }
    /// Waits for the whole answer, by its length.
    std::string receive()
    {
        for (;;) {
            const std::size_t head = m_buffer.find("\r\n\r\n");
            if (head != std::string::npos) {
                const std::size_t length = lengthOf(head);
                if (m_buffer.size() >= head + 4 + length) {
                    m_status = std::atoi(m_buffer.c_str() + 9);
                    std::string body = m_buffer.substr(head + 4, length);
                    m_buffer.erase(0, head + 4 + length);
                    return body;
                }
            }
            char block[65536];
            const ssize_t got = ::recv(m_socket, block, sizeof block, 0);
            if (got <= 0)
                broken();
            m_buffer.append(block, static_cast<std::size_t>(got));
        }
    }
    std::string call(const std::string &method, const std::string &target, const std::string &body = {})
    {
        send(method, target, body);
        return receive();
    }
    [[nodiscard]] int status() const { return m_status; } ///< of the last answer

private:
    [[noreturn]] static void broken()
    {
        std::fputs("the connection broke\n", stderr);
        std::exit(2);
    }
    [[nodiscard]] std::size_t lengthOf(std::size_t head) const
    {
        std::string lower = m_buffer.substr(0, head);
        for (char &c : lower)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        const std::size_t field = lower.find("content-length:");
        if (field == std::string::npos) {
            std::fputs("an answer without a length\n", stderr);
            std::exit(2);
        }
        return std::strtoul(lower.c_str() + field + 15, nullptr, 10);
    }

    std::string m_key;
    int m_socket;
    int m_status = 0;
    std::string m_buffer;
};

} // namespace miroir::bench
