// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the orchestrator adds to a search. In turns, one search goes through the whole orchestrator (HTTP front,
// fan-out, merge, answer) and the same node requests go directly to all nodes at once, until the slowest has answered.
// Stub nodes answer after a fixed time; with MIROIR_MEILISEARCH set, real nodes with documents are measured too.
#include "Engine.h"
#include "StubNodes.h"
#include "Wire.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <memory>

using namespace miroir;
using miroir::bench::StubNodes;
using miroir::bench::Wire;

namespace {

constexpr int nodesMax = 8;
constexpr int warmUp = 50;
const char *const key = "the-key-of-the-bench-clients";
const char *const nodeKey = "the-key-of-the-bench-nodes";
const char *const searchBody = R"({"q":"a few"})";
/// What the orchestrator asks a node for that search.
const char *const nodeBody = R"({"q":"a few","offset":0,"limit":20,"attributesToRetrieve":["*"],)"
                             R"("showRankingScore":true,"showRankingScoreDetails":true})";

double nowUs()
{
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Quantiles {
    double median = 0, p99 = 0;
    static Quantiles of(std::vector<double> values)
    {
        std::sort(values.begin(), values.end());
        return {values[values.size() / 2], values[values.size() * 99 / 100]};
    }
};

void spin(const std::function<bool()> &until)
{
    for (int i = 0; i < 60'000 && !until(); ++i) {
        QEventLoop loop;
        QTimer::singleShot(1, &loop, &QEventLoop::quit);
        loop.exec();
    }
    if (!until()) {
        std::fputs("the cluster does not become ready\n", stderr);
        std::exit(2);
    }
}

/// An orchestrator over nodes at those ports, with an index that it has made on them.
class Cluster
{
public:
    Cluster(const std::vector<int> &ports, node::TransportKind transport)
    {
        Config config;
        config.masterKey = key;
        config.nodeMasterKey = nodeKey;
        config.replicationFactor = 1; // so that each search asks every node
        config.dataDir = m_folder.filePath(QStringLiteral("engine"));
        config.server.port = 0;
        config.server.threads = 1;
        for (std::size_t i = 0; i < ports.size(); ++i) {
            NodeConfig node;
            node.id = "node-" + std::to_string(i + 1);
            node.address = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(ports[i]));
            config.nodes.push_back(node);
        }
        m_engine = std::make_unique<Engine>(config);
        m_engine->setTransport(transport);
        bool ready = false;
        QObject::connect(m_engine.get(), &Engine::ready, m_engine.get(), [&ready] { ready = true; });
        if (const Status<> started = m_engine->start(); !started) {
            std::fprintf(stderr, "%s\n", started.error().message.c_str());
            std::exit(2);
        }
        spin([&ready] { return ready; });
    }
    [[nodiscard]] int port() const { return m_engine->url().port(); }
    /// Waits for the end of the task of that answer.
    void finish(Wire &wire, const std::string &summary) const
    {
        const auto parsed = json::Document::parse(std::string_view(summary));
        const auto uid = parsed ? parsed->root()["taskUid"].toU64() : std::nullopt;
        if (!uid) {
            std::fprintf(stderr, "no task: %s\n", summary.c_str());
            std::exit(2);
        }
        spin([&] {
            const std::string task = wire.call("GET", "/tasks/" + std::to_string(*uid));
            return task.find("\"status\":\"succeeded\"") != std::string::npos;
        });
    }
    /// Of a shard that the node with that number holds.
    [[nodiscard]] std::string shardTag(std::size_t node) const
    {
        const placement::ShardSet held = m_engine->view()->map.shardsOf("node-" + std::to_string(node + 1));
        std::uint8_t shard = 0;
        while (!held.test(shard))
            ++shard;
        return placement::shardTag({shard});
    }
    [[nodiscard]] std::string physical() const { return m_engine->view()->index("bench")->physical; }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Engine> m_engine;
};

struct Measured {
    Quantiles direct, whole;
    void print(const char *what, std::size_t nodes) const
    {
        std::printf("%-16s %5zu %9.0f %9.0f %8.0f %6.2f %9.0f %9.0f %8.0f %6.2f\n", what, nodes, direct.median,
            whole.median, whole.median - direct.median, whole.median / direct.median, direct.p99, whole.p99,
            whole.p99 - direct.p99, whole.p99 / direct.p99);
        std::fflush(stdout);
    }
};

/// In turns, so that whatever else the machine does falls on both alike.
Measured measure(const Cluster &cluster, const std::vector<int> &ports, int count)
{
    Wire through(cluster.port(), key);
    std::vector<std::unique_ptr<Wire>> direct;
    for (const int port : ports)
        direct.push_back(std::make_unique<Wire>(port, nodeKey));
    const std::string target = "/indexes/" + cluster.physical() + "/search";
    std::vector<double> directUs, wholeUs;
    for (int i = 0; i < warmUp + count; ++i) {
        const double a = nowUs();
        for (const auto &wire : direct)
            wire->send("POST", target, nodeBody);
        for (const auto &wire : direct)
            wire->receive();
        const double b = nowUs();
        const std::string body = through.call("POST", "/indexes/bench/search", searchBody);
        const double c = nowUs();
        if (through.status() != 200) {
            std::fprintf(stderr, "a search failed: %s\n", body.c_str());
            std::exit(2);
        }
        if (i < warmUp)
            continue;
        directUs.push_back(b - a);
        wholeUs.push_back(c - b);
    }
    return {Quantiles::of(directUs), Quantiles::of(wholeUs)};
}

void createIndex(const Cluster &cluster)
{
    Wire wire(cluster.port(), key);
    cluster.finish(wire, wire.call("POST", "/indexes", R"({"uid":"bench","primaryKey":"id"})"));
}

/// Documents of a few common words, the same in every run.
void fill(const Cluster &cluster, int documents)
{
    static const char *const words[] = {"a", "few", "common", "words", "of", "every", "page", "found", "near", "river",
        "stone", "light", "house", "green", "over", "quiet"};
    Wire wire(cluster.port(), key);
    std::uint32_t random = 1;
    for (int from = 0; from < documents; from += 5000) {
        std::string body;
        for (int id = from; id < std::min(from + 5000, documents); ++id) {
            std::string text;
            for (int i = 0; i < 40; ++i) {
                random = random * 1664525U + 1013904223U;
                text += std::string(i > 0 ? " " : "") + words[random >> 28U];
                if ((random >> 20U & 7U) == 0)
                    text += std::to_string(random % 997);
            }
            body += (body.empty() ? "[" : ",") + std::string(R"({"id":)") + std::to_string(id) + R"(,"text":")" + text
                + "\"}";
        }
        cluster.finish(wire, wire.call("POST", "/indexes/bench/documents", body + ']'));
    }
}

