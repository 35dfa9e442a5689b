// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Membership.h"

#include "base/Bytes.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(healthLog, "miroir.health", QtInfoMsg)

/// Sizes and counts are read once in this many checks.
constexpr int checksPerStats = 4;
/// Ranking details and filters of these are what the merge was built on.
constexpr const char *supportedVersion = "1.50.";

} // namespace

Membership::Membership(node::Transport *transport, const Clock &clock, HealthOptions options, QObject *parent)
    : QObject(parent), m_transport(transport), m_clock(clock), m_options(options)
{
}

void Membership::add(const NodeId &id, const QUrl &url, const QByteArray &key)
{
    auto watch = std::make_unique<Watch>();
    watch->node.id = id;
    watch->node.url = url;
    watch->node.sinceNs = m_clock.utcNs();
    watch->client = std::make_unique<node::NodeClient>(m_transport, url, key, this);
    watch->client->setDeadlineMs(m_options.timeoutMs);
    connect(&watch->timer, &QTimer::timeout, this, [this, w = watch.get()] { check(*w); });
    m_watches.push_back(std::move(watch));
}

void Membership::start()
{
    for (const auto &watch : m_watches) {
        watch->timer.start(m_options.intervalMs);
        check(*watch);
    }
}

Membership::Watch *Membership::watchOf(std::string_view id) const
{
    for (const auto &watch : m_watches) {
        if (watch->node.id == id)
            return watch.get();
    }
    return nullptr;
}

const Membership::Node *Membership::find(std::string_view id) const
{
    const Watch *watch = watchOf(id);
    return watch == nullptr ? nullptr : &watch->node;
}

std::vector<const Membership::Node *> Membership::nodes() const
{
    std::vector<const Node *> all;
    for (const auto &watch : m_watches)
        all.push_back(&watch->node);
    return all;
}

bool Membership::up(std::string_view id) const
{
    const Node *node = find(id);
    return node != nullptr && node->health == Health::Up;
}

void Membership::suspect(const NodeId &id)
{
    Watch *watch = watchOf(id);
    if (watch == nullptr)
        return;
    watch->sinceStats = checksPerStats;
    check(*watch);
}

void Membership::lost(const NodeId &id, const std::string &why)
{
    Watch *watch = watchOf(id);
    if (watch == nullptr)
        return;
    ++watch->life;
    watch->checking = false;
    watch->successes = 0;
    watch->failures = m_options.unhealthyThreshold;
    set(*watch, Health::Down, why);
}

void Membership::setAddress(const NodeId &id, const QUrl &url, const QByteArray &key)
{
    Watch *watch = watchOf(id);
    if (watch == nullptr)
        return;
    watch->node.url = url;
    watch->client = std::make_unique<node::NodeClient>(m_transport, url, key, this);
    watch->client->setDeadlineMs(m_options.timeoutMs);
    lost(id, "the node has another address");
}

bool Membership::setFeatures(const QByteArray &patch)
{
    const bool changed = m_features != patch;
    m_features = patch;
    return changed;
}

void Membership::readmit(const NodeId &id, const std::string &why)
{
    for (const auto &watch : m_watches) {
        if (watch->node.id == id) {
            watch->successes = 0;
            set(*watch, Health::Down, why);
        }
    }
}

void Membership::refuse(const NodeId &id, const std::string &why)
{
    if (Watch *watch = watchOf(id)) {
        watch->refusedOnArrival = true;
        set(*watch, Health::Refused, why);
    }
}

void Membership::check(Watch &watch)
{
    if (watch.checking)
        return;
    watch.checking = true;
    watch.client->health([this, &watch, life = watch.life](const node::Answer &answer) {
        if (life == watch.life)
            checked(watch, answer);
    });
}

void Membership::checked(Watch &watch, const node::Answer &answer)
{
    if (!answer.success()) {
        watch.checking = false;
        failed(watch, node::whyNot(answer));
        return;
    }
    watch.node.latencyMs = answer.elapsedMs;
    watch.failures = 0;
    ++watch.successes;
    const bool comingUp = watch.node.health != Health::Up;
    const bool atStart = watch.node.health == Health::Unknown;
    if (comingUp && (atStart || watch.successes >= m_options.recoveryThreshold)) {
        admit(watch);
    } else if (!comingUp && ++watch.sinceStats >= checksPerStats) {
        readStats(watch, false);
    } else {
        watch.checking = false;
    }
}

