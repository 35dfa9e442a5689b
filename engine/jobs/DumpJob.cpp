// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/DumpJob.h"

#include "base/Bytes.h"
#include "protocol/Settings.h"
#include "protocol/Webhook.h"

#include <QDateTime>
#include <QDir>

namespace miroir::jobs {

namespace {

constexpr qint64 packBytes = 4'000'000; ///< in one turn of the event loop

void putText(json::Writer &out, std::string_view name, const std::optional<std::string> &text)
{
    if (text)
        out.key(name).string(*text);
}

/// As the store of a Meilisearch keeps a key: its value is not part of it.
QByteArray keyLine(const protocol::ApiKey &key)
{
    json::Writer out;
    out.beginObject();
    putText(out, "description", key.description);
    putText(out, "name", key.name);
    out.key("uid").string(key.uid).key("actions").beginArray();
    for (const protocol::Action action : key.actions)
        out.string(protocol::actionName(action));
    out.endArray().key("indexes").beginArray();
    for (const std::string &pattern : key.indexes)
        out.string(pattern);
    out.endArray().key("expires_at");
    if (key.expiresAtNs)
        out.string(rfc3339(*key.expiresAtNs));
    else
        out.null();
    out.key("created_at").string(rfc3339(key.createdAtNs)).key("updated_at").string(rfc3339(key.updatedAtNs));
    return out.endObject().take() + '\n';
}

QByteArray indexMetadata(const read::IndexView &index)
{
    json::Writer out;
    out.beginObject().key("uid").string(index.uid).key("primaryKey");
    if (index.primaryKey)
        out.string(*index.primaryKey);
    else
        out.null();
    out.key("createdAt").string(rfc3339(index.createdAtNs)).key("updatedAt").string(rfc3339(index.updatedAtNs));
    return out.endObject().take();
}

/// Without `active` where no client has set it: that makes a difference.
QByteArray ruleLine(const read::ListedRule &listed)
{
    const auto rule = json::Document::parse(protocol::searchRuleToJson(listed.rule));
    MIROIR_ASSERT(rule.ok());
    json::Writer out;
    out.beginObject();
    for (const json::Member member : rule->root().members()) {
        if (member.key() != "active" || listed.activeGiven)
            out.key(member.key()).raw(member.value.raw());
    }
    return out.endObject().take() + '\n';
}

QByteArray webhooksFile(const cluster::Control::Webhooks &webhooks)
{
    json::Writer out;
    out.beginObject().key("webhooks").beginObject();
    for (const auto &[uuid, webhook] : webhooks) {
        out.key(uuid).beginObject().key("url").string(webhook.url).key("headers").beginObject();
        for (const auto &[name, value] : webhook.headers)
            out.key(name).string(value);
        out.endObject().endObject();
    }
    return out.endObject().endObject().take();
}

} // namespace

DumpJob::DumpJob(const JobContext &context, protocol::TaskRecord &task, Ended ended)
    : Job(context, task, std::move(ended))
{
}

DumpJob::~DumpJob()
{
    if (!m_folder.isEmpty())
        QDir(m_folder).removeRecursively();
}

void DumpJob::start()
{
    m_view = m_context.views->get();
    const std::int64_t startedNs = m_task.startedAtNs.value_or(m_task.enqueuedAtNs);
    m_name = QDateTime::fromMSecsSinceEpoch(startedNs / 1'000'000, Qt::UTC)
                 .toString(QStringLiteral("yyyyMMdd-hhmmsszzz"));
    m_folder = m_context.dumpDir + QStringLiteral("/unfinished-") + m_name;
    if (!QDir().mkpath(m_folder)) {
        failWith("cannot create the folder " + toStd(m_folder));
        return;
    }
    protocol::SettingsView revealed;
    revealed.maskSecrets = false;
    for (const auto &[uid, index] : m_view->indexes) {
        m_parts.push_back({uid, index.physical, indexMetadata(index),
            protocol::settingsToJson(*index.settings, revealed),
            m_folder + QStringLiteral("/%1.jsonl").arg(m_parts.size())});
    }
    nextIndex();
}

void DumpJob::nextIndex()
{
    m_documents.close();
    if (m_at == m_parts.size()) {
        using Webhooks = cluster::Control::Webhooks;
        m_context.control.ask<Webhooks>([](cluster::Control &control) { return control.webhooks(); },
            m_context.context, guarded([this](const Webhooks &webhooks) { pack(webhooks); }));
        return;
    }
    m_documents.setFileName(m_parts[m_at].file);
    if (!m_documents.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        failWith("cannot write " + toStd(m_documents.fileName()));
        return;
    }
    const auto walk = std::make_shared<IndexWalk>(
        m_context, IndexWalk::What {m_parts[m_at].physical, {}, true},
        guarded([this](const std::vector<QByteArray> &documents, const std::function<void()> &goOn) {
            take(documents, goOn);
        }),
        guarded([this](const protocol::ApiStatus &walked) {
            if (!walked && walked.error().code != &protocol::errorCode("index_not_found")) {
                end(walked.error());
                return;
            }
            ++m_at;
            nextIndex();
        }));
    walk->start();
}

void DumpJob::take(const std::vector<QByteArray> &documents, const std::function<void()> &goOn)
{
    for (QByteArray line : documents) {
        line.replace('\n', ' ').append('\n'); // inside strings a line feed is written \n
        if (m_documents.write(line) != line.size()) {
            failWith("cannot write " + toStd(m_documents.fileName()) + ": is the disk full?");
            return;
        }
    }
    goOn();
}

void DumpJob::pack(const cluster::Control::Webhooks &webhooks)
{
    if (const Status<> done = packHead(webhooks); !done) {
        failWith(done.error().message);
        return;
    }
    m_at = 0;
    packIndex();
}

Status<> DumpJob::packHead(const cluster::Control::Webhooks &webhooks)
{
    json::Writer metadata;
    metadata.beginObject().key("dumpVersion").string("V6").key("dbVersion").string("1.50.0");
    metadata.key("dumpDate").string(rfc3339(m_context.clock->utcNs())).endObject();
    QByteArray keys;
    for (const protocol::ApiKey &key : m_view->keys)
        keys += keyLine(key);
    if (const Status<> done = m_archive.open(m_folder + QStringLiteral("/archive")); !done)
        return done;
    const std::pair<const char *, QByteArray> files[] = {{"metadata.json", metadata.take()}, {"keys.jsonl", keys},
        {"experimental-features.json", protocol::featuresToJson(m_view->features)},
        {"webhooks.json", webhooksFile(webhooks)}, {"tasks/queue.jsonl", {}}, {"batches/queue.jsonl", {}},
        {"indexes/.none", {}}}; // the folder is wanted, also when there is no index
    for (const auto &[name, content] : files) {
        if (const Status<> done = m_archive.add(name, content); !done)
            return done;
    }
    return m_view->rules->empty() ? Status<>(Done {}) : packRules();
}

/// Meilisearch keeps dynamic search rules as documents of an index that clients do not see, and so in its dumps.
Status<> DumpJob::packRules()
{
    const std::string uid(protocol::searchRuleIndexUid);
    const std::string now = rfc3339(m_context.clock->utcNs());
    json::Writer metadata;
    metadata.beginObject().key("uid").string(uid).key("primaryKey").string("uid");
    metadata.key("createdAt").string(now).key("updatedAt").string(now).endObject();
    QByteArray lines;
    for (const read::ListedRule &listed : *m_view->rules)
        lines += ruleLine(listed);
    const std::string folder = "indexes/" + uid + '/';
    Status<> done = m_archive.add(folder + "metadata.json", metadata.take());
    if (done)
        done = m_archive.add(folder + "settings.json", QByteArrayLiteral(R"({"displayedAttributes":["*"],)"
            R"("searchableAttributes":["conditions.query.words","description"],"filterableAttributes":[)"
            R"({"attributePatterns":["active","conditions.query.isEmpty"],)"
            R"("features":{"facetSearch":false,"filter":{"equality":true,"comparison":false}}},)"
            R"({"attributePatterns":["conditions.time.start","conditions.time.end"],)"
            R"("features":{"facetSearch":false,"filter":{"equality":true,"comparison":true}}}],)"
            R"("sortableAttributes":["precedence"],"proximityPrecision":"byAttribute",)"
            R"("typoTolerance":{"enabled":false,"disableOnNumbers":true},"facetSearch":false,)"
            R"("prefixSearch":"disabled"})"));
    return done ? m_archive.add(folder + "documents.jsonl", lines) : done;
}

void DumpJob::packIndex()
{
    if (m_at == m_parts.size()) {
        finish();
        return;
    }
    const Part &part = m_parts[m_at];
    // Names of indexes may be longer than an archive's names; the one in the metadata counts.
    const std::string folder = "indexes/" + std::to_string(m_at) + '/';
    m_documents.setFileName(part.file);
    if (!m_documents.open(QIODevice::ReadOnly)) {
        failWith("cannot read " + toStd(part.file));
        return;
    }
    Status<> done = m_archive.add(folder + "metadata.json", part.metadata);
    if (done)
        done = m_archive.add(folder + "settings.json", part.settings);
    if (done)
        done = m_archive.begin(folder + "documents.jsonl", static_cast<std::uint64_t>(m_documents.size()));
    if (!done)
        failWith(done.error().message);
    else
        packDocuments();
}

void DumpJob::packDocuments()
{
    const QByteArray bytes = m_documents.read(packBytes);
    if (const Status<> done = m_archive.write(bytes); !done) {
        failWith(done.error().message);
        return;
    }
    if (!m_documents.atEnd()) {
        m_context.later(0, guarded([this] { packDocuments(); }));
        return;
    }
    m_documents.close();
    ++m_at;
    packIndex();
}

void DumpJob::failWith(const std::string &why)
{
    end(protocol::apiError("dump_process_failed", "An error occurred during the dump process: " + why));
}

void DumpJob::finish()
{
    if (const Status<> done = m_archive.finish(); !done) {
        failWith(done.error().message);
        return;
    }
    const QString path = m_context.dumpDir + QLatin1Char('/') + m_name + QStringLiteral(".dump");
    QFile::remove(path); // of the same task before a restart
    if (!QFile::rename(m_folder + QStringLiteral("/archive"), path)) {
        failWith("cannot write " + toStd(path));
        return;
    }
    QDir(m_folder).removeRecursively();
    m_folder.clear();
    m_task.details->dumpUid = toStd(m_name);
    end(std::nullopt);
}

} // namespace miroir::jobs
