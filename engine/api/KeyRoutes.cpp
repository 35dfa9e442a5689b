// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "protocol/IndexRequests.h"
#include "protocol/Key.h"
#include "protocol/KeyDigest.h"

#include <QUuid>

#include <algorithm>

namespace miroir::api {

using protocol::Action;
using protocol::ApiKey;

namespace {

QByteArray keyJson(const ApiKey &key, const read::ClusterView &view)
{
    return protocol::keyToJson(key, protocol::keyValue(view.masterKey, key.uid));
}

const ApiKey *findKey(const read::ClusterView &view, const std::string &uidOrKey)
{
    for (const ApiKey &key : view.keys) {
        if (key.uid == uidOrKey)
            return &key;
    }
    return protocol::keyByValue(view.keys, uidOrKey, view.masterKey);
}

void listKeys(FrontContext &, ExchangePtr exchange)
{
    const auto page = protocol::parseKeyListQuery(sv(exchange->request.query));
    if (!page) {
        exchange->refuse(page.error());
        return;
    }
    std::vector<ApiKey> keys = exchange->view->keys;
    protocol::sortKeysForList(keys);
    std::vector<QByteArray> all;
    for (const ApiKey &key : keys)
        all.push_back(keyJson(key, *exchange->view));
    exchange->send(200, protocol::pageToJson(all, *page));
}

void getKey(FrontContext &, ExchangePtr exchange)
{
    const std::string &name = exchange->params["key"];
    if (const ApiKey *key = findKey(*exchange->view, name))
        exchange->send(200, keyJson(*key, *exchange->view));
    else
        exchange->refuse(protocol::keyNotFound(name));
}

/// Stores the key, then answers with what `answer` gives.
void save(FrontContext &front, const ExchangePtr &exchange, const ApiKey &key, int status)
{
    front.services.control.ask<Status<>>([key](cluster::Control &control) { return control.saveKey(key); },
        front.context, [exchange, key, status](Status<> saved) {
            if (!saved)
                exchange->refuse(protocol::apiError("internal", saved.error().message));
            else
                exchange->send(status, keyJson(key, *exchange->view));
        });
}

void createKey(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto key = protocol::parseKeyCreate(body->root(),
        QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString(), front.services.clock->utcNs());
    if (!key) {
        exchange->refuse(key.error());
        return;
    }
    const std::vector<ApiKey> &keys = exchange->view->keys;
    if (std::any_of(keys.begin(), keys.end(), [&key](const ApiKey &old) { return old.uid == key->uid; })) {
        exchange->refuse(protocol::keyAlreadyExists(key->uid));
        return;
    }
    save(front, exchange, *key, 201);
}

void patchKey(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto patch = protocol::parseKeyPatch(body->root());
    if (!patch) {
        exchange->refuse(patch.error());
        return;
    }
    const ApiKey *found = findKey(*exchange->view, exchange->params["key"]);
    if (found == nullptr) {
        exchange->refuse(protocol::keyNotFound(exchange->params["key"]));
        return;
    }
    ApiKey key = *found;
    patch->applyTo(key, front.services.clock->utcNs());
    save(front, exchange, key, 200);
}

void deleteKey(FrontContext &front, ExchangePtr exchange)
{
    const ApiKey *found = findKey(*exchange->view, exchange->params["key"]);
    if (found == nullptr) {
        exchange->refuse(protocol::keyNotFound(exchange->params["key"]));
        return;
    }
    front.services.control.ask<Status<>>(
        [uid = found->uid](cluster::Control &control) { return control.removeKey(uid); }, front.context,
        [exchange](Status<> removed) {
            if (!removed)
                exchange->refuse(protocol::apiError("internal", removed.error().message));
            else
                exchange->send(204, {});
        });
}

} // namespace

void addKeyRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("GET", "/keys", {key, Action::KeysGet, listKeys});
    routes.add("POST", "/keys", {key, Action::KeysCreate, createKey});
    routes.add("GET", "/keys/{key}", {key, Action::KeysGet, getKey});
    routes.add("PATCH", "/keys/{key}", {key, Action::KeysUpdate, patchKey});
    routes.add("DELETE", "/keys/{key}", {key, Action::KeysDelete, deleteKey});
}

} // namespace miroir::api
