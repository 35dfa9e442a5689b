// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "http/Http.h"
#include "http/Router.h"
#include "localnode/LocalNodeIndexes.h"
#include "localnode/LocalNodeRules.h"
#include "localnode/LocalNodeState.h"
#include "localnode/NodeKeys.h"
#include "localnode/NodeTasks.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/KeyAuth.h"
#include "protocol/SearchRequest.h"
#include "protocol/Stats.h"

namespace miroir::localnode {

/// The routes of the node: from a request to its answer, blocking. Thread-safe; called by the pools of LocalNode.
/// Parsing, refusals and the forms of answers are those of protocol; here they are put together.
class NodeRoutes
{
public:
    struct Context {
        NodeStoreThread &store;
        NodeTasks &tasks;
        LocalNodeIndexes &indexes;
        LocalNodeRules &rules;
        NodeKeys &keys;
        LocalNodeState &state;
        const Clock &clock;
    };
    struct Call {
        const http::Request &request;
        const http::PathParams &params;
    };
    using Answer = protocol::ApiResult<http::Response>;
    using Route = Answer (NodeRoutes::*)(const Call &);
    enum class Pool : std::uint8_t {
        Read,
        Write, ///< stores something, usually a task
    };
    struct Target {
        Route route = nullptr;
        Pool pool = Pool::Read;
    };
    using Match = http::Router<Target>::Match;

    explicit NodeRoutes(Context context);

    [[nodiscard]] Match find(const http::Request &request) const;
    /// The answer of a route that was found; of 404 and 405 as well.
    [[nodiscard]] http::Response run(const http::Request &request, const Match &match);

private:
    void addSystemRoutes();
    void addRuleRoutes();
    void addIndexRoutes();
    void addDocumentRoutes();
    void addSettingsRoutes();
    void addSearchRoutes();
    void addTaskRoutes();
    void addKeyRoutes();
    void read(std::string_view method, std::string_view path, Route route);
    void write(std::string_view method, std::string_view path, Route route);

    // NodeRoutesSystem.cpp
    Answer root(const Call &call);
    Answer health(const Call &call);
    Answer version(const Call &call);
    Answer stats(const Call &call);
    Answer features(const Call &call);
    Answer patchFeatures(const Call &call);
    Answer metrics(const Call &call);
    Answer logs(const Call &call);
    Answer dump(const Call &call);
    Answer snapshot(const Call &call);
    Answer exportIndexes(const Call &call);
    Answer network(const Call &call);
    Answer patchNetwork(const Call &call);
    Answer chats(const Call &call);
    Answer chatSettings(const Call &call);
    Answer chatCompletions(const Call &call);
    Answer renderTemplate(const Call &call);
    Answer webhooks(const Call &call);
    Answer webhook(const Call &call);
    Answer createWebhook(const Call &call);
    Answer patchWebhook(const Call &call);
    Answer deleteWebhook(const Call &call);

    // NodeRoutesRules.cpp
    Answer listRules(const Call &call);
    Answer getRule(const Call &call);
    Answer patchRule(const Call &call);
    Answer deleteRule(const Call &call);
    Answer clearRules(const Call &call);
    protocol::ApiStatus rulesFeature(std::string_view doing) const;
    std::optional<RulesNow> rulesNow() const; ///< what searches look at; nothing while the feature is off

    // NodeRoutesIndexes.cpp
    Answer listIndexes(const Call &call);
    Answer createIndex(const Call &call);
    Answer getIndex(const Call &call);
    Answer patchIndex(const Call &call);
    Answer deleteIndex(const Call &call);
    Answer indexStats(const Call &call);
    Answer fields(const Call &call);
    Answer compact(const Call &call);
    Answer swapIndexes(const Call &call);

    // NodeRoutesSettings.cpp
    Answer settings(const Call &call);
    Answer patchSettings(const Call &call);
    Answer resetSettings(const Call &call);
    Answer setting(const Call &call);
    Answer putSetting(const Call &call);
    Answer resetSetting(const Call &call);
    Answer changeSettings(const protocol::AuthScope &scope, const std::string &uid, protocol::SettingsPatch patch,
                          bool isReset);

    // NodeRoutesDocuments.cpp
    Answer getDocuments(const Call &call);
    Answer fetchDocuments(const Call &call);
    Answer getDocument(const Call &call);
    Answer postDocuments(const Call &call);
    Answer putDocuments(const Call &call);
    Answer addDocuments(const Call &call, bool update);
    Answer clearDocuments(const Call &call);
    Answer deleteDocument(const Call &call);
    Answer deleteBatch(const Call &call);
    Answer deleteByFilter(const Call &call);
    Answer editDocuments(const Call &call);
    Answer browse(const std::string &uid, const protocol::DocumentsFetch &fetch);

    // NodeRoutesSearch.cpp
    Answer searchGet(const Call &call);
    Answer searchPost(const Call &call);
    Answer facetSearch(const Call &call);
    Answer similarGet(const Call &call);
    Answer similarPost(const Call &call);
    Answer multiSearch(const Call &call);
    Answer searchOne(const Call &call, const protocol::AuthScope &scope, protocol::SearchRequest request);
    Answer similarOne(const Call &call, const protocol::AuthScope &scope, protocol::SimilarRequest request);
    protocol::ApiResult<QByteArray> searchJson(const Call &call, const protocol::SearchRequest &request,
                                               const std::string &uid, std::string_view shownUid) const;

    // NodeRoutesTasks.cpp
    Answer listTasks(const Call &call);
    Answer getTask(const Call &call);
    Answer taskDocuments(const Call &call);
    Answer cancelTasks(const Call &call);
    Answer deleteTasks(const Call &call);
    Answer compactTasks(const Call &call);
    Answer listBatches(const Call &call);
    Answer getBatch(const Call &call);
    Answer actOnTasks(const Call &call, protocol::TaskQuery::Action action);

    // NodeRoutesKeys.cpp
    Answer listKeys(const Call &call);
    Answer getKey(const Call &call);
    Answer createKey(const Call &call);
    Answer patchKey(const Call &call);
    Answer deleteKey(const Call &call);

    // Shared by the families.
    /// May the caller do this? With an index of the path when the template has one.
    protocol::ApiResult<protocol::AuthScope> authorise(const Call &call, protocol::Action action) const;
    protocol::ApiResult<IndexEntry> index(const std::string &uid) const; ///< checks the uid, then looks it up
    static protocol::ApiResult<json::Document> body(const Call &call);
    static const std::string &uid(const Call &call) { return call.params["index_uid"]; }
    static http::Response ok(QByteArray json, int status = 200);
    static http::Response empty(int status);
    static http::Response refusal(const protocol::ApiError &error);
    /// 202 with the summary of a new task.
    Answer enqueue(protocol::TaskRecord draft, NodeTaskContent content = {}, const QByteArray &payload = {},
                   int status = 202);
    static NodeTasks::Visible visibleTo(const protocol::AuthScope &scope);
    /// What this evaluation node does not have, in words.
    static Answer unavailable(std::string_view what);
    protocol::IndexStats statsOf(const IndexEntry &entry, const std::set<std::string> &processing) const;

    Context m_c;
    http::Router<Target> m_router;
};

} // namespace miroir::localnode
