// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "protocol/DocumentId.h"
#include "protocol/DocumentsPayload.h"
#include "protocol/DocumentsRequest.h"

/// /indexes/{index_uid}/documents
namespace miroir::localnode {

using protocol::Action;
using protocol::QueryParams;
using protocol::TaskKind;
using protocol::TaskRecord;

namespace {

std::optional<std::string_view> contentType(const http::Request &request, QByteArray &keep)
{
    keep = request.field("content-type");
    return keep.isNull() ? std::nullopt : std::optional(sv(keep));
}

/// A deletion as it is before it runs.
TaskRecord deletionDraft(const std::string &uid, std::optional<std::string> customMetadata)
{
    TaskRecord draft;
    draft.kind = TaskKind::DocumentDeletion;
    draft.indexUid = uid;
    draft.customMetadata = std::move(customMetadata);
    draft.details.emplace();
    draft.details->deletedDocuments = protocol::Shown<std::uint64_t>::null();
    return draft;
}

} // namespace

void NodeRoutes::addDocumentRoutes()
{
    const std::string base = "/indexes/{index_uid}/documents";
    read("GET", base, &NodeRoutes::getDocuments);
    write("POST", base, &NodeRoutes::postDocuments);
    write("PUT", base, &NodeRoutes::putDocuments);
    write("DELETE", base, &NodeRoutes::clearDocuments);
    read("POST", base + "/fetch", &NodeRoutes::fetchDocuments);
    write("POST", base + "/delete-batch", &NodeRoutes::deleteBatch);
    write("POST", base + "/delete", &NodeRoutes::deleteByFilter);
    write("POST", base + "/edit", &NodeRoutes::editDocuments);
    read("GET", base + "/{document_id}", &NodeRoutes::getDocument);
    write("DELETE", base + "/{document_id}", &NodeRoutes::deleteDocument);
}

NodeRoutes::Answer NodeRoutes::getDocuments(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsGet); !scope)
        return scope.err();
    const auto fetch = protocol::parseDocumentsFetchQuery(QueryParams::parse(sv(call.request.query)));
    if (!fetch)
        return fetch.err();
    return browse(uid(call), *fetch);
}

NodeRoutes::Answer NodeRoutes::fetchDocuments(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsGet); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto fetch = protocol::parseDocumentsFetchBody(document->root());
    if (!fetch)
        return fetch.err();
    return browse(uid(call), *fetch);
}

NodeRoutes::Answer NodeRoutes::browse(const std::string &uid, const protocol::DocumentsFetch &fetch)
{
    const protocol::Features features = m_c.state.features();
    if (auto valid = protocol::checkIndexUid(uid); !valid)
        return valid.err();
    if (auto allowed = protocol::checkUseNetwork(fetch.useNetwork, features); !allowed)
        return allowed.err();
    auto ids = protocol::checkedIds(fetch);
    if (!ids)
        return ids.err();
    if (auto sort = protocol::fetchSort(fetch); !sort)
        return sort.err();
    const auto entry = index(uid);
    if (!entry)
        return entry.err();
    if (auto filter = protocol::fetchFilter(fetch, features); !filter)
        return filter.err();
    json::Document filterDocument;
    BrowseRequest request;
    request.offset = fetch.offset;
    request.limit = fetch.limit;
    request.fields = fetch.fields;
    request.ids = std::move(*ids);
    request.sort = fetch.sort.value_or(std::vector<std::string> {});
    request.retrieveVectors = fetch.retrieveVectors;
    if (fetch.filter) {
        auto parsed = json::Document::parse(std::string_view(*fetch.filter));
        if (!parsed)
            return protocol::refuse("invalid_document_filter", parsed.error().message());
        filterDocument = std::move(*parsed);
        request.filter = filterDocument.root();
    }
    const auto answer = entry->slot->with([&](LocalIndex &i) { return i.browse(request); });
    if (!answer)
        return answer.err();
    return ok(protocol::pageToJson(answer->results, fetch.offset, fetch.limit, answer->total));
}

NodeRoutes::Answer NodeRoutes::getDocument(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsGet); !scope)
        return scope.err();
    const auto wanted = protocol::parseDocumentGetQuery(QueryParams::parse(sv(call.request.query)));
    if (!wanted)
        return wanted.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    if (auto allowed = protocol::checkUseNetwork(wanted->useNetwork, m_c.state.features()); !allowed)
        return allowed.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    const std::string &id = call.params["document_id"];
    auto document = entry->slot->with(
        [&](LocalIndex &i) { return i.getDocument(id, wanted->fields, wanted->retrieveVectors); });
    if (!document)
        return Err<protocol::ApiError> {protocol::documentNotFound(id)};
    return ok(std::move(*document));
}

NodeRoutes::Answer NodeRoutes::postDocuments(const Call &call)
{
    return addDocuments(call, false);
}

