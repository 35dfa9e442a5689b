// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/EditRun.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/DocumentsMerge.h"
#include "placement/Shards.h"
#include "protocol/DocumentId.h"
#include "write/ContentCheck.h"
#include "write/DocumentIds.h"

namespace miroir::write {

namespace {

constexpr qsizetype editedBytesMax = 8'000'000;
constexpr std::uint64_t changedBytesMax = 512'000'000; ///< of one edit: they are held in memory
constexpr std::size_t matchedMax = 2'000'000;
constexpr std::uint64_t copyPageSize = 200;
constexpr std::uint64_t readPageSize = 1000;
constexpr int deadlineMs = 60'000;
constexpr int pollFirstMs = 10;
constexpr int pollMaxMs = 400;

/// Nodes show `_vectors` of every document when they are asked for vectors; empty ones are none.
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

void replaceAll(std::string &text, const std::string &from, const std::string &to)
{
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

} // namespace

EditRun::EditRun(Setup setup, OnEnd onEnd, QObject *parent)
    : QObject(parent), m_setup(std::move(setup)),
      m_client(m_setup.context.transport, m_setup.node, m_setup.nodeKey, this), m_onEnd(std::move(onEnd)), m_timer(this)
{
    m_client.setDeadlineMs(deadlineMs);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EditRun::poll);
}

void EditRun::start()
{
    m_client.patchExperimentalFeatures(R"({"editDocumentsByFunction":true})", [this](const node::Answer &answer) {
        if (!answer.success()) {
            interrupt(node::whyNot(answer));
            return;
        }
        // what an interrupted run has left
        send("DELETE", "/indexes/" + node::encoded(m_setup.scratch), {}, &EditRun::createScratch, "index_not_found");
    });
}

void EditRun::createScratch()
{
    json::Writer body;
    body.beginObject().key("uid").string(m_setup.scratch).key("primaryKey").string(m_setup.primaryKey).endObject();
    send("POST", "/indexes", body.take(), &EditRun::copyDocuments);
}

void EditRun::copyDocuments()
{
    read::Walk::Request request;
    request.filter = m_setup.filter;
    request.pageSize = copyPageSize;
    // Without embedders `_vectors` is a field like others, and the function sees it.
    request.retrieveVectors = m_setup.context.index->settings->embedders.empty();
    m_walk = std::make_unique<read::Walk>(
        m_setup.context, std::move(request),
        [this](const std::vector<QByteArray> &documents) { heardPage(documents); },
        [this](const std::optional<protocol::ApiError> &error) {
            m_walk.release()->deleteLater(); // it is still on the stack
            if (error) {
                interrupt(error->message);
                return;
            }
            sendBuffer(&EditRun::readBefore);
        },
        this);
    m_walk->next();
}

void EditRun::heardPage(const std::vector<QByteArray> &documents)
{
    for (const QByteArray &document : documents) {
        const auto plain = merge::stripHidden(document);
        const auto parsed = plain ? json::Document::parse(*plain) : json::Document::parse(std::string_view());
        if (!parsed) {
            interrupt("a document cannot be read");
            return;
        }
        m_buffer += m_buffer.isEmpty() ? '[' : ',';
        m_buffer += withoutEmptyVectors(parsed->root());
    }
    m_outcome.edition.matched += documents.size();
    if (m_outcome.edition.matched > matchedMax) {
        fail({"An edit may concern at most " + std::to_string(matchedMax) + " documents here: give it a filter.",
            "edit_documents_by_function_error", "invalid_request"});
        return;
    }
    const auto goOn = [this] { m_walk->next(); };
    if (m_buffer.size() < editedBytesMax) {
        QMetaObject::invokeMethod(m_walk.get(), goOn, Qt::QueuedConnection);
        return;
    }
    sendBuffer(nullptr);
}

void EditRun::sendBuffer(Step then)
{
    if (m_buffer.isEmpty()) {
        (this->*then)();
        return;
    }
    node::Target target("indexes");
    target.segment(m_setup.scratch).segment("documents").query("primaryKey", m_setup.primaryKey);
    send("POST", target.take(), std::exchange(m_buffer, {}) + ']', then);
}

void EditRun::readBefore()
{
    if (m_outcome.edition.matched == 0) {
        conclude();
        return;
    }
    readScratch(0, true, &EditRun::runFunction);
}

void EditRun::runFunction()
{
    protocol::EditDocuments edit;
    edit.context = m_setup.argument;
    edit.function = m_setup.function;
    node::Target target("indexes");
    target.segment(m_setup.scratch).segment("documents").segment("edit");
    send("POST", target.take(), edit.toJson(), &EditRun::readAfter);
}

void EditRun::readAfter()
{
    m_batch.uid = m_setup.indexUid;
    readScratch(0, false, &EditRun::conclude);
}

void EditRun::readScratch(std::uint64_t offset, bool before, Step then)
{
    protocol::DocumentsFetch fetch;
    fetch.offset = offset;
    fetch.limit = readPageSize;
    fetch.retrieveVectors = true;
    m_client.fetchDocuments(m_setup.scratch, fetch.toJson(),
        [this, offset, before, then](const node::Answer &answer) {
            const auto page = json::Document::parse(answer.body);
            if (!answer.success() || !page || !page->root()["results"].isArray()) {
                interrupt(answer.success() ? "an answer that makes no sense" : node::whyNot(answer));
                return;
            }
            const json::Value results = page->root()["results"];
            for (const json::Value document : results.items()) {
                if (!take(document, before))
                    return;
            }
            if (results.size() < readPageSize)
                (this->*then)();
            else
                readScratch(offset + results.size(), before, then);
        });
}

bool EditRun::take(const json::Value &document, bool before)
{
    const QByteArray text = withoutEmptyVectors(document);
    auto id = protocol::documentId(document, m_setup.primaryKey);
    if (!id) {
        interrupt(id.error().message);
        return false;
    }
    const std::uint64_t hash = placement::idHash(sv(text));
    if (before) {
        m_before.insert_or_assign(std::move(*id), hash);
        return true;
    }
    const auto known = m_before.find(*id);
    if (known == m_before.end()) {
        interrupt("document " + *id + " came out of nowhere");
        return false;
    }
    const bool changed = known->second != hash;
    m_before.erase(known); // what stays has been removed by the function
    if (!changed)
        return true;
    m_changedBytes += static_cast<std::uint64_t>(text.size());
    if (m_changedBytes > changedBytesMax) {
        fail({"An edit may change at most " + std::to_string(changedBytesMax)
                + " bytes of documents here: give it a filter.",
            "edit_documents_by_function_error", "invalid_request"});
        return false;
    }
    BatchDocument slice;
    slice.begin = static_cast<std::uint32_t>(m_batch.payload.size());
    slice.length = static_cast<std::uint32_t>(text.size());
    m_batch.payload += text;
    m_batch.documents.push_back(std::move(slice));
    if (m_batch.payload.size() >= editedBytesMax) {
        m_outcome.edition.changed.push_back(std::exchange(m_batch, {}));
        m_batch.uid = m_setup.indexUid;
    }
    return true;
}

void EditRun::conclude()
{
    Sequencer::Edition &edition = m_outcome.edition;
    if (!m_batch.documents.empty())
        edition.changed.push_back(std::move(m_batch));
    for (DocumentBatch &batch : edition.changed) {
        findIds(batch, m_setup.primaryKey);
        auto problem = batch.failure;
        if (!problem) {
            problem = contentProblem(batch, [](std::size_t) { return true; },
                *m_setup.context.index->settings, m_setup.indexUid, false);
        }
        if (problem) {
            m_outcome.failure = problem;
            break;
        }
    }
    for (const auto &[id, hash] : m_before)
        edition.deleted.push_back(id);
    end();
}

void EditRun::send(QByteArray method, QByteArray target, QByteArray body, Step then, const std::string &harmless)
{
    m_then = then;
    m_harmless = harmless;
    node::Call call;
    call.method = std::move(method);
    call.target = std::move(target);
    call.body = std::move(body);
    call.deadlineMs = deadlineMs;
    m_client.send(std::move(call), [this](const node::Answer &answer) {
        const auto task = answer.success() ? node::parseTaskUid(answer.body) : Result<std::uint32_t>(miroir::fail(""));
        if (task) {
            await(*task);
            return;
        }
        const auto error = node::nodeError(answer);
        if (error && answer.status >= 400 && answer.status < 500 && error->type == "invalid_request")
            fail(*error);
        else
            interrupt(node::whyNot(answer));
    });
}

void EditRun::await(std::uint32_t task)
{
    m_task = task;
    m_intervalMs = pollFirstMs;
    m_timer.start(m_intervalMs);
}

void EditRun::poll()
{
    node::TaskQuery query;
    query.uids = {m_task};
    query.limit = 1;
    m_client.tasks(query, [this](const node::Tasks &answer) {
        if (!answer.page || answer.page->tasks.empty()) {
            interrupt(answer.page ? "the node has forgotten a task" : answer.failure);
            return;
        }
        const node::NodeTask &task = answer.page->tasks.front();
        if (!task.finished()) {
            m_intervalMs = std::min(m_intervalMs * 3 / 2, pollMaxMs);
            m_timer.start(m_intervalMs);
            return;
        }
        const bool harmless = task.error && task.error->code == m_harmless;
        if (task.status == node::NodeTask::Status::Succeeded || harmless) {
            if (m_then != nullptr)
                (this->*m_then)();
            else
                m_walk->next();
        } else if (task.error) {
            fail(*task.error);
        } else {
            interrupt("a task was cancelled on the node");
        }
    });
}

void EditRun::fail(node::NodeError error)
{
    replaceAll(error.message, "`" + m_setup.scratch + "`", "`" + m_setup.indexUid + "`");
    m_outcome.failure = protocol::apiError(error.code, error.message);
    end();
}

void EditRun::interrupt(const std::string &why)
{
    m_outcome.interrupted = why.empty() ? "no reason given" : why;
    end();
}

void EditRun::end()
{
    m_timer.stop();
    // Should this be lost, the next run on that node removes the index.
    m_client.deleteIndex(m_setup.scratch, [](const node::Accepted &) {});
    QMetaObject::invokeMethod(
        this, [this] { m_onEnd(std::move(m_outcome)); }, Qt::QueuedConnection);
}

} // namespace miroir::write
