// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "localnode/LocalNode.h"
#include "protocol/Stats.h"

#include <QUuid>

/// Routes about the instance: health, version, statistics, features, copies of the database, and what this node does
/// not have.
namespace miroir::localnode {

using protocol::Action;
using protocol::Feature;
using protocol::TaskKind;

void NodeRoutes::addSystemRoutes()
{
    read("GET", "/", &NodeRoutes::root);
    read("GET", "/health", &NodeRoutes::health);
    read("GET", "/version", &NodeRoutes::version);
    read("GET", "/stats", &NodeRoutes::stats);
    read("GET", "/experimental-features", &NodeRoutes::features);
    write("PATCH", "/experimental-features", &NodeRoutes::patchFeatures);
    read("GET", "/metrics", &NodeRoutes::metrics);
    read("POST", "/logs/stream", &NodeRoutes::logs);
    read("DELETE", "/logs/stream", &NodeRoutes::logs);
    read("POST", "/logs/stderr", &NodeRoutes::logs);
    write("POST", "/dumps", &NodeRoutes::dump);
    write("POST", "/snapshots", &NodeRoutes::snapshot);
    read("POST", "/export", &NodeRoutes::exportIndexes);
    read("GET", "/network", &NodeRoutes::network);
    read("PATCH", "/network", &NodeRoutes::patchNetwork);
    read("GET", "/chats", &NodeRoutes::chats);
    read("GET", "/chats/{workspace_uid}", &NodeRoutes::chats);
    read("DELETE", "/chats/{workspace_uid}", &NodeRoutes::chats);
    read("GET", "/chats/{workspace_uid}/settings", &NodeRoutes::chatSettings);
    read("PATCH", "/chats/{workspace_uid}/settings", &NodeRoutes::chatSettings);
    read("DELETE", "/chats/{workspace_uid}/settings", &NodeRoutes::chatSettings);
    read("POST", "/chats/{workspace_uid}/chat/completions", &NodeRoutes::chatCompletions);
    read("POST", "/render-template", &NodeRoutes::renderTemplate);
    read("GET", "/webhooks", &NodeRoutes::webhooks);
    write("POST", "/webhooks", &NodeRoutes::createWebhook);
    read("GET", "/webhooks/{uuid}", &NodeRoutes::webhook);
    write("PATCH", "/webhooks/{uuid}", &NodeRoutes::patchWebhook);
    write("DELETE", "/webhooks/{uuid}", &NodeRoutes::deleteWebhook);
}

NodeRoutes::Answer NodeRoutes::root(const Call &)
{
    // The body is that of Meilisearch to the letter, because clients look for it; the field tells who really answers.
    http::Response response = ok(QByteArrayLiteral(R"({"status":"Meilisearch is running"})"));
    response.fields.emplace_back("X-Miroir-Node", MIROIR_VERSION);
    return response;
}

NodeRoutes::Answer NodeRoutes::health(const Call &)
{
    return ok(protocol::healthToJson());
}

NodeRoutes::Answer NodeRoutes::version(const Call &call)
{
    if (auto scope = authorise(call, Action::Version); !scope)
        return scope.err();
    return ok(protocol::versionToJson({"miroir-node-" MIROIR_VERSION, "unknown", LocalNode::apiVersion}));
}

NodeRoutes::Answer NodeRoutes::stats(const Call &call)
{
    const auto scope = authorise(call, Action::StatsGet);
    if (!scope)
        return scope.err();
    const auto query = protocol::StatsQuery::parse(sv(call.request.query));
    if (!query)
        return query.err();
    const auto size = m_c.store.call([](NodeStore &store) { return store.bytes(); });
    const auto used = m_c.store.call([](NodeStore &store) { return store.usedBytes(); });
    if (!size || !used)
        return protocol::refuse("internal", (!size ? size : used).error().message);
    protocol::GlobalStats global;
    global.databaseSize = *size;
    global.usedDatabaseSize = *used;
    const auto processing = m_c.tasks.processingIndexes();
    for (const IndexEntry &entry : m_c.indexes.all()) {
        if (!scope->allowsIndex(entry.info.uid))
            continue;
        global.lastUpdateNs = std::max(global.lastUpdateNs, std::optional(entry.info.updatedAtNs));
        global.indexes.emplace(entry.info.uid, statsOf(entry, processing));
    }
    return ok(protocol::globalStatsToJson(global, *query));
}

NodeRoutes::Answer NodeRoutes::features(const Call &call)
{
    if (auto scope = authorise(call, Action::ExperimentalGet); !scope)
        return scope.err();
    return ok(protocol::featuresToJson(m_c.state.features()));
}

NodeRoutes::Answer NodeRoutes::patchFeatures(const Call &call)
{
    if (auto scope = authorise(call, Action::ExperimentalUpdate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto features = protocol::parseFeaturesPatch(document->root(), m_c.state.features());
    if (!features)
        return features.err();
    if (auto stored = m_c.state.setFeatures(*features); !stored)
        return protocol::refuse("internal", stored.error().message);
    return ok(protocol::featuresToJson(*features));
}

NodeRoutes::Answer NodeRoutes::metrics(const Call &call)
{
    if (auto scope = authorise(call, Action::MetricsGet); !scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), Feature::Metrics); !on)
        return on.err();
    QByteArray text = "# HELP meilisearch_index_docs_count Meilisearch Index Docs Count\n"
                      "# TYPE meilisearch_index_docs_count gauge\n";
    std::size_t indexes = 0;
    for (const IndexEntry &entry : m_c.indexes.all()) {
        const auto documents
            = entry.slot->with([](LocalIndex &index) { return index.stats().numberOfDocuments; });
        text += "meilisearch_index_docs_count{index=\"" + toBytes(entry.info.uid) + "\"} "
            + QByteArray::number(documents) + '\n';
        ++indexes;
    }
    text += "# HELP meilisearch_index_count Meilisearch Index Count\n# TYPE meilisearch_index_count gauge\n"
            "meilisearch_index_count "
        + QByteArray::number(indexes) + '\n';
    text += "# HELP meilisearch_nb_tasks Meilisearch Number of tasks\n# TYPE meilisearch_nb_tasks gauge\n";
    for (const auto &[status, count] : m_c.tasks.counts()) {
        text += "meilisearch_nb_tasks{kind=\"statuses\",value=\"" + toBytes(protocol::taskStatusName(status)) + "\"} "
            + QByteArray::number(count) + '\n';
    }
    http::Response response = ok(text);
    response.contentType = QByteArrayLiteral("text/plain; version=0.0.4");
    return response;
}

NodeRoutes::Answer NodeRoutes::logs(const Call &call)
{
    if (auto scope = authorise(call, Action::MetricsGet); !scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), Feature::LogsRoute); !on)
        return on.err();
    return unavailable("log streams");
}

