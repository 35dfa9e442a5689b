// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/NodeClient.h"

#include "base/Bytes.h"
#include "json/Json.h"

namespace miroir::node {

namespace {

Target indexTarget(std::string_view index)
{
    return std::move(Target("indexes").segment(index));
}

Target withMetadata(Target target, std::string_view metadata)
{
    if (!metadata.empty())
        target.query("customMetadata", metadata);
    return target;
}

Target taskTarget(std::string_view path, const TaskQuery &query)
{
    Target target(path);
    if (!query.uids.empty()) {
        std::vector<std::string> uids;
        uids.reserve(query.uids.size());
        for (const std::uint32_t uid : query.uids)
            uids.push_back(std::to_string(uid));
        target.queryList("uids", uids);
    }
    target.queryList("statuses", query.statuses);
    target.queryList("types", query.types);
    target.queryList("indexUids", query.indexUids);
    if (query.limit)
        target.query("limit", *query.limit);
    if (query.from)
        target.query("from", *query.from);
    if (query.reverse)
        target.query("reverse", "true");
    return target;
}

} // namespace

QByteArray encoded(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    QByteArray out;
    out.reserve(static_cast<qsizetype>(text.size()) + 16);
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Target &Target::segment(std::string_view text)
{
    MIROIR_ASSERT(!m_hasQuery);
    m_bytes += '/';
    // "." and ".." would be taken for steps in the path.
    if (text == "." || text == "..")
        m_bytes += QByteArrayLiteral("%2E").repeated(static_cast<qsizetype>(text.size()));
    else
        m_bytes += encoded(text);
    return *this;
}

Target &Target::query(std::string_view name, std::string_view value)
{
    m_bytes += m_hasQuery ? '&' : '?';
    m_hasQuery = true;
    m_bytes += encoded(name) + '=' + encoded(value);
    return *this;
}

Target &Target::query(std::string_view name, std::uint64_t value)
{
    return query(name, std::string_view(std::to_string(value)));
}

Target &Target::queryList(std::string_view name, const std::vector<std::string> &values)
{
    if (values.empty())
        return *this;
    std::string joined;
    for (const std::string &value : values)
        joined += (joined.empty() ? "" : ",") + value;
    return query(name, std::string_view(joined));
}

NodeClient::NodeClient(Transport *transport, QUrl base, QByteArray key, QObject *context)
    : m_transport(transport)
    , m_base(std::move(base))
    , m_key(std::move(key))
    , m_context(context)
{
    MIROIR_ASSERT(m_transport != nullptr);
}

CallId NodeClient::send(Call call, OnAnswer done) const
{
    call.key = m_key;
    return m_transport->send(m_base, std::move(call), m_context, std::move(done));
}

CallId NodeClient::send(QByteArray method, QByteArray target, QByteArray body, OnAnswer done) const
{
    Call call;
    call.method = std::move(method);
    call.target = std::move(target);
    call.body = std::move(body);
    call.deadlineMs = m_deadlineMs;
    return send(std::move(call), std::move(done));
}

namespace {

/// Turns the answer of a write into an Accepted.
Transport::Callback accepting(NodeClient::OnAccepted done)
{
    return [done = std::move(done)](Answer answer) {
        Accepted accepted;
        if (answer.success()) {
            const auto uid = parseTaskUid(answer.body);
            if (uid)
                accepted.taskUid = *uid;
            else
                accepted.failure = uid.error().message;
        } else {
            accepted.failure = whyNot(answer);
        }
        accepted.answer = std::move(answer);
        done(std::move(accepted));
    };
}

} // namespace

CallId NodeClient::sendWrite(
    QByteArray method, QByteArray target, QByteArray body, OnAccepted done) const
{
    return send(std::move(method), std::move(target), std::move(body), accepting(std::move(done)));
}

CallId NodeClient::health(OnAnswer done) const
{
    return send("GET", "/health", {}, std::move(done));
}

CallId NodeClient::version(OnAnswer done) const
{
    return send("GET", "/version", {}, std::move(done));
}

CallId NodeClient::stats(OnAnswer done) const
{
    return send("GET", "/stats", {}, std::move(done));
}

CallId NodeClient::indexStats(std::string_view index, OnAnswer done) const
{
    return send("GET", indexTarget(index).segment("stats").take(), {}, std::move(done));
}

CallId NodeClient::listIndexes(std::uint32_t offset, std::uint32_t limit, OnAnswer done) const
{
    return send("GET", Target("indexes").query("offset", offset).query("limit", limit).take(), {},
        std::move(done));
}

CallId NodeClient::getIndex(std::string_view index, OnAnswer done) const
{
    return send("GET", indexTarget(index).take(), {}, std::move(done));
}

CallId NodeClient::createIndex(
    std::string_view index, std::string_view primaryKey, OnAccepted done) const
{
    json::Writer body;
    body.beginObject().key("uid").string(index);
    if (!primaryKey.empty())
        body.key("primaryKey").string(primaryKey);
    body.endObject();
    return sendWrite("POST", "/indexes", body.take(), std::move(done));
}

CallId NodeClient::updatePrimaryKey(
    std::string_view index, std::string_view primaryKey, OnAccepted done) const
{
    json::Writer body;
    body.beginObject().key("primaryKey").string(primaryKey).endObject();
    return sendWrite("PATCH", indexTarget(index).take(), body.take(), std::move(done));
}

CallId NodeClient::deleteIndex(std::string_view index, OnAccepted done) const
{
    return sendWrite("DELETE", indexTarget(index).take(), {}, std::move(done));
}

CallId NodeClient::swapIndexes(
    const std::vector<std::pair<std::string, std::string>> &pairs, OnAccepted done) const
{
    json::Writer body;
    body.beginArray();
    for (const auto &[one, other] : pairs)
        body.beginObject()
            .key("indexes")
            .beginArray()
            .string(one)
            .string(other)
            .endArray()
            .endObject();
    body.endArray();
    return sendWrite("POST", "/swap-indexes", body.take(), std::move(done));
}

CallId NodeClient::compact(std::string_view index, OnAccepted done) const
{
    return sendWrite("POST", indexTarget(index).segment("compact").take(), {}, std::move(done));
}

CallId NodeClient::getSettings(std::string_view index, OnAnswer done) const
{
    return send("GET", indexTarget(index).segment("settings").take(), {}, std::move(done));
}

CallId NodeClient::patchSettings(std::string_view index, QByteArray body, OnAccepted done) const
{
    return sendWrite(
        "PATCH", indexTarget(index).segment("settings").take(), std::move(body), std::move(done));
}

CallId NodeClient::writeDocuments(DocumentWrite write, OnAccepted done) const
{
    Target target = indexTarget(write.index);
    target.segment("documents");
    if (!write.primaryKey.empty())
        target.query("primaryKey", write.primaryKey);
    if (write.skipCreation)
        target.query("skipCreation", "true");
    Call call;
    call.method = write.partial ? QByteArrayLiteral("PUT") : QByteArrayLiteral("POST");
    call.target = withMetadata(std::move(target), write.customMetadata).take();
    call.body = std::move(write.body);
    call.contentType = std::move(write.contentType);
    call.deadlineMs = m_deadlineMs;
    return send(std::move(call), accepting(std::move(done)));
}

CallId NodeClient::deleteBatch(
    std::string_view index, QByteArray ids, std::string_view metadata, OnAccepted done) const
{
    Target target = indexTarget(index).segment("documents").segment("delete-batch");
    return sendWrite(
        "POST", withMetadata(std::move(target), metadata).take(), std::move(ids), std::move(done));
}

CallId NodeClient::deleteByFilter(
    std::string_view index, QByteArray body, std::string_view metadata, OnAccepted done) const
{
    Target target = indexTarget(index).segment("documents").segment("delete");
    return sendWrite(
        "POST", withMetadata(std::move(target), metadata).take(), std::move(body), std::move(done));
}

CallId NodeClient::deleteAllDocuments(
    std::string_view index, std::string_view metadata, OnAccepted done) const
{
    Target target = indexTarget(index).segment("documents");
    return sendWrite(
        "DELETE", withMetadata(std::move(target), metadata).take(), {}, std::move(done));
}

CallId NodeClient::getDocument(
    std::string_view index, std::string_view id, std::string_view fields, OnAnswer done) const
{
    Target target = indexTarget(index).segment("documents").segment(id);
    if (!fields.empty())
        target.query("fields", fields);
    return send("GET", target.take(), {}, std::move(done));
}

CallId NodeClient::fetchDocuments(std::string_view index, QByteArray body, OnAnswer done) const
{
    return send("POST", indexTarget(index).segment("documents").segment("fetch").take(),
        std::move(body), std::move(done));
}

CallId NodeClient::search(std::string_view index, QByteArray body, OnAnswer done) const
{
    return send(
        "POST", indexTarget(index).segment("search").take(), std::move(body), std::move(done));
}

CallId NodeClient::facetSearch(std::string_view index, QByteArray body, OnAnswer done) const
{
    return send("POST", indexTarget(index).segment("facet-search").take(), std::move(body),
        std::move(done));
}

CallId NodeClient::similar(std::string_view index, QByteArray body, OnAnswer done) const
{
    return send(
        "POST", indexTarget(index).segment("similar").take(), std::move(body), std::move(done));
}

CallId NodeClient::multiSearch(QByteArray body, OnAnswer done) const
{
    return send("POST", "/multi-search", std::move(body), std::move(done));
}

CallId NodeClient::tasks(const TaskQuery &query, OnTasks done) const
{
    return send(
        "GET", taskTarget("tasks", query).take(), {}, [done = std::move(done)](Answer answer) {
            Tasks tasks;
            if (answer.success()) {
                auto page = parseTasks(answer.body);
                if (page)
                    tasks.page = std::move(page).value();
                else
                    tasks.failure = page.error().message;
            } else {
                tasks.failure = whyNot(answer);
            }
            tasks.answer = std::move(answer);
            done(std::move(tasks));
        });
}

CallId NodeClient::cancelTasks(const TaskQuery &query, OnAccepted done) const
{
    QByteArray target = taskTarget("tasks", query).take();
    target.insert(static_cast<qsizetype>(sizeof("/tasks") - 1), "/cancel");
    return sendWrite("POST", std::move(target), {}, std::move(done));
}

CallId NodeClient::deleteTasks(const TaskQuery &query, OnAccepted done) const
{
    return sendWrite("DELETE", taskTarget("tasks", query).take(), {}, std::move(done));
}

CallId NodeClient::createKey(QByteArray body, OnAnswer done) const
{
    return send("POST", "/keys", std::move(body), std::move(done));
}

CallId NodeClient::deleteKey(std::string_view uidOrKey, OnAnswer done) const
{
    return send("DELETE", Target("keys").segment(uidOrKey).take(), {}, std::move(done));
}

CallId NodeClient::listKeys(std::uint32_t offset, std::uint32_t limit, OnAnswer done) const
{
    return send("GET", Target("keys").query("offset", offset).query("limit", limit).take(), {},
        std::move(done));
}

CallId NodeClient::patchExperimentalFeatures(QByteArray body, OnAnswer done) const
{
    return send("PATCH", "/experimental-features", std::move(body), std::move(done));
}

} // namespace miroir::node
