// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/NodeAnswers.h"
#include "node/Transport.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace miroir::node {

/// Query of GET /tasks; what is empty is left out.
struct TaskQuery
{
    std::vector<std::uint32_t> uids {};
    std::vector<std::string> statuses {}; ///< enqueued, processing, succeeded, failed, canceled
    std::vector<std::string> types {};
    std::vector<std::string> indexUids {};
    std::optional<std::uint32_t> limit {};
    std::optional<std::uint32_t> from {};
    bool reverse = false; ///< oldest first
};

/// A body of documents on the way to a node.
struct DocumentWrite
{
    std::string index {};
    QByteArray body {};
    QByteArray contentType = QByteArrayLiteral("application/x-ndjson");
    std::string primaryKey {}; ///< empty: not sent
    std::string customMetadata {}; ///< empty: not sent
    bool partial = false; ///< PUT (documents are merged) instead of POST (replaced)
    bool skipCreation = false; ///< unknown documents are left out
};

/// What a node is asked, typed. Holds no state but address and key, so it is cheap to make; one
/// thread, the transport's. Every call gives its id, for Transport::cancel. Index uids and ids are
/// percent-encoded here.
class NodeClient
{
public:
    using OnAnswer = Transport::Callback;
    using OnAccepted = std::function<void(Accepted)>;
    using OnTasks = std::function<void(Tasks)>;

    /// base: scheme, host, port. key: bearer key; empty when the node has none. context: owner of
    /// all callbacks.
    NodeClient(Transport *transport, QUrl base, QByteArray key, QObject *context);

    void setDeadlineMs(int ms)
    {
        m_deadlineMs = ms;
    } ///< of the calls made from now on; 5000 at first
    [[nodiscard]] const QUrl &base() const { return m_base; }

    CallId health(OnAnswer done) const;
    CallId version(OnAnswer done) const;
    CallId stats(OnAnswer done) const;
    CallId indexStats(std::string_view index, OnAnswer done) const;

    CallId listIndexes(std::uint32_t offset, std::uint32_t limit, OnAnswer done) const;
    CallId getIndex(std::string_view index, OnAnswer done) const;
    /// primaryKey empty: none.
    CallId createIndex(std::string_view index, std::string_view primaryKey, OnAccepted done) const;
    CallId updatePrimaryKey(
        std::string_view index, std::string_view primaryKey, OnAccepted done) const;
    CallId deleteIndex(std::string_view index, OnAccepted done) const;
    /// Pairs of indexes, exchanged in one step.
    CallId swapIndexes(
        const std::vector<std::pair<std::string, std::string>> &pairs, OnAccepted done) const;
    CallId compact(std::string_view index, OnAccepted done) const;

    CallId getSettings(std::string_view index, OnAnswer done) const;
    CallId patchSettings(std::string_view index, QByteArray body, OnAccepted done) const;

    CallId writeDocuments(DocumentWrite write, OnAccepted done) const;
    /// ids: a JSON array of ids. metadata empty: not sent.
    CallId deleteBatch(
        std::string_view index, QByteArray ids, std::string_view metadata, OnAccepted done) const;
    /// body: {"filter": ..}
    CallId deleteByFilter(
        std::string_view index, QByteArray body, std::string_view metadata, OnAccepted done) const;
    CallId deleteAllDocuments(
        std::string_view index, std::string_view metadata, OnAccepted done) const;
    /// fields: comma separated; empty: all.
    CallId getDocument(
        std::string_view index, std::string_view id, std::string_view fields, OnAnswer done) const;
    /// POST /documents/fetch with offset, limit, fields, filter, ids, sort.
    CallId fetchDocuments(std::string_view index, QByteArray body, OnAnswer done) const;

    CallId search(std::string_view index, QByteArray body, OnAnswer done) const;
    CallId facetSearch(std::string_view index, QByteArray body, OnAnswer done) const;
    CallId similar(std::string_view index, QByteArray body, OnAnswer done) const;
    CallId multiSearch(QByteArray body, OnAnswer done) const;

    CallId tasks(const TaskQuery &query, OnTasks done) const;
    /// At least one filter must be set, or the node refuses.
    CallId cancelTasks(const TaskQuery &query, OnAccepted done) const;
    CallId deleteTasks(const TaskQuery &query, OnAccepted done) const;

    /// body: {"uid","actions","indexes","expiresAt", ..}; the answer holds the key.
    CallId createKey(QByteArray body, OnAnswer done) const;
    CallId deleteKey(std::string_view uidOrKey, OnAnswer done) const;
    CallId listKeys(std::uint32_t offset, std::uint32_t limit, OnAnswer done) const;

    CallId patchExperimentalFeatures(QByteArray body, OnAnswer done) const;

    /// Anything else: target is path and query, already encoded.
    CallId send(QByteArray method, QByteArray target, QByteArray body, OnAnswer done) const;
    /// The same with the deadline of the call, not that of setDeadlineMs(); the key is filled in.
    CallId send(Call call, OnAnswer done) const;

private:
    CallId sendWrite(QByteArray method, QByteArray target, QByteArray body, OnAccepted done) const;

    Transport *m_transport;
    QUrl m_base;
    QByteArray m_key;
    QObject *m_context;
    int m_deadlineMs = 5000;
};

/// Percent-encodes everything but A-Z a-z 0-9 - . _ ~ (RFC 3986), for one path segment or one query
/// value.
QByteArray encoded(std::string_view text);

/// Builds path and query of a request.
class Target
{
public:
    explicit Target(std::string_view firstSegment) { segment(firstSegment); }
    Target &segment(std::string_view text);
    Target &query(std::string_view name, std::string_view value);
    Target &query(std::string_view name, std::uint64_t value);
    Target &queryList(
        std::string_view name, const std::vector<std::string> &values); ///< nothing when empty
    [[nodiscard]] QByteArray take() { return std::move(m_bytes); }

private:
    QByteArray m_bytes;
    bool m_hasQuery = false;
};

} // namespace miroir::node
