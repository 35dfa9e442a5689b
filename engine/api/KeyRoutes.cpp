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

/// Changes the keys in the control thread, then answers with what `change` gave.
using Change = std::function<protocol::ApiResult<ApiKey>(std::vector<ApiKey> &)>;
void change(FrontContext &front, const ExchangePtr &exchange, int status, Change change)
{
    using Answer = protocol::ApiResult<ApiKey>;
    front.services.control.ask<Answer>(
        [change = std::move(change)](cluster::Control &control) -> Answer {
            ApiKey changed;
            const auto done = control.changeKeys([&](std::vector<ApiKey> &keys) -> protocol::ApiStatus {
                auto made = change(keys);
                if (!made)
                    return made.err();
                changed = std::move(*made);
                return Done {};
            });
            if (!done)
                return done.err();
            return changed;
        },
        front.context, [exchange, status](Answer key) {
            if (!key)
                exchange->refuse(key.error());
            else if (status == 204)
                exchange->send(status, {});
            else
                exchange->send(status, keyJson(*key, *exchange->view));
        });
}

/// The key of the path among the newest ones; its end when it is gone.
std::vector<ApiKey>::iterator findIn(std::vector<ApiKey> &keys, const std::string &uidOrKey, const std::string &master)
{
    const auto byUid
        = std::find_if(keys.begin(), keys.end(), [&](const ApiKey &key) { return key.uid == uidOrKey; });
    if (byUid != keys.end())
        return byUid;
    const ApiKey *byValue = protocol::keyByValue(keys, uidOrKey, master);
    return byValue == nullptr ? keys.end() : keys.begin() + (byValue - keys.data());
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
    change(front, exchange, 201, [key = *key](std::vector<ApiKey> &keys) -> protocol::ApiResult<ApiKey> {
        if (std::any_of(keys.begin(), keys.end(), [&key](const ApiKey &old) { return old.uid == key.uid; }))
            return Err {protocol::keyAlreadyExists(key.uid)};
        keys.push_back(key);
        return key;
    });
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
    change(front, exchange, 200,
        [patch = *patch, name = exchange->params["key"], master = exchange->view->masterKey,
            now = front.services.clock->utcNs()](std::vector<ApiKey> &keys) -> protocol::ApiResult<ApiKey> {
            const auto found = findIn(keys, name, master);
            if (found == keys.end())
                return Err {protocol::keyNotFound(name)};
            patch.applyTo(*found, now);
            return *found;
        });
}

void deleteKey(FrontContext &front, ExchangePtr exchange)
{
    change(front, exchange, 204,
        [name = exchange->params["key"], master = exchange->view->masterKey](
            std::vector<ApiKey> &keys) -> protocol::ApiResult<ApiKey> {
            const auto found = findIn(keys, name, master);
            if (found == keys.end())
                return Err {protocol::keyNotFound(name)};
            ApiKey gone = *found;
            keys.erase(found);
            return gone;
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