void Membership::failed(Watch &watch, const std::string &why)
{
    watch.successes = 0;
    if (++watch.failures >= m_options.unhealthyThreshold || watch.node.health == Health::Unknown)
        set(watch, Health::Down, why);
    else if (watch.node.health == Health::Up)
        QTimer::singleShot(m_options.intervalMs / 4, this, [this, &watch] { check(watch); });
}

void Membership::admit(Watch &watch)
{
    watch.client->version([this, &watch, life = watch.life](const node::Answer &answer) {
        if (life != watch.life)
            return;
        if (!answer.success()) {
            watch.checking = false;
            if (answer.answered() && (answer.status == 401 || answer.status == 403))
                set(watch, Health::Refused, "the node does not accept node_master_key");
            else
                failed(watch, node::whyNot(answer));
            return;
        }
        const Result<std::string> version = node::parseVersion(answer.body);
        if (!version || !version->starts_with(supportedVersion)) {
            watch.checking = false;
            set(watch, Health::Refused, "the node runs version " + (version ? *version : "unknown")
                    + " of Meilisearch; " + supportedVersion + "x is needed");
            return;
        }
        watch.node.version = *version;
        teachFeatures(watch);
    });
}

void Membership::teachFeatures(Watch &watch)
{
    if (m_features.isEmpty()) {
        teach(watch);
        return;
    }
    watch.features = m_features;
    const QByteArray features = watch.features;
    watch.client->patchExperimentalFeatures(features, [this, &watch, life = watch.life](const node::Answer &answer) {
        if (life != watch.life)
            return;
        if (answer.success()) {
            teach(watch);
            return;
        }
        watch.checking = false;
        failed(watch, "the node does not take experimental features: " + node::whyNot(answer));
    });
}

void Membership::teach(Watch &watch)
{
    if (!m_teacher) {
        readStats(watch, true);
        return;
    }
    m_teacher(watch.node.id, *watch.client, [this, &watch, life = watch.life](const Status<> &done) {
        if (life != watch.life)
            return;
        if (done) {
            readStats(watch, true);
            return;
        }
        watch.checking = false;
        failed(watch, done.error().message);
    });
}

void Membership::readStats(Watch &watch, bool arrives)
{
    watch.client->stats([this, &watch, arrives, life = watch.life](const node::Answer &answer) {
        if (life != watch.life)
            return;
        watch.checking = false;
        watch.sinceStats = 0;
        const auto stats = answer.success() ? node::parseStats(answer.body) : fail(node::whyNot(answer));
        if (!stats) {
            // a busy node may be late with its sizes; only a failed health check counts against it
            if (arrives)
                failed(watch, stats.error().message);
            return;
        }
        watch.node.stats = *stats;
        watch.node.statsKnown = true;
        const QByteArray id = toBytes(watch.node.id);
        if (!arrives) {
            Q_EMIT looked(id);
            return;
        }
        if (watch.features != m_features) { // they were changed while it was coming up
            watch.checking = true;
            teachFeatures(watch);
            return;
        }
        watch.refusedOnArrival = false;
        Q_EMIT arriving(id);
        if (!watch.refusedOnArrival)
            set(watch, Health::Up, {});
    });
}

void Membership::set(Watch &watch, Health health, const std::string &error)
{
    if (watch.node.health == health && watch.node.error == error)
        return;
    const bool changed = watch.node.health != health;
    watch.node.health = health;
    watch.node.error = error;
    if (changed) {
        watch.node.sinceNs = m_clock.utcNs();
        qCInfo(healthLog, "node %s is %s%s%s", watch.node.id.c_str(),
            health == Health::Up ? "up" : health == Health::Down ? "down" : "refused", error.empty() ? "" : ": ",
            error.c_str());
    }
    Q_EMIT healthChanged(toBytes(watch.node.id));
}

} // namespace miroir::cluster