class RealNodes
{
public:
    RealNodes(const QString &program, int count, int firstPort)
    {
        for (int i = 0; i < count; ++i) {
            auto process = std::make_unique<QProcess>();
            const QString folder = m_folder.filePath(QStringLiteral("node-%1").arg(i));
            const int port = firstPort + i;
            process->setWorkingDirectory(m_folder.path());
            // by default each node takes two thirds of the memory for itself, and the pages cost time
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(QStringLiteral("MEILI_MAX_INDEXING_MEMORY"), QStringLiteral("100MiB"));
            process->setProcessEnvironment(environment);
            process->setProcessChannelMode(QProcess::MergedChannels);
            process->setStandardOutputFile(QProcess::nullDevice());
            process->start(program,
                {QStringLiteral("--http-addr"), QStringLiteral("127.0.0.1:%1").arg(port), QStringLiteral("--db-path"),
                    folder, QStringLiteral("--master-key"), QString::fromLatin1(nodeKey),
                    QStringLiteral("--no-analytics")});
            process->waitForStarted();
            m_ports.push_back(port);
            m_processes.push_back(std::move(process));
        }
    }
    ~RealNodes()
    {
        for (const auto &process : m_processes)
            process->kill();
        for (const auto &process : m_processes)
            process->waitForFinished();
    }
    [[nodiscard]] const std::vector<int> &ports() const { return m_ports; }

private:
    QTemporaryDir m_folder;
    std::vector<int> m_ports;
    std::vector<std::unique_ptr<QProcess>> m_processes;
};

int argument(const QStringList &words, const char *name, int otherwise)
{
    const qsizetype at = words.indexOf(QString::fromLatin1(name));
    return at >= 0 && at + 1 < words.size() ? words[at + 1].toInt() : otherwise;
}

void measureReal(const QString &program, const QStringList &words, int count)
{
    const int documents = argument(words, "--documents", 20'000);
    for (int nodes = argument(words, "--from", 1); nodes <= argument(words, "--to", nodesMax); ++nodes) {
        const RealNodes real(program, nodes, argument(words, "--port", 26'100));
        const Cluster cluster(real.ports(), node::TransportKind::Pooled);
        createIndex(cluster);
        fill(cluster, documents);
        measure(cluster, real.ports(), count).print("real", static_cast<std::size_t>(nodes));
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(QString::fromLocal8Bit(argv[i]));
    const StubNodes stubs(nodesMax, argument(words, "--delay-us", 5000));
    const QCoreApplication application(argc, argv);
    const int count = argument(words, "--count", 1000);
    std::printf("%-16s %5s %9s %9s %8s %6s %9s %9s %8s %6s\n", "us", "nodes", "direct50", "whole50", "added", "ratio",
        "direct99", "whole99", "added", "ratio");
    const bool real = words.contains(QStringLiteral("--real"));
    for (int nodes = argument(words, "--from", 1); !real && nodes <= argument(words, "--to", nodesMax); ++nodes) {
        const std::vector<int> ports(stubs.ports().begin(), stubs.ports().begin() + nodes);
        for (const auto kind : {node::TransportKind::Pooled, node::TransportKind::Qnam}) {
            const Cluster cluster(ports, kind);
            createIndex(cluster);
            for (std::size_t i = 0; i < ports.size(); ++i)
                Wire(ports[i], nodeKey).call("POST", StubNodes::shardTarget, cluster.shardTag(i));
            measure(cluster, ports, count).print(
                kind == node::TransportKind::Pooled ? "stub, pooled" : "stub, qnam", ports.size());
        }
    }
    const QString program = qEnvironmentVariable("MIROIR_MEILISEARCH");
    if (real && program.isEmpty())
        std::fputs("MIROIR_MEILISEARCH names no program\n", stderr);
    else if (real)
        measureReal(program, words, count);
    return 0;
}
