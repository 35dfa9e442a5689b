// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ExportJob.h"

#include "base/Bytes.h"
#include "http/ContentEncoder.h"
#include "protocol/Settings.h"

#include <algorithm>
#include <array>

namespace miroir::jobs {

namespace {

/// Of one request, when the client names none: a node's limit is 100 MB, and memory holds it twice.
constexpr std::uint64_t defaultPayloadBytes = 20'971'520;
constexpr int deadlineMs = 60'000;
constexpr int triesMax = 8;
constexpr int firstDelayMs = 250;

/// The other server is busy or away: worth another try.
bool isTransient(const node::Answer &answer)
{
    constexpr std::array<int, 6> busy {408, 429, 500, 502, 503, 504};
    if (answer.answered())
        return std::find(busy.begin(), busy.end(), answer.status) != busy.end();
    return answer.failure != node::rejectedAddress;
}

std::string baseOf(std::string url)
{
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url;
}

QByteArray oneLine(QByteArray document)
{
    // Inside strings a line feed is written \n; outside it is space.
    document.replace('\n', ' ').replace('\r', ' ');
    return document;
}

} // namespace

ExportJob::ExportJob(const JobContext &context, protocol::TaskRecord &task, Ended ended)
    : Job(context, task, std::move(ended))
{
}

void ExportJob::start()
{
    auto request = protocol::ExportRequest::fromDetails(m_task.details.value_or(protocol::TaskDetails {}));
    if (!request) {
        end(protocol::apiError("internal", request.error().message));
        return;
    }
    m_request = std::move(*request);
    m_payloadBytes = m_request.payloadBytes.value_or(defaultPayloadBytes);
    for (const auto &[uid, index] : m_context.views->get()->indexes) {
        if (const protocol::ExportIndex *what = m_request.of(uid))
            m_targets.push_back({uid, index.physical, *what});
    }
    nextIndex();
}

void ExportJob::send(
    const char *method, const std::string &path, const QByteArray &body, OnAnswer onSuccess, OnAnswer onRefusal)
{
    node::OutsideCall call;
    call.method = method;
    call.url = QUrl(toQString(baseOf(m_request.url) + path));
    if (m_request.apiKey)
        call.fields.emplace_back("Authorization", "Bearer " + toBytes(*m_request.apiKey));
    if (!body.isEmpty())
        call.fields.emplace_back("Content-Type", "application/json");
    call.body = body;
    call.deadlineMs = deadlineMs;
    trySend(call, 1, std::move(onSuccess), std::move(onRefusal));
}

void ExportJob::trySend(const node::OutsideCall &call, int tries, OnAnswer onSuccess, OnAnswer onRefusal)
{
    m_context.outside->send(
        call, guarded([this, call, tries, onSuccess, onRefusal](const node::Answer &answer) {
            if (answer.success()) {
                onSuccess(answer);
            } else if (isTransient(answer) && tries < triesMax) {
                m_context.later(firstDelayMs << (tries - 1), guarded([this, call, tries, onSuccess, onRefusal] {
                    trySend(call, tries + 1, onSuccess, onRefusal);
                }));
            } else if (onRefusal && answer.answered()) {
                onRefusal(answer);
            } else {
                refused(answer);
            }
        }));
}

void ExportJob::refused(const node::Answer &answer)
{
    if (const auto error = node::nodeError(answer)) {
        const auto document = json::Document::parse(answer.body);
        const std::string link = document ? document->root()["link"].toString() : std::string();
        end(protocol::apiError("internal",
            "Failed to export documents to remote server " + error->code + " (" + error->type + "): " + error->message
                + " <" + link + ">"));
        return;
    }
    end(protocol::apiError("internal", "Failed to export documents to remote server: " + node::whyNot(answer)));
}

void ExportJob::nextIndex()
{
    if (m_at < m_targets.size()) {
        lookForIndex();
        return;
    }
    std::map<std::string, protocol::ExportIndex> exported;
    for (const Target &one : m_targets) {
        exported[one.uid] = one.what;
        exported[one.uid].matchedDocuments = one.documents;
    }
    m_task.details->indexes = protocol::exportIndexesText(exported);
    end(std::nullopt);
}

void ExportJob::lookForIndex()
{
    send(
        "GET", indexPath(), {},
        [this](const node::Answer &) {
            target().exists = true;
            if (target().what.overrideSettings)
                setPrimaryKey();
            else
                sendDocuments();
        },
        [this](const node::Answer &answer) {
            const auto error = node::nodeError(answer);
            if (error && error->code == "index_not_found")
                createIndex();
            else
                refused(answer);
        });
}

void ExportJob::createIndex()
{
    const auto reading = m_context.reading(target().physical);
    json::Writer body;
    body.beginObject().key("uid").string(target().uid).key("primaryKey");
    if (reading && reading->index->primaryKey)
        body.string(*reading->index->primaryKey);
    else
        body.null();
    send("POST", "/indexes", body.endObject().take(), [this](const node::Answer &) { sendSettings(); });
}

void ExportJob::setPrimaryKey()
{
    const auto reading = m_context.reading(target().physical);
    json::Writer body;
    body.beginObject().key("primaryKey");
    if (reading && reading->index->primaryKey)
        body.string(*reading->index->primaryKey);
    else
        body.null();
    send("PATCH", indexPath(), body.endObject().take(), [this](const node::Answer &) { sendSettings(); });
}

void ExportJob::sendSettings()
{
    const auto reading = m_context.reading(target().physical);
    if (!reading) {
        indexDone();
        return;
    }
    protocol::SettingsView view;
    view.maskSecrets = false; // the other server has to call the same embedders
    send("PATCH", indexPath() + "/settings", protocol::settingsToJson(*reading->index->settings, view),
        [this](const node::Answer &) { sendDocuments(); });
}

void ExportJob::sendDocuments()
{
    m_lines.clear();
    m_lineCount = 0;
    const auto walk = std::make_shared<IndexWalk>(
        m_context, IndexWalk::What {target().physical, target().what.filter, true},
        guarded([this](std::vector<QByteArray> documents, std::function<void()> goOn) {
            take(std::move(documents), std::move(goOn));
        }),
        guarded([this](const protocol::ApiStatus &walked) {
            if (!walked)
                end(walked.error());
            else
                flush([this] { indexDone(); });
        }));
    walk->start();
}

void ExportJob::take(std::vector<QByteArray> documents, std::function<void()> goOn)
{
    // What fits goes into one request; the rest is taken once that has been sent.
    std::size_t taken = 0;
    for (; taken < documents.size(); ++taken) {
        const QByteArray line = oneLine(documents[taken]);
        const auto size = static_cast<std::uint64_t>(m_lines.size() + line.size());
        if (!m_lines.isEmpty() && size > m_payloadBytes)
            break;
        m_lines += line;
        m_lines += '\n';
        ++m_lineCount;
    }
    documents.erase(documents.begin(), documents.begin() + static_cast<std::ptrdiff_t>(taken));
    if (documents.empty()) {
        goOn();
        return;
    }
    flush([this, documents = std::move(documents), goOn = std::move(goOn)] { take(documents, goOn); });
}

void ExportJob::flush(std::function<void()> then)
{
    if (m_lines.isEmpty()) {
        then();
        return;
    }
    node::OutsideCall call;
    call.method = "POST";
    call.url = QUrl(toQString(baseOf(m_request.url) + indexPath() + "/documents"));
    call.fields = {{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", "gzip"}};
    if (m_request.apiKey)
        call.fields.emplace_back("Authorization", "Bearer " + toBytes(*m_request.apiKey));
    call.body = http::encoded(http::Coding::Gzip, std::exchange(m_lines, {}));
    call.deadlineMs = deadlineMs;
    trySend(
        call, 1,
        [this, then = std::move(then)](const node::Answer &) {
            target().documents += std::exchange(m_lineCount, 0);
            then();
        },
        {});
}

void ExportJob::indexDone()
{
    ++m_at;
    nextIndex();
}

} // namespace miroir::jobs
