// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/Pipe.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::write {

namespace {

Q_LOGGING_CATEGORY(pipeLog, "miroir.pipe", QtInfoMsg)

constexpr std::size_t inFlightMax = 8;
constexpr int backoffFirstMs = 100;
constexpr int backoffMaxMs = 5000;

/// Refusals of a request that no repetition will change.
bool isFinal(const node::Answer &answer)
{
    return answer.answered() && answer.status >= 400 && answer.status < 500 && answer.status != 401
        && answer.status != 403 && answer.status != 408 && answer.status != 429;
}

} // namespace

Pipe::Pipe(
    Setup setup, store::Store &store, store::GroupCommit &commit, const node::NodeClient &client, QObject *parent)
    : QObject(parent), m_setup(std::move(setup)), m_store(store), m_commit(commit), m_client(client),
      m_newest(m_setup.applied), m_sentUpTo(m_setup.applied), m_loaded(m_setup.applied)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Pipe::pump);
}

std::string Pipe::tag(LogOffset offset) const
{
    return "miroir:" + m_setup.cluster + ':' + std::to_string(offset.value);
}

void Pipe::noticeRecord(LogOffset offset)
{
    m_newest = std::max(m_newest, offset);
    pump();
}

void Pipe::forget(LogOffset offset)
{
    if (m_loaded != offset || m_sentUpTo >= offset)
        return;
    m_steps.reset();
    m_step.reset();
    m_loaded = m_sentUpTo;
}

void Pipe::setUsable(bool usable)
{
    if (m_usable == usable)
        return;
    m_usable = usable;
    if (!usable)
        return;
    m_backoffMs = 0;
    if (!m_inFlight.empty())
        rewind("the node was away");
    pump();
}

void Pipe::holdFrom(LogOffset offset)
{
    if (m_heldFrom == offset)
        return;
    m_heldFrom = offset;
    pump();
}

void Pipe::rewind(const std::string &why)
{
    ++m_generation;
    m_trouble = why;
    m_inFlight.clear();
    m_steps.reset();
    m_step.reset();
    m_sending = false;
    m_sentUpTo = m_loaded = m_setup.applied;
}

void Pipe::hold()
{
    m_held = true;
    m_retry.stop();
    m_refusal.reset();
    rewind({});
}

Status<> Pipe::rebase(LogOffset applied)
{
    MIROIR_ASSERT(m_held);
    const Status<> open = m_commit.touch();
    if (const Status<> saved = open ? m_store.savePipe({m_setup.node, m_setup.index, applied}) : open; !saved)
        return saved;
    m_setup.applied = applied;
    m_newest = std::max(m_newest, applied);
    m_sentUpTo = m_loaded = applied;
    return Done {};
}

void Pipe::release()
{
    MIROIR_ASSERT(m_held);
    m_held = false;
    m_backoffMs = 0;
    pump();
    Q_EMIT progressed();
}

void Pipe::setClient(const node::NodeClient &client)
{
    m_client = client;
}

void Pipe::pump()
{
    while (m_usable && !m_held && !m_sending && !m_refusal && m_inFlight.size() < inFlightMax && !m_retry.isActive()) {
        if (m_step || m_steps) {
            sendStep();
            return;
        }
        if (m_sentUpTo >= m_newest || !loadNext())
            return;
    }
}

bool Pipe::loadNext()
{
    auto records = m_store.records(m_setup.index, {m_sentUpTo.value + 1}, 1);
    if (!records || records->empty()) {
        if (!records)
            qCCritical(pipeLog, "%s", records.error().message.c_str());
        return false;
    }
    const LogOffset offset = records->front().offset;
    if (m_heldFrom > LogOffset {} && offset >= m_heldFrom)
        return false;
    const Result<Operation> operation = Operation::fromJson(records->front().argument);
    if (!operation) {
        qCCritical(pipeLog, "%s", operation.error().message.c_str());
        return false;
    }
    auto steps = NodeSteps::of(std::move(records->front()), *operation, m_setup.owned, tag(offset));
    if (!steps) {
        m_trouble = steps.error().message;
        qCCritical(pipeLog, "%s", m_trouble.c_str());
        return false;
    }
    m_loaded = offset;
    if (!steps->done()) {
        m_steps = std::move(*steps);
        return true;
    }
    // Nothing to do here: the position moves over it as soon as all before it is done.
    m_sentUpTo = m_loaded;
    if (m_inFlight.empty())
        advance(m_loaded);
    else
        m_inFlight.push_back({m_loaded, m_inFlight.back().task, m_inFlight.back().harmlessError, true});
    return true;
}