NodeRoutes::Answer NodeRoutes::dump(const Call &call)
{
    if (auto scope = authorise(call, Action::DumpsCreate); !scope)
        return scope.err();
    protocol::TaskRecord draft;
    draft.kind = TaskKind::DumpCreation;
    draft.details.emplace();
    draft.details->dumpUid = protocol::Shown<std::string>::null();
    return enqueue(std::move(draft));
}

NodeRoutes::Answer NodeRoutes::snapshot(const Call &call)
{
    if (auto scope = authorise(call, Action::SnapshotsCreate); !scope)
        return scope.err();
    protocol::TaskRecord draft;
    draft.kind = TaskKind::SnapshotCreation;
    return enqueue(std::move(draft));
}

NodeRoutes::Answer NodeRoutes::exportIndexes(const Call &call)
{
    if (auto scope = authorise(call, Action::Export); !scope)
        return scope.err();
    return unavailable("exports to another server");
}

NodeRoutes::Answer NodeRoutes::network(const Call &call)
{
    if (auto scope = authorise(call, Action::NetworkGet); !scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), Feature::Network, "Using the /network route"); !on)
        return on.err();
    return unavailable("a network of its own");
}

NodeRoutes::Answer NodeRoutes::patchNetwork(const Call &call)
{
    if (auto scope = authorise(call, Action::NetworkUpdate); !scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), Feature::Network, "Using the /network route"); !on)
        return on.err();
    return unavailable("a network of its own");
}

NodeRoutes::Answer NodeRoutes::chats(const Call &call)
{
    const bool one = call.params.has("workspace_uid");
    const bool gone = call.request.method == "DELETE";
    if (auto scope = authorise(call, gone ? Action::ChatsDelete : Action::ChatsGet); !scope)
        return scope.err();
    const char *doing = gone ? "deleting a chat" : one ? "displaying a chat" : "listing the chats";
    if (auto on = protocol::checkFeature(m_c.state.features(), Feature::ChatCompletions, doing); !on)
        return on.err();
    return unavailable("chats");
}

