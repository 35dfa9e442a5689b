// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "protocol/IndexRequests.h"
#include "protocol/SwapRequest.h"

namespace miroir::api {

using protocol::Action;
using write::WriteRequest;

namespace {

QByteArray indexJson(const read::IndexView &index)
{
    return protocol::indexToJson({index.uid, index.createdAtNs, index.updatedAtNs, index.primaryKey});
}

void listIndexes(FrontContext &, ExchangePtr exchange)
{
    const auto page = protocol::parseIndexListQuery(sv(exchange->request.query));
    if (!page) {
        exchange->refuse(page.error());
        return;
    }
    std::vector<QByteArray> all;
    for (const auto &[uid, index] : exchange->view->indexes) {
        if (exchange->scope.allowsIndex(uid))
            all.push_back(indexJson(index));
    }
    exchange->send(200, protocol::pageToJson(all, *page));
}

void getIndex(FrontContext &, ExchangePtr exchange)
{
    if (const read::IndexView *index = exchange->indexOrRefuse())
        exchange->send(200, indexJson(*index));
}

void createIndex(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto create = protocol::parseIndexCreate(body->root());
    if (!create) {
        exchange->refuse(create.error());
        return;
    }
    if (!exchange->scope.allowsIndexCreation(create->uid)) {
        exchange->refuse(protocol::invalidApiKey());
        return;
    }
    WriteRequest request;
    request.kind = WriteRequest::Kind::CreateIndex;
    request.uid = create->uid;
    request.primaryKey = create->primaryKey;
    submitWrite(front, exchange, std::move(request));
}

void updateIndex(FrontContext &front, ExchangePtr exchange)
{
    if (const protocol::ApiStatus valid = protocol::checkIndexUid(exchange->uid()); !valid) {
        exchange->refuse(valid.error());
        return;
    }
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto update = protocol::parseIndexUpdate(body->root());
    if (!update) {
        exchange->refuse(update.error());
        return;
    }
    WriteRequest request;
    request.kind = WriteRequest::Kind::UpdateIndex;
    request.uid = exchange->uid();
    request.primaryKey = update->primaryKey;
    request.newUid = update->newUid;
    submitWrite(front, exchange, std::move(request));
}

void deleteIndex(FrontContext &front, ExchangePtr exchange)
{
    if (const protocol::ApiStatus valid = protocol::checkIndexUid(exchange->uid()); !valid) {
        exchange->refuse(valid.error());
        return;
    }
    WriteRequest request;
    request.kind = WriteRequest::Kind::DeleteIndex;
    request.uid = exchange->uid();
    submitWrite(front, exchange, std::move(request));
}

void swapIndexes(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto swaps = protocol::parseSwapIndexes(
        body->root(), [&exchange](std::string_view uid) { return exchange->scope.allowsIndex(uid); });
    if (!swaps) {
        exchange->refuse(swaps.error());
        return;
    }
    WriteRequest request;
    request.kind = WriteRequest::Kind::SwapIndexes;
    request.swaps = std::move(*swaps);
    submitWrite(front, exchange, std::move(request));
}

} // namespace

void addIndexRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("GET", "/indexes", {key, Action::IndexesGet, listIndexes});
    routes.add("POST", "/indexes", {key, Action::IndexesCreate, createIndex});
    routes.add("GET", "/indexes/{uid}", {key, Action::IndexesGet, getIndex});
    routes.add("PATCH", "/indexes/{uid}", {key, Action::IndexesUpdate, updateIndex});
    routes.add("DELETE", "/indexes/{uid}", {key, Action::IndexesDelete, deleteIndex});
    routes.add("POST", "/swap-indexes", {key, Action::IndexesSwap, swapIndexes});
}

} // namespace miroir::api
