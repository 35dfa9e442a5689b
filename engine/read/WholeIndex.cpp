// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/WholeIndex.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/DocumentsMerge.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterCheck.h"
#include "read/SearchPlan.h"

namespace miroir::read {

namespace {

/// As many documents as a shard can have.
constexpr std::uint64_t shardDocumentsMax = UINT32_MAX;
const QByteArray noVectors = QByteArrayLiteral(R"(,"_vectors":{}})");

protocol::DocumentsFetch inOrder()
{
    protocol::DocumentsFetch fetch;
    fetch.limit = shardDocumentsMax;
    fetch.sort = std::vector<std::string> {std::string(placement::orderField) + ":asc"};
    return fetch;
}

ScatterRequest shardScatter(const ReadContext &context, ShardId shard, const protocol::DocumentsFetch &fetch)
{
    ScatterRequest scatter = context.scatter("/documents/fetch");
    scatter.retryOnTimeout = true; // what is done with the documents may not lack any
    scatter.missing.reset();
    scatter.wanted.reset();
    scatter.wanted.set(shard.value);
    scatter.body = [fetch](const std::string &shardFilter) {
        protocol::DocumentsFetch filtered = fetch;
        filtered.filter = joinFilters(fetch.filter, {}, shardFilter);
        return filtered.toJson();
    };
    return scatter;
}

} // namespace

protocol::ApiStatus checkWholeFilter(const ReadContext &context, const std::optional<std::string> &filter)
{
    protocol::DocumentsFetch fetch;
    fetch.filter = filter;
    const auto parsed = protocol::fetchFilter(fetch, context.view->features);
    if (!parsed)
        return parsed.err();
    if (!*parsed)
        return Done {};
    return protocol::checkFilter(
        **parsed, {context.index->settings->filterableAttributes, "invalid_document_filter", {}, {}, {}});
}

void listIds(const ReadContext &context, ShardId shard, const std::optional<std::string> &filter, OnIds done)
{
    if (!context.index->primaryKey) { // nothing was ever added
        QMetaObject::invokeMethod(
            context.context, [done] { done(std::vector<std::string>()); }, Qt::QueuedConnection);
        return;
    }
    protocol::DocumentsFetch fetch = inOrder();
    fetch.filter = filter;
    fetch.fields = std::vector<std::string> {*context.index->primaryKey};
    Scatter::run(
        shardScatter(context, shard, fetch), context.transport, context.context,
        [done, key = *context.index->primaryKey](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            MIROIR_ASSERT(parts.size() == 1);
            const json::Value results = parts.front().answer.root()["results"];
            if (!results.isArray())
                return 0;
            std::vector<std::string> ids;
            for (const json::Value document : results.items()) {
                auto id = protocol::documentId(document, key);
                if (!id)
                    return 0;
                ids.push_back(std::move(*id));
            }
            done(std::move(ids));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

void fetchByIds(const ReadContext &context, ShardId shard, const std::vector<std::string> &ids, bool vectors,
    OnDocuments done)
{
    protocol::DocumentsFetch fetch = inOrder();
    fetch.retrieveVectors = vectors;
    fetch.ids.emplace();
    for (const std::string &id : ids)
        fetch.ids->push_back(json::quoted(id));
    Scatter::run(
        shardScatter(context, shard, fetch), context.transport, context.context,
        [done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            MIROIR_ASSERT(parts.size() == 1);
            const json::Value results = parts.front().answer.root()["results"];
            if (!results.isArray())
                return 0;
            std::vector<QByteArray> documents;
            for (const json::Value document : results.items()) {
                auto stripped = merge::stripHidden(toBytes(document.raw()));
                if (!stripped)
                    return 0;
                // Nodes write an empty one for a document without vectors; their own exports do not.
                if (stripped->endsWith(noVectors))
                    stripped->replace(stripped->size() - noVectors.size(), noVectors.size(), "}");
                documents.push_back(std::move(*stripped));
            }
            done(std::move(documents));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

} // namespace miroir::read