void Pipe::sendStep()
{
    if (!m_step) {
        auto next = m_steps->next(m_store);
        if (!next) {
            // The record may have been emptied meanwhile, for it failed elsewhere: it is read anew.
            qCCritical(pipeLog, "%s", next.error().message.c_str());
            rewind(next.error().message);
            m_retry.start(backoffFirstMs);
            return;
        }
        m_step = std::move(*next);
    }
    m_sending = true;
    node::Call call = m_step->call; // kept for a repetition
    Q_EMIT sent(m_loaded);
    ++m_underWay;
    const std::int64_t newest = m_setup.queue->newest();
    m_client.send(std::move(call), [this, generation = m_generation, newest](node::Answer answer) {
        --m_underWay;
        if (generation != m_generation)
            return;
        node::Accepted accepted;
        accepted.answer = std::move(answer);
        if (accepted.answer.success()) {
            const Result<std::uint32_t> uid = node::parseTaskUid(accepted.answer.body);
            if (uid)
                accepted.taskUid = *uid;
        }
        answered(accepted, newest);
    });
}

void Pipe::answered(const node::Accepted &accepted, std::int64_t newestBefore)
{
    m_sending = false;
    if (accepted.taskUid && !m_setup.queue->rises(newestBefore, *accepted.taskUid)) {
        rewind("the node has lost its task queue");
        Q_EMIT nodeBeganAnew();
        return;
    }
    if (accepted.taskUid) {
        m_backoffMs = 0;
        m_trouble.clear();
        const bool last = m_steps->done();
        m_inFlight.push_back({m_loaded, *accepted.taskUid, std::move(m_step->harmlessError), last});
        m_step.reset();
        if (last) {
            m_steps.reset();
            m_sentUpTo = m_loaded;
        }
        Q_EMIT waiting();
        pump();
        return;
    }
    m_trouble = node::whyNot(accepted.answer);
    if (isFinal(accepted.answer) && m_inFlight.empty()) {
        const std::optional<node::NodeError> error = node::nodeError(accepted.answer);
        fail(error.value_or(node::NodeError {m_trouble, "internal", "internal"}), m_loaded);
        return;
    }
    // A lost answer may have been acted on. What follows is applied again behind it, which ends in the same state.
    m_backoffMs = std::clamp(m_backoffMs * 2, backoffFirstMs, backoffMaxMs);
    qCInfo(pipeLog, "node %s, index %s: %s; next try in %d ms", m_setup.node.c_str(), m_setup.index.c_str(),
        m_trouble.c_str(), m_backoffMs);
    m_retry.start(m_backoffMs);
}

std::vector<std::uint32_t> Pipe::pendingTasks() const
{
    std::vector<std::uint32_t> uids;
    for (const InFlight &flight : m_inFlight)
        uids.push_back(flight.task);
    return uids;
}

void Pipe::learn(const std::map<std::uint32_t, std::optional<node::NodeTask>> &tasks)
{
    const std::uint64_t generation = m_generation;
    while (generation == m_generation && !m_inFlight.empty()) {
        const InFlight flight = m_inFlight.front();
        const auto found = tasks.find(flight.task);
        if (found == tasks.end())
            return;
        if (!found->second) {
            rewind("the node no longer knows task " + std::to_string(flight.task));
            m_retry.start(backoffFirstMs);
            return;
        }
        const node::NodeTask &task = *found->second;
        if (!task.finished())
            return;
        const bool harmless = task.error && task.error->code == flight.harmlessError;
        if (task.status == node::NodeTask::Status::Canceled) {
            rewind("a task was cancelled on the node");
            m_retry.start(backoffFirstMs);
            return;
        }
        if (task.status == node::NodeTask::Status::Failed && !harmless) {
            fail(task.error.value_or(node::NodeError {"the task failed without a reason", "internal", "internal"}),
                flight.offset);
            return;
        }
        m_inFlight.pop_front();
        if (flight.last)
            advance(flight.offset);
    }
    pump();
}

void Pipe::advance(LogOffset offset)
{
    MIROIR_ASSERT(offset > m_setup.applied);
    m_setup.applied = offset;
    // Should this be lost, the node is only told once more what it has applied already.
    const Status<> open = m_commit.touch();
    if (const Status<> saved = open ? m_store.savePipe({m_setup.node, m_setup.index, offset}) : open; !saved)
        qCCritical(pipeLog, "%s", saved.error().message.c_str());
    Q_EMIT progressed();
}

void Pipe::fail(node::NodeError error, LogOffset offset)
{
    rewind(error.message);
    m_refusal = std::move(error);
    m_refusedAt = offset;
    Q_EMIT progressed();
}

void Pipe::skipRefused()
{
    MIROIR_ASSERT(m_refusal.has_value());
    m_refusal.reset();
    m_trouble.clear();
    m_sentUpTo = m_loaded = m_refusedAt;
    advance(m_refusedAt);
    m_retry.start(0); // not from inside the caller, who is in the middle of ending the record
}

void Pipe::retryRefused()
{
    MIROIR_ASSERT(m_refusal.has_value());
    m_refusal.reset();
    m_backoffMs = std::clamp(m_backoffMs * 2, backoffFirstMs, backoffMaxMs);
    m_retry.start(m_backoffMs);
}

} // namespace miroir::write
