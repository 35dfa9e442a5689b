// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/IndexCopy.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <algorithm>
#include <utility>

namespace miroir::cluster {

namespace {

constexpr std::size_t firstPageIds = 100;
constexpr std::size_t pageIdsMax = 2000;
constexpr std::size_t directoryRows = 2000; ///< read in one turn of the event loop
constexpr qsizetype pageBytes = 4'000'000; ///< aimed at; one document may be larger
constexpr std::size_t inFlightMax = 4;
constexpr int readDeadlineMs = 60'000;
constexpr int writeDeadlineMs = 60'000;
constexpr int triesMax = 6; ///< of one request, before the copy begins anew
constexpr int againFirstMs = 100;
constexpr auto firstMethod = "DELETE"; ///< of a copy, and of nothing later in it
constexpr int pollFirstMs = 10;
constexpr int pollMaxMs = 400;

/// The document without the member that a node adds to every document when it is asked for vectors.
QByteArray withoutEmptyVectors(const json::Value &document)
{
    const json::Value vectors = document["_vectors"];
    if (!vectors.isObject() || vectors.size() > 0)
        return toBytes(document.raw());
    json::Writer out;
    out.beginObject();
    for (const json::Member member : document.members()) {
        if (member.key() != "_vectors")
            out.key(member.key()).raw(member.value.raw());
    }
    return out.endObject().take();
}

node::Call call(const char *method, QByteArray target, QByteArray body = {})
{
    node::Call made;
    made.method = method;
    made.target = std::move(target);
    made.body = std::move(body);
    made.deadlineMs = writeDeadlineMs;
    return made;
}

/// The node has certainly not acted on it, and may do so later.
bool notTaken(const node::Answer &answer)
{
    return answer.answered() ? answer.status == 429 || answer.status == 503 || answer.status == 408 : answer.unsent;
}

} // namespace

const char *copyStageName(IndexCopy::Stage stage)
{
    switch (stage) {
    case IndexCopy::Stage::Preparing:
        return "preparing";
    case IndexCopy::Stage::Copying:
        return "copying";
    case IndexCopy::Stage::Finishing:
        return "finishing";
    }
    return "finishing";
}

IndexCopy::IndexCopy(Plan plan, store::Store &store, node::Transport *transport, QObject *parent)
    : QObject(parent), m_plan(std::move(plan)), m_store(store), m_transport(transport),
      m_target(transport, m_plan.url, m_plan.key, this), m_pageIds(firstPageIds), m_pollMs(pollFirstMs)
{
    m_stepTimer.setSingleShot(true);
    connect(&m_stepTimer, &QTimer::timeout, this, &IndexCopy::step);
    m_pollTimer.setSingleShot(true);
    connect(&m_pollTimer, &QTimer::timeout, this, &IndexCopy::poll);
}

void IndexCopy::start()
{
    const QByteArray index = "/indexes/" + node::encoded(m_plan.index);
    m_writes.push_back({call(firstMethod, index), "index_not_found", 0});
    json::Writer create;
    create.beginObject().key("uid").string(m_plan.index);
    if (!m_plan.primaryKey.empty())
        create.key("primaryKey").string(m_plan.primaryKey);
    m_writes.push_back({call("POST", "/indexes", create.endObject().take()), {}, 0});
    m_writes.push_back({call("PATCH", index + "/settings", m_plan.settings), {}, 0});
    m_stepTimer.start(0);
}

/// One request at a time: what is read is written before more is read, so memory holds one page.
void IndexCopy::step()
{
    if (m_over || m_busy)
        return;
    if (!m_writes.empty()) {
        if (m_inFlight.size() < inFlightMax)
            sendWrite();
        return;
    }
    if (m_stage == Stage::Preparing) {
        // Only a whole index takes documents: on one without settings they would be indexed twice.
        if (!m_inFlight.empty())
            return;
        m_stage = Stage::Copying;
        Q_EMIT advanced();
    }
    if (m_stage == Stage::Copying)
        nextPage();
    if (m_stage == Stage::Finishing && m_inFlight.empty() && !m_over) {
        m_over = true;
        Q_EMIT finished();
    }
}

void IndexCopy::nextPage()
{
    while (m_source < m_plan.sources.size()) {
        if (!gather())
            return;
        if (!m_ids.empty()) {
            readPage();
            return;
        }
        if (!m_directoryRead) { // these were all documents of other nodes
            m_stepTimer.start(0);
            return;
        }
        ++m_source;
        m_fromOrder = 0;
        m_directoryRead = false;
    }
    m_stage = Stage::Finishing;
    Q_EMIT advanced();
}

bool IndexCopy::gather()
{
    if (m_directoryRead || m_ids.size() >= m_pageIds)
        return true;
    const auto page = m_store.directoryPage(m_plan.index, m_fromOrder, directoryRows);
    if (!page) {
        giveUp(page.error().message);
        return false;
    }
    const placement::ShardSet &shards = m_plan.sources[m_source].shards;
    for (const auto &[id, entry] : *page) {
        m_fromOrder = entry.order + 1;
        if (shards.test(entry.hash >> 58U))
            m_ids.push_back(id);
    }
    m_directoryRead = page->size() < directoryRows;
    return true;
}

void IndexCopy::readPage()
{
    m_asked = std::min(m_pageIds, m_ids.size());
    json::Writer body;
    body.beginObject().key("ids").beginArray();
    for (std::size_t i = 0; i < m_asked; ++i)
        body.string(m_ids[i]);
    body.endArray().key("limit").number(static_cast<std::uint64_t>(m_asked)).key("retrieveVectors").boolean(true);
    node::Call ask = call("POST", "/indexes/" + node::encoded(m_plan.index) + "/documents/fetch",
        body.endObject().take());
    ask.deadlineMs = readDeadlineMs;
    m_busy = true;
    const node::NodeClient source(m_transport, m_plan.sources[m_source].url, m_plan.key, this);
    source.send(std::move(ask), [this](const node::Answer &answer) { pageHeard(answer); });
}

void IndexCopy::pageHeard(const node::Answer &answer)
{
    m_busy = false;
    if (m_over)
        return;
    if (answer.outcome == node::Answer::Outcome::TooLarge && m_asked > 1) {
        m_pageIds = std::max<std::size_t>(1, m_asked / 8);
        m_stepTimer.start(0);
        return;
    }
    const NodeId &from = m_plan.sources[m_source].node;
    if (!answer.success()) {
        again("node " + from + ": " + node::whyNot(answer));
        return;
    }
    if (const Status<> taken = take(answer.body); !taken) {
        giveUp("node " + from + ": " + taken.error().message);
        return;
    }
    m_tries = 0;
    m_ids.erase(m_ids.begin(), m_ids.begin() + static_cast<std::ptrdiff_t>(m_asked));
    const auto perId = std::max<qsizetype>(1, answer.body.size() / static_cast<qsizetype>(m_asked));
    const auto fitting = static_cast<std::size_t>(std::max<qsizetype>(1, pageBytes / perId));
    m_pageIds = std::min({fitting, m_asked * 4, pageIdsMax});
    step();
}

Status<> IndexCopy::take(const QByteArray &body)
{
    const auto answer = json::Document::parse(body);
    if (!answer || !answer->root()["results"].isArray())
        return fail("an answer that makes no sense");
    node::Target target("indexes");
    target.segment(m_plan.index).segment("documents");
    if (!m_plan.primaryKey.empty())
        target.query("primaryKey", m_plan.primaryKey);
    const QByteArray path = target.take();
    QByteArray documents;
    std::uint64_t count = 0;
    const auto flush = [&] {
        if (count > 0)
            m_writes.push_back({call("POST", path, std::exchange(documents, {}) + ']'), {}, std::exchange(count, 0)});
    };
    for (const json::Value document : answer->root()["results"].items()) {
        if (!document.isObject())
            return fail("a document that is no object");
        documents += count == 0 ? '[' : ',';
        documents += withoutEmptyVectors(document);
        ++count;
        if (documents.size() >= 2 * pageBytes)
            flush();
    }
    flush();
    return Done {};
}

void IndexCopy::sendWrite()
{
    m_busy = true;
    const std::int64_t newest = m_plan.queue->newest();
    m_target.send(m_writes.front().call,
        [this, newest](const node::Answer &answer) { writeHeard(answer, newest); });
}

void IndexCopy::writeHeard(const node::Answer &answer, std::int64_t newestBefore)
{
    m_busy = false;
    if (m_over)
        return;
    if (!answer.success()) {
        const std::string why = "node " + m_plan.target + ": " + node::whyNot(answer);
        // Anything but a clear no may be acted on later, behind what follows: then only a new beginning is safe.
        notTaken(answer) ? again(why) : giveUp(why);
        return;
    }
    const Result<std::uint32_t> task = node::parseTaskUid(answer.body);
    if (!task) {
        giveUp("node " + m_plan.target + ": " + task.error().message);
        return;
    }
    if (!m_plan.queue->rises(newestBefore, *task)) {
        Q_EMIT targetBeganAnew();
        if (m_writes.front().call.method != firstMethod) {
            giveUp("node " + m_plan.target + " has lost its data once more");
            return;
        }
        // Nothing of the copy was there yet: it may go on, and this is where the new numbers begin.
        static_cast<void>(m_plan.queue->rises(-1, *task));
    }
    m_tries = 0;
    m_inFlight.push_back({*task, m_writes.front().harmlessError});
    m_copied += m_writes.front().documents;
    m_writes.pop_front();
    m_pollMs = pollFirstMs;
    if (!m_pollTimer.isActive())
        m_pollTimer.start(m_pollMs);
    Q_EMIT advanced();
    step();
}

void IndexCopy::poll()
{
    if (m_over || m_inFlight.empty())
        return;
    node::TaskQuery query;
    for (const InFlight &flight : m_inFlight)
        query.uids.push_back(flight.task);
    query.limit = static_cast<std::uint32_t>(query.uids.size());
    m_target.tasks(query, [this, asked = query.uids](const node::Tasks &answer) { pollHeard(answer, asked); });
}

void IndexCopy::pollHeard(const node::Tasks &answer, const std::vector<std::uint32_t> &asked)
{
    if (m_over)
        return;
    for (const std::uint32_t uid : answer.page ? asked : std::vector<std::uint32_t> {}) {
        const auto task = std::find_if(answer.page->tasks.begin(), answer.page->tasks.end(),
            [uid](const node::NodeTask &each) { return each.uid == uid; });
        const auto flight = std::find_if(
            m_inFlight.begin(), m_inFlight.end(), [uid](const InFlight &each) { return each.task == uid; });
        if (flight == m_inFlight.end())
            continue; // the answer to an earlier question has told it
        if (task == answer.page->tasks.end()) {
            giveUp("node " + m_plan.target + " no longer knows task " + std::to_string(uid));
            return;
        }
        if (!task->finished())
            continue;
        const bool harmless = task->error && task->error->code == flight->harmlessError;
        if (task->status != node::NodeTask::Status::Succeeded && !harmless) {
            giveUp("node " + m_plan.target + ": " + (task->error ? task->error->message : "a task was cancelled"));
            return;
        }
        m_inFlight.erase(flight);
        m_pollMs = pollFirstMs;
    }
    m_pollMs = std::min(m_pollMs * 3 / 2, pollMaxMs);
    if (!m_inFlight.empty())
        m_pollTimer.start(m_pollMs);
    step();
}

void IndexCopy::again(const std::string &why)
{
    if (++m_tries >= triesMax)
        giveUp(why);
    else
        m_stepTimer.start(againFirstMs << m_tries);
}

void IndexCopy::giveUp(const std::string &why)
{
    m_over = true;
    Q_EMIT failed(toQString(why));
}

} // namespace miroir::cluster