NodeRoutes::Answer NodeRoutes::putDocuments(const Call &call)
{
    return addDocuments(call, true);
}

NodeRoutes::Answer NodeRoutes::addDocuments(const Call &call, bool update)
{
    const auto scope = authorise(call, Action::DocumentsAdd);
    if (!scope)
        return scope.err();
    const auto wanted = protocol::parseDocumentsWriteQuery(QueryParams::parse(sv(call.request.query)));
    if (!wanted)
        return wanted.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    QByteArray type;
    const auto format = protocol::payloadFormat(contentType(call.request, type), wanted->csvDelimiter);
    if (!format)
        return format.err();
    QByteArray payload;
    payload.reserve(call.request.body.size() + call.request.body.size() / 16);
    const auto count = protocol::visitDocuments(sv(call.request.body), *format, [&](std::string_view document) {
        appendPayload(payload, document);
        return true;
    });
    if (!count)
        return count.err();
    TaskRecord draft;
    draft.kind = TaskKind::DocumentAdditionOrUpdate;
    draft.indexUid = uid(call);
    draft.customMetadata = wanted->customMetadata;
    draft.details.emplace();
    draft.details->receivedDocuments = *count;
    draft.details->indexedDocuments = protocol::Shown<std::uint64_t>::null();
    NodeTaskContent content;
    content.update = update;
    content.skipCreation = wanted->skipCreation.value_or(false);
    content.mayCreateIndex = scope->allowsIndexCreation(uid(call));
    content.primaryKey = wanted->primaryKey;
    return enqueue(std::move(draft), std::move(content), payload);
}

NodeRoutes::Answer NodeRoutes::clearDocuments(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsDelete); !scope)
        return scope.err();
    const auto metadata = protocol::parseCustomMetadataQuery(QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    NodeTaskContent content;
    content.deletion = NodeTaskContent::Deletion::Clear;
    return enqueue(deletionDraft(uid(call), *metadata), std::move(content));
}

NodeRoutes::Answer NodeRoutes::deleteDocument(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsDelete); !scope)
        return scope.err();
    const auto metadata = protocol::parseCustomMetadataQuery(QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    TaskRecord draft = deletionDraft(uid(call), *metadata);
    draft.details->providedIds = 1;
    draft.details->originalFilter = protocol::Shown<std::string>::null();
    NodeTaskContent content;
    content.deletion = NodeTaskContent::Deletion::Ids;
    QByteArray payload;
    appendPayload(payload, call.params["document_id"]);
    return enqueue(std::move(draft), std::move(content), payload);
}

NodeRoutes::Answer NodeRoutes::deleteBatch(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsDelete); !scope)
        return scope.err();
    QByteArray type;
    const auto ids = protocol::parseDeleteBatch(contentType(call.request, type), call.request.body);
    if (!ids)
        return ids.err();
    const auto metadata = protocol::parseCustomMetadataQuery(QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    TaskRecord draft = deletionDraft(uid(call), *metadata);
    draft.details->providedIds = ids->size();
    draft.details->originalFilter = protocol::Shown<std::string>::null();
    NodeTaskContent content;
    content.deletion = NodeTaskContent::Deletion::Ids;
    QByteArray payload;
    for (const std::string &id : *ids)
        appendPayload(payload, id);
    return enqueue(std::move(draft), std::move(content), payload);
}

NodeRoutes::Answer NodeRoutes::deleteByFilter(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsDelete); !scope)
        return scope.err();
    const auto metadata = protocol::parseCustomMetadataQuery(QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseDeleteByFilterBody(document->root());
    if (!wanted)
        return wanted.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    if (auto filter = protocol::deletionFilter(*wanted, m_c.state.features()); !filter)
        return filter.err();
    TaskRecord draft = deletionDraft(uid(call), *metadata);
    draft.details->providedIds = 0;
    draft.details->originalFilter = wanted->filter;
    NodeTaskContent content;
    content.deletion = NodeTaskContent::Deletion::Filter;
    content.filter = wanted->filter;
    return enqueue(std::move(draft), std::move(content));
}

NodeRoutes::Answer NodeRoutes::editDocuments(const Call &call)
{
    if (auto scope = authorise(call, Action::DocumentsAll); !scope)
        return scope.err();
    const auto metadata = protocol::parseCustomMetadataQuery(QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseEditBody(document->root());
    if (!wanted)
        return wanted.err();
    const protocol::Features features = m_c.state.features();
    if (auto on = protocol::checkEditFeature(features); !on)
        return on.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    if (auto checked = protocol::checkEdit(*wanted, features, uid(call)); !checked)
        return checked.err();
    return protocol::refuse("edit_documents_by_function_error",
                            "The evaluation node miroir-node has no interpreter for Rhai functions. Use Meilisearch "
                            "to edit documents by function.");
}

} // namespace miroir::localnode
