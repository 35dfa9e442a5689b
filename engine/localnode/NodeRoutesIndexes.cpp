// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "protocol/Stats.h"
#include "protocol/SwapRequest.h"

/// Routes about indexes as a whole.
namespace miroir::localnode {

using protocol::Action;
using protocol::TaskKind;
using protocol::TaskRecord;

void NodeRoutes::addIndexRoutes()
{
    read("GET", "/indexes", &NodeRoutes::listIndexes);
    write("POST", "/indexes", &NodeRoutes::createIndex);
    read("GET", "/indexes/{index_uid}", &NodeRoutes::getIndex);
    write("PATCH", "/indexes/{index_uid}", &NodeRoutes::patchIndex);
    write("DELETE", "/indexes/{index_uid}", &NodeRoutes::deleteIndex);
    read("GET", "/indexes/{index_uid}/stats", &NodeRoutes::indexStats);
    read("POST", "/indexes/{index_uid}/fields", &NodeRoutes::fields);
    write("POST", "/indexes/{index_uid}/compact", &NodeRoutes::compact);
    write("POST", "/swap-indexes", &NodeRoutes::swapIndexes);
}

NodeRoutes::Answer NodeRoutes::listIndexes(const Call &call)
{
    const auto scope = authorise(call, Action::IndexesGet);
    if (!scope)
        return scope.err();
    const auto page = protocol::parseIndexListQuery(sv(call.request.query));
    if (!page)
        return page.err();
    std::vector<QByteArray> items;
    for (const IndexEntry &entry : m_c.indexes.all()) {
        if (scope->allowsIndex(entry.info.uid))
            items.push_back(protocol::indexToJson(entry.info));
    }
    return ok(protocol::pageToJson(items, *page));
}

NodeRoutes::Answer NodeRoutes::createIndex(const Call &call)
{
    const auto scope = authorise(call, Action::IndexesCreate);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseIndexCreate(document->root());
    if (!wanted)
        return wanted.err();
    if (!scope->allowsIndexCreation(wanted->uid))
        return Err<protocol::ApiError> {protocol::invalidApiKey()};
    TaskRecord draft;
    draft.kind = TaskKind::IndexCreation;
    draft.indexUid = wanted->uid;
    draft.details.emplace();
    draft.details->primaryKey.present = true;
    draft.details->primaryKey.value = wanted->primaryKey;
    return enqueue(std::move(draft));
}

NodeRoutes::Answer NodeRoutes::getIndex(const Call &call)
{
    if (auto scope = authorise(call, Action::IndexesGet); !scope)
        return scope.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    return ok(protocol::indexToJson(entry->info));
}

NodeRoutes::Answer NodeRoutes::patchIndex(const Call &call)
{
    if (auto scope = authorise(call, Action::IndexesUpdate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseIndexUpdate(document->root());
    if (!wanted)
        return wanted.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    TaskRecord draft;
    draft.kind = TaskKind::IndexUpdate;
    draft.indexUid = uid(call);
    draft.details.emplace();
    draft.details->primaryKey.present = true;
    draft.details->primaryKey.value = wanted->primaryKey;
    if (wanted->newUid) {
        draft.details->oldIndexUid = uid(call);
        draft.details->newIndexUid = wanted->newUid;
    }
    return enqueue(std::move(draft));
}

NodeRoutes::Answer NodeRoutes::deleteIndex(const Call &call)
{
    if (auto scope = authorise(call, Action::IndexesDelete); !scope)
        return scope.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    TaskRecord draft;
    draft.kind = TaskKind::IndexDeletion;
    draft.indexUid = uid(call);
    draft.details.emplace();
    draft.details->deletedDocuments = protocol::Shown<std::uint64_t>::null();
    return enqueue(std::move(draft));
}

protocol::IndexStats NodeRoutes::statsOf(const IndexEntry &entry, const std::set<std::string> &processing) const
{
    const IndexStats measured = entry.slot->with([](LocalIndex &index) { return index.stats(); });
    protocol::IndexStats stats;
    stats.numberOfDocuments = measured.numberOfDocuments;
    stats.rawDocumentDbSize = measured.rawDocumentBytes;
    stats.avgDocumentSize = protocol::averageDocumentSize(measured.rawDocumentBytes, measured.numberOfDocuments);
    stats.internalDatabaseSizes.emplace_back("documents", measured.rawDocumentBytes); // it has no other
    stats.isIndexing = processing.contains(entry.info.uid);
    stats.numberOfEmbeddings = measured.numberOfEmbeddings;
    stats.numberOfEmbeddedDocuments = measured.numberOfEmbeddedDocuments;
    stats.fieldDistribution = measured.fieldDistribution;
    return stats;
}

NodeRoutes::Answer NodeRoutes::indexStats(const Call &call)
{
    if (auto scope = authorise(call, Action::StatsGet); !scope)
        return scope.err();
    const auto query = protocol::StatsQuery::parse(sv(call.request.query));
    if (!query)
        return query.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    return ok(protocol::indexStatsToJson(statsOf(*entry, m_c.tasks.processingIndexes()), *query));
}

NodeRoutes::Answer NodeRoutes::compact(const Call &call)
{
    if (auto scope = authorise(call, Action::IndexesCompact); !scope)
        return scope.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    TaskRecord draft;
    draft.kind = TaskKind::IndexCompaction;
    draft.indexUid = uid(call);
    draft.details.emplace();
    return enqueue(std::move(draft));
}

NodeRoutes::Answer NodeRoutes::swapIndexes(const Call &call)
{
    const auto scope = authorise(call, Action::IndexesSwap);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto swaps = protocol::parseSwapIndexes(document->root(),
                                            [&](std::string_view uid) { return scope->allowsIndex(uid); });
    if (!swaps)
        return swaps.err();
    TaskRecord draft;
    draft.kind = TaskKind::IndexSwap;
    draft.details.emplace();
    draft.details->swaps = std::move(*swaps);
    return enqueue(std::move(draft));
}

} // namespace miroir::localnode
