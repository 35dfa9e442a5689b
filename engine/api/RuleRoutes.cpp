// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "node/NodeClient.h"
#include "protocol/Features.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/SearchRule.h"

#include <algorithm>

/// Dynamic search rules: the routes of an experimental feature.
namespace miroir::api {

using protocol::Action;
using protocol::ApiResult;
using protocol::Feature;
using protocol::SearchRule;
using Rules = std::vector<read::ListedRule>;

namespace {

/// As a node answers what it cannot read in a path.
bool ruleUidOrRefuse(const ExchangePtr &exchange)
{
    const auto problem = protocol::searchRuleUidProblem(exchange->params["rule"]);
    if (problem)
        exchange->sendAs("text/plain; charset=utf-8", toBytes(*problem), 404);
    return !problem;
}

bool onOrRefuse(const ExchangePtr &exchange, std::string_view doing)
{
    const auto on = protocol::checkFeature(exchange->view->features, Feature::DynamicSearchRules, doing);
    if (!on)
        exchange->refuse(on.error());
    return on.ok();
}

Rules::const_iterator findRule(const Rules &rules, const std::string &uid)
{
    return std::find_if(
        rules.begin(), rules.end(), [&uid](const read::ListedRule &each) { return each.rule.uid == uid; });
}

QByteArray pageOf(const std::vector<const SearchRule *> &rules, const protocol::SearchRuleListQuery &query)
{
    json::Writer out;
    out.beginObject().key("results").beginArray();
    const std::uint64_t begin = std::min<std::uint64_t>(query.offset, rules.size());
    const std::uint64_t end = begin + std::min<std::uint64_t>(query.limit, rules.size() - begin);
    for (std::uint64_t at = begin; at < end; ++at)
        out.raw(sv(protocol::searchRuleToJson(*rules[static_cast<std::size_t>(at)])));
    out.endArray().key("offset").number(query.offset).key("limit").number(query.limit);
    return out.key("total").number(rules.size()).endObject().take();
}

/// The rules that a node has found for the words of a query, in its order. Nodes have the same rules, and their
/// tokenizer is what the client expects.
class RuleSearch : public std::enable_shared_from_this<RuleSearch>
{
public:
    RuleSearch(const FrontContext &front, ExchangePtr exchange, protocol::SearchRuleListQuery query)
        : m_front(front), m_exchange(std::move(exchange)), m_query(std::move(query))
    {
        for (const read::NodeView &node : m_exchange->view->nodes) {
            if (node.state == read::NodeState::Serving || node.state == read::NodeState::CatchingUp)
                m_nodes.push_back(&node);
        }
    }

    void askNext()
    {
        if (m_nodes.empty()) {
            m_exchange->refuse(protocol::apiError(
                "miroir_shard_unavailable", "No node can be asked for the words of search rules."));
            return;
        }
        const read::NodeView *node = m_nodes.back();
        m_nodes.pop_back();
        json::Writer body;
        body.beginObject().key("limit").number(m_exchange->view->rules->size()).key("filter").beginObject();
        body.key("query").string(*m_query.query);
        body.endObject().endObject();
        node::NodeClient client(m_front.transport, node->url, m_exchange->view->nodeKey, m_front.context);
        client.setDeadlineMs(m_front.services.nodeTimeoutMs);
        client.send("POST", node::Target("dynamic-search-rules").take(), body.take(),
            [self = shared_from_this()](const node::Answer &answer) {
                if (!answer.success() || !self->answered(answer.body))
                    self->askNext();
            });
    }

private:
    bool answered(const QByteArray &body)
    {
        const auto page = json::Document::parse(body);
        if (!page || !page->root()["results"].isArray())
            return false;
        std::vector<const SearchRule *> found;
        for (const json::Value item : page->root()["results"].items()) {
            const std::string uid = item["uid"].toString();
            const Rules &rules = *m_exchange->view->rules;
            const auto listed = findRule(rules, uid);
            if (listed != rules.end() && (!m_query.active || listed->active == *m_query.active))
                found.push_back(&listed->rule);
        }
        m_exchange->send(200, pageOf(found, m_query));
        return true;
    }