NodeRoutes::Answer NodeRoutes::chatSettings(const Call &call)
{
    const bool reads = call.request.method == "GET";
    if (auto scope = authorise(call, reads ? Action::ChatsSettingsGet : Action::ChatsSettingsUpdate); !scope)
        return scope.err();
    auto on = protocol::checkFeature(m_c.state.features(), Feature::ChatCompletions, "using the /chats/settings route");
    if (!on)
        return on.err();
    return unavailable("chats");
}

NodeRoutes::Answer NodeRoutes::chatCompletions(const Call &call)
{
    if (auto scope = authorise(call, Action::ChatCompletions); !scope)
        return scope.err();
    auto on = protocol::checkFeature(m_c.state.features(), Feature::ChatCompletions,
                                     "using the /chats chat completions route");
    if (!on)
        return on.err();
    return unavailable("chats");
}

NodeRoutes::Answer NodeRoutes::renderTemplate(const Call &call)
{
    if (auto scope = authorise(call, Action::SettingsGet); !scope)
        return scope.err();
    auto on = protocol::checkFeature(m_c.state.features(), Feature::RenderRoute, "calling the /render-template route");
    if (!on)
        return on.err();
    return unavailable("document templates");
}

NodeRoutes::Answer NodeRoutes::webhooks(const Call &call)
{
    if (auto scope = authorise(call, Action::WebhooksGet); !scope)
        return scope.err();
    return ok(protocol::webhooksToJson(m_c.state.webhooks()));
}

NodeRoutes::Answer NodeRoutes::webhook(const Call &call)
{
    if (auto scope = authorise(call, Action::WebhooksGet); !scope)
        return scope.err();
    const auto uuid = protocol::parseWebhookUuid(call.params["uuid"]);
    if (!uuid)
        return uuid.err();
    const auto all = m_c.state.webhooks();
    const auto found = all.find(*uuid);
    if (found == all.end())
        return Err<protocol::ApiError> {protocol::webhookNotFound(*uuid)};
    return ok(protocol::webhookToJson(found->second));
}

NodeRoutes::Answer NodeRoutes::createWebhook(const Call &call)
{
    if (auto scope = authorise(call, Action::WebhooksCreate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseWebhookChange(document->root());
    if (!wanted)
        return wanted.err();
    QByteArray json;
    auto done = m_c.state.changeWebhooks([&](LocalNodeState::Webhooks &all) -> protocol::ApiStatus {
        const std::string uuid = QUuid::createUuid().toByteArray(QUuid::WithoutBraces).toStdString();
        auto made = protocol::createWebhook(*wanted, uuid, all.size());
        if (!made)
            return made.err();
        json = protocol::webhookToJson(*made);
        all.emplace(uuid, std::move(*made));
        return Done {};
    });
    if (!done)
        return done.err();
    return ok(json, 201);
}

NodeRoutes::Answer NodeRoutes::patchWebhook(const Call &call)
{
    if (auto scope = authorise(call, Action::WebhooksUpdate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto wanted = protocol::parseWebhookChange(document->root());
    if (!wanted)
        return wanted.err();
    const auto uuid = protocol::parseWebhookUuid(call.params["uuid"]);
    if (!uuid)
        return uuid.err();
    QByteArray json;
    auto done = m_c.state.changeWebhooks([&](LocalNodeState::Webhooks &all) -> protocol::ApiStatus {
        const auto found = all.find(*uuid);
        if (found == all.end())
            return Err<protocol::ApiError> {protocol::webhookNotFound(*uuid)};
        auto changed = protocol::patchWebhook(found->second, *wanted);
        if (!changed)
            return changed.err();
        json = protocol::webhookToJson(*changed);
        found->second = std::move(*changed);
        return Done {};
    });
    if (!done)
        return done.err();
    return ok(json);
}

NodeRoutes::Answer NodeRoutes::deleteWebhook(const Call &call)
{
    if (auto scope = authorise(call, Action::WebhooksDelete); !scope)
        return scope.err();
    const auto uuid = protocol::parseWebhookUuid(call.params["uuid"]);
    if (!uuid)
        return uuid.err();
    auto done = m_c.state.changeWebhooks([&](LocalNodeState::Webhooks &all) -> protocol::ApiStatus {
        if (all.erase(*uuid) == 0)
            return Err<protocol::ApiError> {protocol::webhookNotFound(*uuid)};
        return Done {};
    });
    if (!done)
        return done.err();
    return empty(204);
}

} // namespace miroir::localnode
