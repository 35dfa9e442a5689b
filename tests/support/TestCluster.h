// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Engine.h"
#include "base/Bytes.h"
#include "localnode/LocalNode.h"
#include "support/PlainHttp.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

namespace miroir::test {

/// An orchestrator over embedded nodes in this process, each with a folder of its own, all gone at the end.
class TestCluster
{
public:
    static constexpr const char *key = "masterkey";
    static constexpr const char *nodeKey = "a-node-key-of-some-length";

    explicit TestCluster(int nodes = 3, int replicationFactor = 2)
    {
        for (int i = 0; i < nodes; ++i)
            m_nodes.push_back(makeNode(i, 0));
        m_config.masterKey = key;
        m_config.nodeMasterKey = nodeKey;
        m_config.replicationFactor = replicationFactor;
        m_config.dataDir = m_folder.filePath(QStringLiteral("engine"));
        m_config.server.port = 0;
        m_config.server.threads = 2;
        m_config.health.intervalMs = 50;
        m_config.admin.apiKey = "the-admin-key";
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            NodeConfig node;
            node.id = "node-" + std::to_string(i + 1);
            node.address = QUrl(m_nodes[i]->url());
            m_config.nodes.push_back(node);
        }
    }

    /// Starts the engine (anew) and waits until every node serves.
    [[nodiscard]] bool start(int timeoutMs = 20'000)
    {
        m_engine = std::make_unique<Engine>(m_config);
        QSignalSpy ready(m_engine.get(), &Engine::ready);
        const Status<> started = m_engine->start();
        if (!started) {
            qWarning("%s", started.error().message.c_str());
            return false;
        }
        return ready.count() > 0 || ready.wait(timeoutMs);
    }
    /// What the next start() uses.
    [[nodiscard]] Config &config() { return m_config; }
    void stopEngine() { m_engine.reset(); }
    void stopNode(std::size_t i) { m_nodes[i].reset(); }
    /// Throws away what a stopped node has kept.
    void wipeNode(std::size_t i) { QDir(nodeFolder(static_cast<int>(i))).removeRecursively(); }
    [[nodiscard]] QString nodeFolder(int i) const { return m_folder.filePath(QStringLiteral("node-%1").arg(i + 1)); }
    /// Brings a stopped node back at its old address, with its data.
    void startNode(std::size_t i)
    {
        m_nodes[i] = makeNode(static_cast<int>(i), static_cast<quint16>(m_config.nodes[i].address.port()));
    }

    [[nodiscard]] Engine &engine() { return *m_engine; }
    [[nodiscard]] quint16 port() const { return static_cast<quint16>(m_engine->url().port()); }
    [[nodiscard]] PlainHttp http() const { return PlainHttp(port(), key); }
    [[nodiscard]] PlainHttp admin() const { return PlainHttp(port(), "the-admin-key"); }
    [[nodiscard]] PlainHttp node(std::size_t i) const
    {
        return PlainHttp(static_cast<quint16>(m_config.nodes[i].address.port()), nodeKey);
    }

    /// Waits for the end of the task that the answer names; gives the task, or an empty text after a minute.
    [[nodiscard]] QByteArray finished(const PlainHttp::Answer &accepted) const
    {
        const QByteArray uid = accepted.member("taskUid");
        QByteArray task;
        const bool ended = QTest::qWaitFor([&] {
            const PlainHttp::Answer answer = http().send("GET", "/tasks/" + uid);
            const QByteArray status = answer.text("status");
            task = answer.body;
            return status == "succeeded" || status == "failed" || status == "canceled";
        }, 60'000);
        return ended ? task : QByteArray();
    }
    /// The same, for its status only.
    [[nodiscard]] QByteArray statusOf(const PlainHttp::Answer &accepted) const
    {
        const auto task = json::Document::parse(finished(accepted));
        return task ? toBytes(task->root()["status"].toString()) : QByteArray();
    }

private:
    std::unique_ptr<localnode::LocalNode> makeNode(int i, quint16 port)
    {
        localnode::LocalNodeOptions options;
        options.dbPath = nodeFolder(i);
        options.masterKey = nodeKey;
        auto node = std::make_unique<localnode::LocalNode>(options);
        const auto started = node->start(QHostAddress::LocalHost, port);
        if (!started)
            qFatal("%s", started.error().message.c_str());
        return node;
    }

    QTemporaryDir m_folder;
    Config m_config;
    std::vector<std::unique_ptr<localnode::LocalNode>> m_nodes;
    std::unique_ptr<Engine> m_engine;
};

} // namespace miroir::test