    FrontContext m_front;
    ExchangePtr m_exchange;
    protocol::SearchRuleListQuery m_query;
    std::vector<const read::NodeView *> m_nodes; // of the exchange's view; the next one last
};

void listRules(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto query = protocol::parseSearchRuleListQuery(body->root());
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    if (!onOrRefuse(exchange, "Calling the `POST /dynamic-search-rules` route"))
        return;
    if (query->query && !exchange->view->rules->empty()) {
        std::make_shared<RuleSearch>(front, std::move(exchange), *query)->askNext();
        return;
    }
    std::vector<const SearchRule *> rules;
    for (const read::ListedRule &listed : *exchange->view->rules) {
        if (!query->active || listed.active == *query->active)
            rules.push_back(&listed.rule);
    }
    exchange->send(200, pageOf(rules, *query));
}

void getRule(FrontContext &, ExchangePtr exchange)
{
    if (!ruleUidOrRefuse(exchange)
        || !onOrRefuse(exchange, "Calling the `GET /dynamic-search-rules/{:ruleUid}` route"))
        return;
    const Rules &rules = *exchange->view->rules;
    const std::string &uid = exchange->params["rule"];
    const auto listed = findRule(rules, uid);
    if (listed == rules.end())
        exchange->refuse(protocol::searchRuleNotFound(uid));
    else
        exchange->send(200, protocol::searchRuleToJson(listed->rule));
}

void submitChange(FrontContext &front, const ExchangePtr &exchange, cluster::SearchRules::Change change,
    const std::optional<std::string> &metadata)
{
    if (!onOrRefuse(exchange, "Using the `/dynamic-search-rules` routes"))
        return;
    const QPointer<QObject> context(front.context);
    front.services.control.post([change = std::move(change), metadata, exchange, context](cluster::Control &control) {
        using Answer = ApiResult<protocol::TaskRecord>;
        control.changeRules(change, metadata, [exchange, context](Answer task) {
            cluster::ControlLink::reply<Answer>(
                context, std::move(task), [exchange](const Answer &answer) { exchange->sendTask(answer); });
        });
    });
}

void patchRule(FrontContext &front, ExchangePtr exchange)
{
    if (!ruleUidOrRefuse(exchange))
        return;
    const auto metadata = exchange->metadataOrRefuse();
    if (!metadata)
        return;
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto patch = protocol::parseSearchRulePatch(body->root());
    if (!patch) {
        exchange->refuse(patch.error());
        return;
    }
    submitChange(front, exchange, {exchange->params["rule"], std::move(*patch)}, *metadata);
}

void deleteRule(FrontContext &front, ExchangePtr exchange)
{
    const auto metadata = exchange->metadataOrRefuse();
    if (metadata && ruleUidOrRefuse(exchange))
        submitChange(front, exchange, {exchange->params["rule"], std::nullopt}, *metadata);
}

void clearRules(FrontContext &front, ExchangePtr exchange)
{
    if (const auto metadata = exchange->metadataOrRefuse())
        submitChange(front, exchange, {}, *metadata);
}

} // namespace

void addRuleRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("POST", "/dynamic-search-rules", {key, Action::DynamicSearchRulesGet, listRules});
    routes.add("DELETE", "/dynamic-search-rules", {key, Action::DynamicSearchRulesDelete, clearRules});
    routes.add("GET", "/dynamic-search-rules/{rule}", {key, Action::DynamicSearchRulesGet, getRule});
    routes.add("PATCH", "/dynamic-search-rules/{rule}", {key, Action::DynamicSearchRulesUpdate, patchRule});
    routes.add("DELETE", "/dynamic-search-rules/{rule}", {key, Action::DynamicSearchRulesDelete, deleteRule});
}

} // namespace miroir::api
