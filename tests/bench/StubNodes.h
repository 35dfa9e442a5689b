// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/// Nodes that do nothing but answer: what a search costs above that is the orchestrator's. They live in a child
/// process, accept every write at once, and answer each search with 20 hits after a fixed time.
namespace miroir::bench {

class StubNodes
{
public:
    /// POST the tag of a shard here ("!("): the node's hits are of that shard from then on. They have to be of one that
    /// the orchestrator asks this node for.
    static constexpr const char *shardTarget = "/stub/shard";

    /// Forks: call before any thread is started.
    StubNodes(int count, int delayUs)
    {
        std::vector<int> sockets;
        for (int i = 0; i < count; ++i)
            sockets.push_back(listening());
        m_child = ::fork();
        if (m_child == 0)
            run(sockets, delayUs);
        for (const int socket : sockets)
            ::close(socket);
    }
    ~StubNodes() { ::kill(m_child, SIGKILL); }
    StubNodes(const StubNodes &) = delete;
    StubNodes &operator=(const StubNodes &) = delete;

    [[nodiscard]] const std::vector<int> &ports() const { return m_ports; }

private:
    int listening()
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
        m_ports.push_back(ntohs(address.sin_port));
        return socket;
    }

    [[noreturn]] static void run(const std::vector<int> &sockets, int delayUs)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_TIMERSLACK, 1UL); // a delay is as long as it says
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            std::thread([socket = sockets[i], number = static_cast<int>(i), delayUs] {
                auto *node = new Node {number, delayUs, searchAnswer(number, "!!")};
                for (;;) {
                    const int client = ::accept(socket, nullptr, nullptr);
                    if (client >= 0)
                        std::thread([node, client] { node->serve(client); }).detach();
                }
            }).detach();
        }
        for (;;)
            ::pause();
    }

    static std::string answer(int status, const std::string &body)
    {
        return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: "
            + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    static std::string searchAnswer(int number, const std::string &tag)
    {
        std::string hits;
        for (int i = 0; i < 20; ++i) {
            char order[17];
            for (int digit = 0; digit < 16; ++digit)
                order[digit] = "!(),;?[]"[(static_cast<unsigned long>(i * 8 + number) >> (3 * (15 - digit))) & 7];
            order[16] = 0;
            const std::string id = std::to_string(i * 8 + number);
            hits += (i > 0 ? "," : "") + std::string(R"({"id":)") + id + R"(,"title":"Title of document )" + id
                + R"(","overview":")" + std::string(400, 'o') + R"(","genres":["Drama","Comedy"],"year":1999,)"
                + R"("_miroir_shard":[")" + tag + "\",\"" + tag + "!\",\"" + tag + R"(!!"],"_miroir_ord":")" + order
                + R"(","_rankingScore":0.9991,"_rankingScoreDetails":{"words":{"order":0,"matchingWords":2,)"
                + R"("maxMatchingWords":2,"score":1.0},"typo":{"order":1,"typoCount":0,"maxTypoCount":2,"score":1.0},)"
                + R"("proximity":{"order":2,"score":1.0},"attributeRank":{"order":3,"score":1.0},)"
                + R"("wordPosition":{"order":4,"score":1.0},"exactness":{"order":5,"matchType":"exactMatch",)"
                + R"("score":1.0},"_miroir_ord:asc":{"order":6,"value":")" + order + R"("}}})";
        }
        return answer(200, R"({"hits":[)" + hits
                + R"(],"query":"a few","processingTimeMs":1,"limit":20,"offset":0,"estimatedTotalHits":20,)"
                + R"("requestUid":"01890000-0000-7000-8000-000000000000"})");
    }

    struct Node {
        int number;
        int delayUs;
        std::string search;
        std::atomic<unsigned long> lastTask {0};
        std::mutex mutex {};
        std::set<std::string> created {};

        [[nodiscard]] std::string reply(const std::string &method, const std::string &target)
        {
            if (target == "/health")
                return answer(200, R"({"status":"available"})");
            if (target == "/version")
                return answer(200, R"({"commitSha":"x","commitDate":"x","pkgVersion":"1.50.0"})");
            if (target == "/stats")
                return answer(200, R"({"databaseSize":1,"usedDatabaseSize":1,"lastUpdate":null,"indexes":{)" + indexes()
                        + "}}");
            if (method == "GET" && target.starts_with("/tasks"))
                return answer(200, tasks(target));
            // rising, as a node's are: one that counted anew would be taken for one that has lost its data
            return answer(202, R"({"taskUid":)" + std::to_string(++lastTask)
                    + R"(,"indexUid":"x","status":"enqueued","type":"x","enqueuedAt":"x"})");
        }

        std::string found()
        {
            const std::lock_guard lock(mutex);
            return search;
        }

        /// Remembers an index: one that a node does not show would be copied to it anew.
        void create(const std::string &body)
        {
            const std::string name = R"("uid":")";
            const std::size_t from = body.find(name);
            if (from == std::string::npos)
                return;
            const std::lock_guard lock(mutex);
            created.insert(body.substr(from + name.size(), body.find('"', from + name.size()) - from - name.size()));
        }

        std::string indexes()
        {
            const std::lock_guard lock(mutex);
            std::string list;
            for (const std::string &uid : created)
                list += (list.empty() ? "\"" : ",\"") + uid
                    + R"(":{"numberOfDocuments":0,"isIndexing":false,"fieldDistribution":{}})";
            return list;
        }

        /// Whatever was asked for has succeeded.
        [[nodiscard]] std::string tasks(const std::string &target) const
        {
            std::string list;
            std::size_t count = 0;
            const std::size_t from = target.find("uids=");
            std::set<unsigned long> uids;
            for (std::size_t at = from == std::string::npos ? target.size() : from + 5; at < target.size(); ++at) {
                char *end = nullptr;
                uids.insert(std::strtoul(target.c_str() + at, &end, 10));
                at = static_cast<std::size_t>(end - target.c_str());
                if (target.compare(at, 3, "%2C") == 0)
                    at += 2;
                else if (at < target.size() && target[at] != ',')
                    break;
            }
            if (from == std::string::npos && lastTask > 0)
                uids.insert(lastTask);
            for (const unsigned long uid : uids) {
                list += (count++ > 0 ? "," : "") + std::string(R"({"uid":)") + std::to_string(uid)
                    + R"(,"batchUid":1,"indexUid":"x","status":"succeeded","type":"indexCreation","canceledBy":null,)"
                    + R"("error":null,"duration":"PT0S","enqueuedAt":"2026-01-01T00:00:00Z",)"
                    + R"("startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:00Z"})";
            }
            return R"({"results":[)" + list + R"(],"total":)" + std::to_string(count)
                + R"(,"limit":20,"from":1,"next":null})";
        }

        void serve(int socket)
        {
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            std::string buffer;
            std::vector<char> block(65536);
            for (;;) {
                const ssize_t got = ::recv(socket, block.data(), block.size(), 0);
                if (got <= 0)
                    break;
                buffer.append(block.data(), static_cast<std::size_t>(got));
                const std::size_t head = buffer.find("\r\n\r\n");
                if (head == std::string::npos)
                    continue;
                const std::size_t field = buffer.find("Content-Length:");
                const std::size_t length
                    = field < head ? std::strtoul(buffer.c_str() + field + 15, nullptr, 10) : std::size_t {0};
                if (buffer.size() < head + 4 + length)
                    continue;
                const std::size_t space = buffer.find(' ');
                const std::string method = buffer.substr(0, space);
                const std::string target = buffer.substr(space + 1, buffer.find(' ', space + 1) - space - 1);
                const std::string body = buffer.substr(head + 4, length);
                if (method == "POST" && target == "/indexes")
                    create(body);
                buffer.erase(0, head + 4 + length);
                if (target == shardTarget) {
                    const std::lock_guard lock(mutex);
                    search = searchAnswer(number, body);
                }
                const bool isSearch = target.ends_with("/search");
                if (isSearch && delayUs > 0) {
                    const timespec delay {delayUs / 1'000'000, (delayUs % 1'000'000) * 1000L};
                    ::ppoll(nullptr, 0, &delay, nullptr);
                }
                const std::string bytes = isSearch ? found() : reply(method, target);
                if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
                    break;
            }
            ::close(socket);
        }
    };

    std::vector<int> m_ports;
    pid_t m_child = -1;
};

} // namespace miroir::bench
