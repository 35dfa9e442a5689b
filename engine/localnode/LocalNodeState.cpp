// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNodeState.h"

#include "base/Bytes.h"

#include <QUuid>

namespace miroir::localnode {

Status<> LocalNodeState::load()
{
    const auto read = [this](const char *name) {
        return m_store.call([name](NodeStore &store) { return store.value(name); });
    };
    auto features = read("features");
    auto webhooks = read("webhooks");
    auto uid = read("instance_uid");
    if (!features || !webhooks || !uid)
        return !features ? features.err() : !webhooks ? webhooks.err() : uid.err();
    const std::lock_guard lock(m_mutex);
    if (!features->isEmpty()) {
        auto parsed = protocol::featuresFromText(*features);
        if (!parsed)
            return parsed.err();
        m_features = *parsed;
    }
    if (!webhooks->isEmpty()) {
        if (auto loaded = loadWebhooks(*webhooks); !loaded)
            return loaded;
    }
    if (uid->isEmpty()) {
        *uid = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
        auto stored = m_store.call([&](NodeStore &store) { return store.setValue("instance_uid", *uid); });
        if (!stored)
            return stored;
    }
    m_instanceUid = uid->toStdString();
    return Done {};
}

Status<> LocalNodeState::loadWebhooks(const QByteArray &text)
{
    const auto document = json::Document::parse(text);
    if (!document)
        return fail("the stored webhooks cannot be read");
    for (const json::Value item : document->root().items()) {
        auto webhook = protocol::webhookFromText(toBytes(item.raw()));
        if (!webhook)
            return webhook.err();
        m_webhooks.emplace(webhook->uuid, std::move(*webhook));
    }
    return Done {};
}

protocol::Features LocalNodeState::features() const
{
    const std::lock_guard lock(m_mutex);
    return m_features;
}

Status<> LocalNodeState::setFeatures(const protocol::Features &features)
{
    const std::lock_guard lock(m_mutex);
    const QByteArray text = protocol::featuresToJson(features);
    auto stored = m_store.call([&](NodeStore &store) { return store.setValue("features", text); });
    if (stored)
        m_features = features;
    return stored;
}

LocalNodeState::Webhooks LocalNodeState::webhooks() const
{
    const std::lock_guard lock(m_mutex);
    return m_webhooks;
}

protocol::ApiStatus LocalNodeState::changeWebhooks(const std::function<protocol::ApiStatus(Webhooks &)> &change)
{
    const std::lock_guard lock(m_mutex);
    Webhooks changed = m_webhooks;
    if (auto done = change(changed); !done)
        return done;
    json::Writer w;
    w.beginArray();
    for (const auto &[uuid, webhook] : changed)
        w.raw(sv(protocol::webhookToText(webhook)));
    w.endArray();
    const QByteArray text = w.take();
    if (auto stored = m_store.call([&](NodeStore &store) { return store.setValue("webhooks", text); }); !stored)
        return protocol::refuse("internal", stored.error().message);
    m_webhooks = std::move(changed);
    return Done {};
}

std::string LocalNodeState::instanceUid() const
{
    const std::lock_guard lock(m_mutex);
    return m_instanceUid;
}

} // namespace miroir::localnode
