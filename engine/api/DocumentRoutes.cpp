// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/FunctionCheck.h"
#include "api/Reading.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "protocol/DocumentId.h"
#include "protocol/DocumentsPayload.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/IndexRequests.h"
#include "write/DocumentIds.h"

namespace miroir::api {

using protocol::Action;
using write::WriteRequest;

namespace {

/// The value, or nothing after the refusal has been sent.
template <typename T>
std::optional<T> valueOrRefuse(const ExchangePtr &exchange, protocol::ApiResult<T> result)
{
    if (result)
        return std::move(*result);
    exchange->refuse(result.error());
    return std::nullopt;
}

bool uidOrRefuse(const ExchangePtr &exchange)
{
    const protocol::ApiStatus valid = protocol::checkIndexUid(exchange->uid());
    if (!valid)
        exchange->refuse(valid.error());
    return valid.ok();
}

void writeDocuments(FrontContext &front, const ExchangePtr &exchange, bool partial)
{
    if (!uidOrRefuse(exchange))
        return;
    const auto query = protocol::QueryParams::parse(sv(exchange->request.query));
    const auto params = valueOrRefuse(exchange, protocol::parseDocumentsWriteQuery(query));
    if (!params)
        return;
    const auto format = valueOrRefuse(exchange, protocol::payloadFormat(exchange->contentType(), params->csvDelimiter));
    if (!format)
        return;
    const read::IndexView *index = exchange->view->index(exchange->uid());
    auto batch = valueOrRefuse(exchange,
        write::readBatch(exchange->uid(), std::move(exchange->request.body), *format, params->primaryKey,
            index != nullptr ? index->primaryKey : std::nullopt));
    if (!batch)
        return;
    WriteRequest request;
    request.kind = WriteRequest::Kind::Documents;
    request.uid = exchange->uid();
    request.partial = partial;
    request.mayCreateIndex = exchange->scope.allowsIndexCreation(exchange->uid());
    request.skipCreation = params->skipCreation.value_or(false);
    request.batch = std::make_shared<write::DocumentBatch>(std::move(*batch));
    request.customMetadata = params->customMetadata;
    submitWrite(front, exchange, std::move(request));
}

void postDocuments(FrontContext &front, ExchangePtr exchange)
{
    writeDocuments(front, exchange, false);
}

void putDocuments(FrontContext &front, ExchangePtr exchange)
{
    writeDocuments(front, exchange, true);
}

void deleteDocument(FrontContext &front, ExchangePtr exchange)
{
    if (!uidOrRefuse(exchange))
        return;
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    WriteRequest request;
    request.kind = WriteRequest::Kind::DeleteDocuments;
    request.uid = exchange->uid();
    request.providedIds = 1;
    if (protocol::isDocumentId(exchange->params["document"]))
        request.ids.push_back(exchange->params["document"]);
    request.customMetadata = *metadata;
    submitWrite(front, exchange, std::move(request));
}

void deleteBatch(FrontContext &front, ExchangePtr exchange)
{
    if (!uidOrRefuse(exchange))
        return;
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    const auto ids
        = valueOrRefuse(exchange, protocol::parseDeleteBatch(exchange->contentType(), exchange->request.body));
    if (!ids)
        return;
    WriteRequest request;
    request.kind = WriteRequest::Kind::DeleteDocuments;
    request.uid = exchange->uid();
    request.providedIds = ids->size();
    for (const std::string &id : *ids) {
        if (protocol::isDocumentId(id))
            request.ids.push_back(id);
    }
    request.customMetadata = *metadata;
    submitWrite(front, exchange, std::move(request));
}

void deleteByFilter(FrontContext &front, ExchangePtr exchange)
{
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto wanted = valueOrRefuse(exchange, protocol::parseDeleteByFilterBody(body->root()));
    if (!wanted || !uidOrRefuse(exchange)
        || !valueOrRefuse(exchange, protocol::deletionFilter(*wanted, exchange->view->features)))
        return;
    WriteRequest request;
    request.kind = WriteRequest::Kind::DeleteByFilter;
    request.uid = exchange->uid();
    request.filter = std::move(wanted->filter);
    request.customMetadata = *metadata;
    submitWrite(front, exchange, std::move(request));
}

void editDocuments(FrontContext &front, ExchangePtr exchange)
{
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto wanted = valueOrRefuse(exchange, protocol::parseEditBody(body->root()));
    if (!wanted || !valueOrRefuse(exchange, protocol::checkEditFeature(exchange->view->features))
        || !uidOrRefuse(exchange))
        return;
    checkFunction(front, exchange, wanted->function, [&front, exchange, wanted = *wanted, metadata = *metadata] {
        if (!valueOrRefuse(exchange, protocol::checkEdit(wanted, exchange->view->features, exchange->uid())))
            return;
        WriteRequest request;
        request.kind = WriteRequest::Kind::EditDocuments;
        request.uid = exchange->uid();
        request.filter = wanted.filter;
        request.context = wanted.context;
        request.function = wanted.function;
        request.customMetadata = metadata;
        submitWrite(front, exchange, std::move(request));
    });
}

void clearDocuments(FrontContext &front, ExchangePtr exchange)
{
    if (!uidOrRefuse(exchange))
        return;
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    WriteRequest request;
    request.kind = WriteRequest::Kind::ClearDocuments;
    request.uid = exchange->uid();
    request.customMetadata = *metadata;
    submitWrite(front, exchange, std::move(request));
}

void fetch(FrontContext &front, const ExchangePtr &exchange, const protocol::DocumentsFetch &request)
{
    const auto network = protocol::checkUseNetwork(request.useNetwork, exchange->view->features);
    if (!network) {
        exchange->refuse(network.error());
        return;
    }
    if (!valueOrRefuse(exchange, protocol::checkedIds(request))
        || !valueOrRefuse(exchange, protocol::fetchSort(request)))
        return;
    const read::IndexView *index = exchange->indexOrRefuse();
    if (index != nullptr)
        read::fetchDocuments(readContext(front, exchange, index), request, answerWith(exchange));
}

void getDocuments(FrontContext &front, ExchangePtr exchange)
{
    const auto query = protocol::QueryParams::parse(sv(exchange->request.query));
    if (const auto request = valueOrRefuse(exchange, protocol::parseDocumentsFetchQuery(query)))
        fetch(front, exchange, *request);
}

void fetchDocuments(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    if (const auto request = valueOrRefuse(exchange, protocol::parseDocumentsFetchBody(body->root())))
        fetch(front, exchange, *request);
}

void getDocument(FrontContext &front, ExchangePtr exchange)
{
    const auto query = protocol::QueryParams::parse(sv(exchange->request.query));
    const auto request = valueOrRefuse(exchange, protocol::parseDocumentGetQuery(query));
    if (!request)
        return;
    const read::IndexView *index = exchange->indexOrRefuse();
    if (index == nullptr)
        return;
    const std::string &id = exchange->params["document"];
    if (!protocol::isDocumentId(id)) {
        exchange->refuse(protocol::documentNotFound(id));
        return;
    }
    read::getDocument(readContext(front, exchange, index), id, *request, answerWith(exchange));
}

} // namespace

void addDocumentRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    const std::string base = "/indexes/{uid}/documents";
    routes.add("GET", base, {key, Action::DocumentsGet, getDocuments});
    routes.add("POST", base, {key, Action::DocumentsAdd, postDocuments});
    routes.add("PUT", base, {key, Action::DocumentsAdd, putDocuments});
    routes.add("DELETE", base, {key, Action::DocumentsDelete, clearDocuments});
    routes.add("POST", base + "/fetch", {key, Action::DocumentsGet, fetchDocuments});
    routes.add("POST", base + "/delete-batch", {key, Action::DocumentsDelete, deleteBatch});
    routes.add("POST", base + "/delete", {key, Action::DocumentsDelete, deleteByFilter});
    routes.add("POST", base + "/edit", {key, Action::DocumentsAll, editDocuments});
    routes.add("GET", base + "/{document}", {key, Action::DocumentsGet, getDocument});
    routes.add("DELETE", base + "/{document}", {key, Action::DocumentsDelete, deleteDocument});
}

} // namespace miroir::api
