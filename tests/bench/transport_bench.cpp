// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a call costs with each transport on this machine: processor time of this process and time on
// the clock. The nodes are three listening sockets of a child process that answers at once, so that
// what is left is the transport.
#include "node/Transport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace miroir::node;

namespace {

constexpr int nodes = 3;
constexpr std::size_t answerBytes = 4000; ///< about what 20 small hits take

int listening(int &port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *plain = reinterpret_cast<sockaddr *>(&address);
    if (::bind(socket, plain, length) != 0 || ::listen(socket, 512) != 0
        || ::getsockname(socket, plain, &length) != 0)
        std::abort();
    port = ntohs(address.sin_port);
    return socket;
}

/// Answers each request whose body has the length it says; blocking, one thread for each
/// connection.
void serve(int socket)
{
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::string answer
        = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + std::to_string(answerBytes) + "\r\n\r\n" + std::string(answerBytes, 'x');
    std::string buffer;
    std::array<char, 65536> block {};
    for (;;) {
        const ssize_t got = ::recv(socket, block.data(), block.size(), 0);
        if (got <= 0)
            break;
        buffer.append(block.data(), static_cast<std::size_t>(got));
        const std::size_t head = buffer.find("\r\n\r\n");
        const std::size_t field = buffer.find("ontent-");
        if (head == std::string::npos)
            continue;
        std::size_t length = 0;
        for (std::size_t at = field; at < head; at = buffer.find("ontent-", at + 1)) {
            if (buffer.compare(at + 7, 7, "Length:") == 0)
                length = std::strtoul(buffer.c_str() + at + 14, nullptr, 10);
        }
        if (buffer.size() < head + 4 + length)
            continue;
        buffer.erase(0, head + 4 + length);
        if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
            break;
    }
    ::close(socket);
}

[[noreturn]] void runNodes(const std::vector<int> &sockets)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int socket : sockets) {
        std::thread([socket] {
            for (;;) {
                const int client = ::accept(socket, nullptr, nullptr);
                if (client >= 0)
                    std::thread(serve, client).detach();
            }
        }).detach();
    }
    for (;;)
        ::pause();
}

double processorUs()
{
    rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval &t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

/// Searches over all nodes, `together` of them at any time; each ends when its last node has
/// answered.
class Load
{
public:
    Load(Transport &transport, std::vector<QUrl> urls, int together, int count)
        : m_transport(transport)
        , m_urls(std::move(urls))
        , m_left(count)
        , m_running(together)
    {
        for (int i = 0; i < together; ++i)
            next();
        m_loop.exec();
    }

private:
    void next()
    {
        if (m_left-- <= 0) {
            if (--m_running == 0)
                m_loop.quit();
            return;
        }
        auto missing = std::make_shared<int>(static_cast<int>(m_urls.size()));
        for (const QUrl &url : m_urls) {
            Call call;
            call.method = "POST";
            call.target = "/indexes/movies/search";
            call.body = R"({"q":"a few words","limit":20,"showRankingScore":true})";
            call.key = "0123456789abcdef0123456789abcdef";
            m_transport.send(url, std::move(call), nullptr, [this, missing](const Answer &answer) {
                if (!answer.success())
                    std::printf("failed: %s\n", answer.failure.c_str());
                if (--*missing == 0)
                    next();
            });
        }
    }

    Transport &m_transport;
    std::vector<QUrl> m_urls;
    int m_left;
    int m_running;
    QEventLoop m_loop;
};

void measure(
    const char *name, TransportKind kind, const std::vector<QUrl> &urls, int together, int count)
{
    const auto transport = makeTransport(kind);
    Load(*transport, urls, together, std::min(count, 200)); // connections are made, caches are warm
    double bestCpu = 1e12;
    double bestWall = 1e12;
    for (int batch = 0; batch < 5; ++batch) { // the best: other programs can only make it slower
        QElapsedTimer clock;
        clock.start();
        const double before = processorUs();
        Load(*transport, urls, together, count);
        bestCpu = std::min(bestCpu, (processorUs() - before) / count);
        bestWall = std::min(bestWall, static_cast<double>(clock.nsecsElapsed()) / 1000.0 / count);
    }
    std::printf("%-8s %5zu %8d %12.0f %12.0f\n", name, urls.size(), together, bestCpu, bestWall);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char *argv[])
{
    std::vector<int> sockets;
    std::vector<QUrl> urls;
    for (int i = 0; i < nodes; ++i) {
        int port = 0;
        sockets.push_back(listening(port));
        urls.emplace_back(QStringLiteral("http://127.0.0.1:%1").arg(port));
    }
    if (::fork() == 0)
        runNodes(sockets);
    for (const int socket : sockets)
        ::close(socket);
    QCoreApplication application(argc, argv);
    const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
    std::printf("%-8s %5s %8s %12s %12s\n", "", "nodes", "together", "CPU us", "wall us");
    for (const int together : {1, 16}) {
        for (const auto &set : {std::vector<QUrl> {urls[0]}, urls}) {
            measure("pooled", TransportKind::Pooled, set, together, count);
            measure("qnam", TransportKind::Qnam, set, together, count);
        }
    }
    return 0;
}
