// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeKeys.h"

#include "base/Bytes.h"
#include "protocol/KeyDigest.h"

#include <QUuid>

#include <algorithm>

namespace miroir::localnode {

using protocol::ApiKey;
using protocol::ApiResult;

namespace {

std::string freshUuid()
{
    return toStd(QUuid::createUuid().toString(QUuid::WithoutBraces));
}

} // namespace

Status<> NodeKeys::load()
{
    auto rows = m_store.call([](NodeStore &store) { return store.keys(); });
    if (!rows)
        return rows.err();
    const std::lock_guard lock(m_mutex);
    for (const KeyRow &row : *rows) {
        auto key = protocol::keyFromText(row.json);
        if (!key)
            return key.err();
        m_uidByValue.emplace(protocol::keyValue(m_masterKey, key->uid), key->uid);
        m_byUid.emplace(key->uid, std::move(*key));
    }
    if (m_masterKey.empty() || !m_byUid.empty())
        return Done {};
    const std::vector<std::string> uids {freshUuid(), freshUuid(), freshUuid(), freshUuid()};
    for (const ApiKey &key : protocol::defaultKeys(uids, m_clock.utcNs())) {
        if (auto stored = put(key); !stored)
            return stored;
    }
    return Done {};
}

/// Disk first, so that a key that was answered exists after a crash. m_mutex is held.
Status<> NodeKeys::put(const ApiKey &key)
{
    const KeyRow row {key.uid, protocol::keyToText(key), key.createdAtNs};
    auto stored = m_store.call([&](NodeStore &store) { return store.putKey(row); });
    if (!stored)
        return stored;
    m_uidByValue.insert_or_assign(protocol::keyValue(m_masterKey, key.uid), key.uid);
    m_byUid.insert_or_assign(key.uid, key);
    return Done {};
}

ApiResult<protocol::AuthScope> NodeKeys::authorise(const http::Request &request, protocol::Action action,
                                                   std::optional<std::string_view> index) const
{
    const std::lock_guard lock(m_mutex);
    const auto byUid = [this](std::string_view uid) -> const ApiKey * {
        const auto found = m_byUid.find(uid);
        return found == m_byUid.end() ? nullptr : &found->second;
    };
    const auto byToken = [&](std::string_view token) -> const ApiKey * {
        std::string lower(token);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        const auto found = m_uidByValue.find(lower);
        return found == m_uidByValue.end() ? nullptr : byUid(found->second);
    };
    const QByteArray authorization = request.field("authorization");
    protocol::AuthRequest asked;
    asked.masterKey = m_masterKey;
    if (!authorization.isNull())
        asked.authorization = sv(authorization);
    asked.action = action;
    asked.indexUid = index;
    asked.nowNs = m_clock.utcNs();
    return protocol::authorise(asked, byUid, byToken);
}

QByteArray NodeKeys::toJson(const ApiKey &key) const
{
    return protocol::keyToJson(key, protocol::keyValue(m_masterKey, key.uid));
}

QByteArray NodeKeys::listJson(const protocol::PageQuery &page) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<ApiKey> keys;
    for (const auto &[uid, key] : m_byUid)
        keys.push_back(key);
    protocol::sortKeysForList(keys);
    std::vector<QByteArray> items;
    for (const ApiKey &key : keys)
        items.push_back(toJson(key));
    return protocol::pageToJson(items, page);
}

const ApiKey *NodeKeys::lookUp(const std::string &uidOrKey) const
{
    std::string uid = uidOrKey;
    if (const auto parsed = protocol::parseUuid(uidOrKey))
        uid = *parsed;
    else if (const auto byValue = m_uidByValue.find(uidOrKey); byValue != m_uidByValue.end())
        uid = byValue->second;
    const auto found = m_byUid.find(uid);
    return found == m_byUid.end() ? nullptr : &found->second;
}

ApiResult<QByteArray> NodeKeys::json(const std::string &uidOrKey) const
{
    const std::lock_guard lock(m_mutex);
    const ApiKey *key = lookUp(uidOrKey);
    if (key == nullptr)
        return Err<protocol::ApiError> {protocol::keyNotFound(uidOrKey)};
    return toJson(*key);
}

ApiResult<QByteArray> NodeKeys::create(const json::Value &body)
{
    auto key = protocol::parseKeyCreate(body, freshUuid(), m_clock.utcNs());
    if (!key)
        return key.err();
    const std::lock_guard lock(m_mutex);
    if (m_byUid.contains(key->uid))
        return Err<protocol::ApiError> {protocol::keyAlreadyExists(key->uid)};
    if (auto stored = put(*key); !stored)
        return protocol::refuse("internal", stored.error().message);
    return toJson(*key);
}

ApiResult<QByteArray> NodeKeys::patch(const std::string &uidOrKey, const json::Value &body)
{
    const auto change = protocol::parseKeyPatch(body);
    if (!change)
        return change.err();
    const std::lock_guard lock(m_mutex);
    const ApiKey *found = lookUp(uidOrKey);
    if (found == nullptr)
        return Err<protocol::ApiError> {protocol::keyNotFound(uidOrKey)};
    ApiKey key = *found;
    change->applyTo(key, m_clock.utcNs());
    if (auto stored = put(key); !stored)
        return protocol::refuse("internal", stored.error().message);
    return toJson(key);
}

protocol::ApiStatus NodeKeys::remove(const std::string &uidOrKey)
{
    const std::lock_guard lock(m_mutex);
    const ApiKey *found = lookUp(uidOrKey);
    if (found == nullptr)
        return Err<protocol::ApiError> {protocol::keyNotFound(uidOrKey)};
    const std::string uid = found->uid;
    if (auto gone = m_store.call([&](NodeStore &store) { return store.deleteKey(uid); }); !gone)
        return protocol::refuse("internal", gone.error().message);
    m_uidByValue.erase(protocol::keyValue(m_masterKey, uid));
    m_byUid.erase(uid);
    return Done {};
}

} // namespace miroir::localnode
