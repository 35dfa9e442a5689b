// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/CompactJob.h"

#include "protocol/ByteSize.h"
#include "protocol/IndexRequests.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::jobs {

namespace {

Q_LOGGING_CATEGORY(compactLog, "miroir.jobs", QtInfoMsg)

constexpr int pollMs = 100;
/// A node that does not answer this often in a row is left out; its index stays as it is.
constexpr int failuresMax = 20;

std::uint64_t bytesOf(const json::Value &size)
{
    const auto bytes = protocol::parseByteSize(size.toString());
    return bytes ? *bytes : 0;
}

} // namespace

void CompactJob::start()
{
    const auto view = m_context.views->get();
    const std::string uid = m_task.indexUid.value_or("");
    const read::IndexView *index = view->index(uid);
    if (index == nullptr) {
        end(protocol::indexNotFound(uid));
        return;
    }
    m_physical = index->physical;
    m_key = view->nodeKey;
    for (const read::NodeView &node : view->nodes) {
        const bool current = std::find(index->current.begin(), index->current.end(), node.id) != index->current.end();
        if (current && node.state != read::NodeState::Down && node.state != read::NodeState::Refused)
            m_nodes.push_back(node);
    }
    nextNode();
}

void CompactJob::nextNode()
{
    m_failures = 0;
    if (m_at < m_nodes.size()) {
        m_client = std::make_unique<node::NodeClient>(
            m_context.transport, m_nodes[m_at].url, m_key, m_context.context);
        m_client->setDeadlineMs(m_context.nodeTimeoutMs);
        m_client->compact(m_physical, guarded([this](const node::Accepted &answer) { accepted(answer); }));
        return;
    }
    if (m_compacted == 0) {
        end(protocol::apiError("internal", "No node could compact the index: " + m_lastTrouble));
        return;
    }
    m_task.details->preCompactionSize = protocol::byteSizeText(m_before);
    m_task.details->postCompactionSize = protocol::byteSizeText(m_after);
    end(std::nullopt);
}

void CompactJob::accepted(const node::Accepted &accepted)
{
    if (!accepted.taskUid) {
        skip(accepted.failure);
        return;
    }
    m_taskUid = *accepted.taskUid;
    poll();
}

void CompactJob::poll()
{
    node::TaskQuery query;
    query.uids = {m_taskUid};
    m_client->tasks(query, guarded([this](const node::Tasks &tasks) { heard(tasks); }));
}

void CompactJob::heard(const node::Tasks &tasks)
{
    const bool known = tasks.page && !tasks.page->tasks.empty();
    if (known && tasks.page->tasks.front().finished()) {
        finished(tasks.page->tasks.front());
        return;
    }
    m_failures = known ? 0 : m_failures + 1;
    if (m_failures > failuresMax)
        skip(tasks.failure.empty() ? "the node no longer knows the task" : tasks.failure);
    else
        m_context.later(pollMs, guarded([this] { poll(); }));
}

void CompactJob::finished(const node::NodeTask &task)
{
    if (task.status != node::NodeTask::Status::Succeeded) {
        skip(task.error ? task.error->message : "the task was cancelled on the node");
        return;
    }
    if (const auto details = json::Document::parse(task.details)) {
        m_before += bytesOf(details->root()["preCompactionSize"]);
        m_after += bytesOf(details->root()["postCompactionSize"]);
    }
    ++m_compacted;
    ++m_at;
    nextNode();
}

void CompactJob::skip(const std::string &why)
{
    m_lastTrouble = "node " + m_nodes[m_at].id + ": " + why;
    qCWarning(compactLog, "compaction of %s left out %s", m_physical.c_str(), m_lastTrouble.c_str());
    ++m_at;
    nextNode();
}

} // namespace miroir::jobs
