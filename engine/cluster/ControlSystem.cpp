// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"
#include "cluster/NotStored.h"

#include <QLoggingCategory>
#include <QUuid>

/// Keys, experimental features and webhooks: small state of the whole instance, kept in the store.
namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(systemLog, "miroir.system", QtInfoMsg)

constexpr int defaultKeyCount = 4;

/// What nodes must know. Features that change what a request may say are judged by the orchestrator alone, before
/// nodes are asked; nodes have them always, so that no request meets a node that does not know of it yet.
QByteArray featuresForNodes(const protocol::Features &features)
{
    using protocol::Feature;
    json::Writer out;
    out.beginObject();
    for (const Feature always : {Feature::EditDocumentsByFunction, Feature::ContainsFilter, Feature::CompositeEmbedders,
             Feature::Multimodal, Feature::RenderRoute})
        out.key(protocol::featureKey(always)).boolean(true);
    for (const Feature followed : {Feature::DisableDocumentsFetchQueue, Feature::DynamicSearchRules})
        out.key(protocol::featureKey(followed)).boolean(features.has(followed));
    return out.endObject().take();
}

} // namespace

Status<> Control::loadKeys()
{
    const auto kept = m_store->meta("keys");
    if (!kept)
        return fail("cannot read the keys from the store");
    m_keys.clear();
    if (kept->empty()) {
        std::vector<std::string> uids;
        for (int i = 0; i < defaultKeyCount; ++i)
            uids.push_back(QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString());
        m_keys = protocol::defaultKeys(uids, m_clock.utcNs());
        return saveKeys();
    }
    const auto document = json::Document::parse(std::string_view(*kept));
    if (!document)
        return fail("stored keys: " + document.error().message());
    for (const json::Value item : document->root().items()) {
        auto key = protocol::keyFromText(toBytes(item.raw()));
        if (!key)
            return key.err();
        m_keys.push_back(std::move(*key));
    }
    return Done {};
}

Status<> Control::saveKeys()
{
    json::Writer out;
    out.beginArray();
    for (const protocol::ApiKey &key : m_keys)
        out.raw(sv(protocol::keyToText(key)));
    if (const Status<> open = m_commit.touch(); !open)
        return open;
    const Status<> saved = m_store->setMeta("keys", sv(out.endArray().bytes()));
    m_commit.flush();
    return saved;
}

protocol::ApiStatus Control::changeKeys(const KeyChange &change)
{
    std::vector<protocol::ApiKey> changed = m_keys;
    if (const protocol::ApiStatus allowed = change(changed); !allowed)
        return allowed;
    std::swap(m_keys, changed);
    if (const Status<> saved = saveKeys(); !saved) {
        std::swap(m_keys, changed);
        return Err {notStored(systemLog(), saved.error().message)};
    }
    publishView();
    return Done {};
}

Status<> Control::loadFeatures()
{
    const auto kept = m_store->meta("features");
    if (!kept)
        return fail("cannot read the features from the store");
    if (!kept->empty()) {
        const auto read = protocol::featuresFromText(toBytes(*kept));
        if (!read)
            return read.err();
        m_features = *read;
    }
    m_membership.setFeatures(featuresForNodes(m_features));
    m_rules->setEnabled(m_features.has(protocol::Feature::DynamicSearchRules));
    return Done {};
}

void Control::changeFeatures(const FeatureChange &change, FeaturesAnswer done)
{
    const auto after = change(m_features);
    if (!after) {
        done(after.err());
        return;
    }
    const Status<> open = m_commit.touch();
    const Status<> saved = open ? m_store->setMeta("features", sv(protocol::featuresToJson(*after))) : open;
    if (!saved) {
        done(Err {notStored(systemLog(), saved.error().message)});
        return;
    }
    m_commit.flush();
    m_features = *after;
    publishView();
    pushFeatures([this, done = std::move(done), after = *after] {
        // nodes take rules now, or follow them no more
        m_rules->setEnabled(m_features.has(protocol::Feature::DynamicSearchRules));
        publishView();
        done(after);
    });
}

void Control::pushFeatures(std::function<void()> done)
{
    const QByteArray body = featuresForNodes(m_features);
    if (!m_membership.setFeatures(body)) { // what nodes have to know is as before
        done();
        return;
    }
    auto left = std::make_shared<std::size_t>(1);
    const auto one = [left, done = std::move(done)] {
        if (--*left == 0)
            done();
    };
    for (const auto &link : m_links) {
        if (!m_membership.up(link->spec.id))
            continue; // it is told before it serves again
        ++*left;
        link->client->patchExperimentalFeatures(body, [this, id = link->spec.id, one](const node::Answer &answer) {
            if (!answer.success())
                m_membership.readmit(id, "the node does not take experimental features: " + node::whyNot(answer));
            one();
        });
    }
    one();
}

Status<> Control::loadWebhooks()
{
    const auto kept = m_store->meta("webhooks");
    if (!kept)
        return fail("cannot read the webhooks from the store");
    if (kept->empty())
        return Done {};
    const auto document = json::Document::parse(std::string_view(*kept));
    if (!document)
        return fail("stored webhooks: " + document.error().message());
    for (const json::Value item : document->root().items()) {
        auto webhook = protocol::webhookFromText(toBytes(item.raw()));
        if (!webhook)
            return webhook.err();
        m_webhooks.insert_or_assign(webhook->uuid, *webhook);
    }
    return Done {};
}

protocol::ApiStatus Control::changeWebhooks(const std::function<protocol::ApiStatus(Webhooks &)> &change)
{
    Webhooks changed = m_webhooks;
    if (const protocol::ApiStatus allowed = change(changed); !allowed)
        return allowed;
    json::Writer out;
    out.beginArray();
    for (const auto &[uuid, webhook] : changed)
        out.raw(sv(protocol::webhookToText(webhook)));
    const Status<> open = m_commit.touch();
    if (const Status<> saved = open ? m_store->setMeta("webhooks", sv(out.endArray().bytes())) : open; !saved)
        return Err {notStored(systemLog(), saved.error().message)};
    m_commit.flush();
    m_webhooks = std::move(changed);
    Q_EMIT webhooksChanged();
    return Done {};
}

} // namespace miroir::cluster
