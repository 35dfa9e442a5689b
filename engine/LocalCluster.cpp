// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "LocalCluster.h"

#include "LocalClusterNode.h"
#include "base/Bytes.h"
#include "node/NodeClient.h"

#include <QDeadlineTimer>

#include <algorithm>

namespace miroir {

namespace {

constexpr int firstPauseMs = 200;
constexpr int longestPauseMs = 5000;
constexpr int steadyMs
    = 10'000; ///< a node that has run for so long begins again with the shortest pause
constexpr int failedStarts = 5; ///< in a row, until a node is given up
constexpr int probePauseMs = 50;
constexpr int probeDeadlineMs = 2000;

} // namespace

LocalCluster::LocalCluster(LocalClusterOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
}

LocalCluster::~LocalCluster()
{
    for (const auto &node : m_nodes) {
        node->process.disconnect(this);
        if (node->running())
            node->process.terminate();
    }
    QDeadlineTimer deadline(m_options.stopTimeoutMs);
    for (const auto &node : m_nodes) {
        if (!node->running()
            || node->process.waitForFinished(static_cast<int>(deadline.remainingTime())))
            continue;
        node->process.kill();
        node->process.waitForFinished(1000);
    }
}

Status<> LocalCluster::start()
{
    if (!m_nodes.empty())
        return fail("the local cluster has been started before");
    const Status<> prepared = prepare();
    if (!prepared) {
        m_nodes.clear();
        m_lock.reset();
        return prepared;
    }
    m_stopping = false;
    m_transport = node::makeTransport();
    for (const auto &node : m_nodes)
        launch(*node);
    return Done {};
}

void LocalCluster::stop()
{
    m_stopping = true;
    for (const auto &node : m_nodes) {
        node->pause.stop();
        node->wanted = false;
        if (node->running())
            terminate(*node);
        else
            setState(*node, State::Stopped);
    }
    QMetaObject::invokeMethod(this, &LocalCluster::checkStopped, Qt::QueuedConnection);
}

void LocalCluster::checkStopped()
{
    const bool anyRuns = std::any_of(
        m_nodes.begin(), m_nodes.end(), [](const auto &node) { return node->running(); });
    if (!m_stopping || anyRuns)
        return;
    m_stopping = false;
    m_nodes.clear();
    m_lock.reset();
    m_wasReady = false;
    Q_EMIT stopped();
}

void LocalCluster::stopNode(const NodeId &id)
{
    Node *node = find(id);
    if (node == nullptr)
        return;
    node->wanted = false;
    node->pause.stop();
    if (node->running())
        terminate(*node);
    else
        setState(*node, State::Stopped);
}

void LocalCluster::startNode(const NodeId &id)
{
    Node *node = find(id);
    if (node == nullptr || m_stopping)
        return;
    node->wanted = true;
    node->failures = 0;
    node->pause.stop();
    if (!node->running())
        begin(*node);
}

void LocalCluster::begin(Node &node)
{
    const QUrl before = node.address();
    const Status<> chosen = choosePort(node);
    if (!chosen) {
        giveUp(node, toQString(chosen.error().message));
        return;
    }
    if (node.address() != before) {
        const Status<> saved = saveState();
        if (!saved) {
            giveUp(node, toQString(saved.error().message));
            return;
        }
        Q_EMIT addressChanged(toQString(node.id), node.address());
    }
    launch(node);
}

void LocalCluster::launch(Node &node)
{
    ++node.attempt;
    node.wanted = true;
    node.clock.start();
    node.rotateLog(m_options.logBytes);
    node.process.disconnect(this);
    connect(&node.process, &QProcess::finished, this,
        [this, &node](int code, QProcess::ExitStatus status) {
            const QString how = status == QProcess::CrashExit
                ? QStringLiteral("it was ended by signal %1")
                : QStringLiteral("it ended with exit code %1");
            ended(node, how.arg(code));
        });
    connect(
        &node.process, &QProcess::errorOccurred, this, [this, &node](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                ended(node, QStringLiteral("it cannot be started: ") + node.process.errorString());
        });
    setState(node, State::Starting);
    node.start(m_program, m_key);
    probe(node, node.attempt);
}

void LocalCluster::probe(Node &node, int attempt)
{
    if (attempt != node.attempt || node.state != State::Starting || !node.running())
        return;
    node::NodeClient client(m_transport.get(), node.address(), m_key, &node.process);
    client.setDeadlineMs(probeDeadlineMs);
    client.health([this, &node, attempt](const node::Answer &answer) {
        if (answer.success())
            checkKey(node, attempt);
        else
            probeAgain(node, attempt, toQString(node::whyNot(answer)));
    });
}

void LocalCluster::checkKey(Node &node, int attempt)
{
    // Whoever answers on this port must know our key; otherwise it is another program.
    node::NodeClient client(m_transport.get(), node.address(), m_key, &node.process);
    client.setDeadlineMs(probeDeadlineMs);
    client.version([this, &node, attempt](const node::Answer &answer) {
        if (!answer.success()) {
            probeAgain(node, attempt, toQString(node::whyNot(answer)));
            return;
        }
        if (attempt != node.attempt || node.state != State::Starting || !node.running())
            return;
        node.clock.start();
        setState(node, State::Ready);
        if (allReady() && !m_wasReady) {
            m_wasReady = true;
            Q_EMIT ready();
        }
    });
}

void LocalCluster::probeAgain(Node &node, int attempt, const QString &reason)
{
    if (attempt != node.attempt || node.state != State::Starting)
        return;
    if (node.clock.elapsed() >= m_options.startTimeoutMs) {
        giveUp(node,
            QStringLiteral("it does not answer: %1; its log is %2").arg(reason, node.logFile()));
        return;
    }
    QTimer::singleShot(
        probePauseMs, &node.process, [this, &node, attempt] { probe(node, attempt); });
}

void LocalCluster::ended(Node &node, const QString &how)
{
    if (!node.wanted || m_stopping) {
        // A node that was given up keeps its reason.
        if (node.state != State::Failed)
            setState(node, State::Stopped);
        // Later: it deletes the process whose signal this is.
        QMetaObject::invokeMethod(this, &LocalCluster::checkStopped, Qt::QueuedConnection);
        return;
    }
    const bool wasReady = node.state == State::Ready;
    if (wasReady && node.clock.elapsed() >= steadyMs)
        node.failures = 0;
    ++node.failures;
    m_wasReady = false;
    QString reason = how;
    if (!wasReady)
        reason += node.lastWords();
    if (!m_options.restart && wasReady)
        giveUp(node, reason);
    else if (!wasReady && node.failures >= failedStarts)
        giveUp(node, reason);
    else
        startAgain(node, reason);
}

void LocalCluster::startAgain(Node &node, const QString &reason)
{
    setState(node, State::Restarting, reason);
    const int doublings = std::min(node.failures - 1, 10);
    node.pause.disconnect(this);
    connect(&node.pause, &QTimer::timeout, this, [this, &node] { begin(node); });
    node.pause.start(std::min(firstPauseMs << doublings, longestPauseMs));
}

void LocalCluster::giveUp(Node &node, const QString &reason)
{
    node.wanted = false;
    m_wasReady = false;
    setState(node, State::Failed, reason);
    if (node.running())
        terminate(node);
    Q_EMIT failed(QStringLiteral("%1: %2").arg(toQString(node.id), reason));
}

void LocalCluster::setState(Node &node, State state, const QString &reason)
{
    if (state != State::Ready)
        m_wasReady = false;
    if (node.state == state && node.reason == reason)
        return;
    node.state = state;
    node.reason = reason;
    Q_EMIT nodeState(toQString(node.id), state, reason);
}

void LocalCluster::terminate(Node &node)
{
    node.process.terminate();
    node.killer.start();
}

LocalCluster::Node *LocalCluster::find(const NodeId &id)
{
    const auto at = std::find_if(
        m_nodes.begin(), m_nodes.end(), [&id](const auto &node) { return node->id == id; });
    return at == m_nodes.end() ? nullptr : at->get();
}

bool LocalCluster::allReady() const
{
    return !m_nodes.empty() && std::all_of(m_nodes.begin(), m_nodes.end(), [](const auto &node) {
        return node->state == State::Ready;
    });
}

std::vector<LocalCluster::Member> LocalCluster::members() const
{
    std::vector<Member> all;
    for (const auto &node : m_nodes)
        all.push_back({node->id, node->address(), node->process.processId(), node->state,
            toStd(node->reason)});
    return all;
}

qint64 LocalCluster::pidOf(const NodeId &id) const
{
    for (const auto &node : m_nodes) {
        if (node->id == id)
            return node->process.processId();
    }
    return 0;
}

std::vector<NodeConfig> LocalCluster::nodes() const
{
    std::vector<NodeConfig> all;
    for (const auto &node : m_nodes) {
        NodeConfig config;
        config.id = node->id;
        config.address = node->address();
        all.push_back(std::move(config));
    }
    return all;
}

} // namespace miroir
