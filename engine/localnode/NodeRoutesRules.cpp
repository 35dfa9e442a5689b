// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "protocol/IndexRequests.h"
#include "protocol/SearchRule.h"

/// Dynamic search rules: read at once, changed by tasks.
namespace miroir::localnode {

using protocol::Action;
using protocol::Feature;
using protocol::TaskKind;

namespace {

constexpr std::string_view changing = "Using the `/dynamic-search-rules` routes";

/// The one refusal that is no JSON.
http::Response badUid(const std::string &problem)
{
    http::Response response;
    response.status = 404;
    response.contentType = QByteArrayLiteral("text/plain; charset=utf-8");
    response.body = toBytes(problem);
    return response;
}

protocol::TaskRecord draftOf(TaskKind kind, std::optional<std::string> customMetadata)
{
    protocol::TaskRecord draft;
    draft.kind = kind;
    draft.indexUid = std::string(protocol::searchRuleIndexUid);
    draft.customMetadata = std::move(customMetadata);
    draft.details.emplace();
    return draft;
}

protocol::SearchRequest searchOf(const protocol::SearchRuleListQuery &query)
{
    protocol::SearchRequest search;
    search.q = query.query;
    search.offset = query.offset;
    search.limit = query.limit;
    if (query.active) // a rule that does not say it is active
        search.filter = *query.active ? R"("active = true OR active NOT EXISTS")" : R"("active = false")";
    return search;
}

} // namespace

void NodeRoutes::addRuleRoutes()
{
    read("POST", "/dynamic-search-rules", &NodeRoutes::listRules);
    write("DELETE", "/dynamic-search-rules", &NodeRoutes::clearRules);
    read("GET", "/dynamic-search-rules/{uid}", &NodeRoutes::getRule);
    write("PATCH", "/dynamic-search-rules/{uid}", &NodeRoutes::patchRule);
    write("DELETE", "/dynamic-search-rules/{uid}", &NodeRoutes::deleteRule);
}

protocol::ApiStatus NodeRoutes::rulesFeature(std::string_view doing) const
{
    return protocol::checkFeature(m_c.state.features(), Feature::DynamicSearchRules, doing);
}

std::optional<RulesNow> NodeRoutes::rulesNow() const
{
    if (!rulesFeature(changing))
        return std::nullopt;
    return RulesNow {m_c.rules.current(), rfc3339(m_c.clock.utcNs())};
}

NodeRoutes::Answer NodeRoutes::listRules(const Call &call)
{
    if (auto scope = authorise(call, Action::DynamicSearchRulesGet); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto query = protocol::parseSearchRuleListQuery(document->root());
    if (!query)
        return query.err();
    if (auto on = rulesFeature("Calling the `POST /dynamic-search-rules` route"); !on)
        return on.err();
    std::vector<QByteArray> page;
    std::uint64_t total = 0;
    if (const auto entry = m_c.indexes.find(protocol::searchRuleIndexUid)) {
        const auto found = entry->slot->with([&](LocalIndex &index) { return index.search(searchOf(*query)); });
        if (!found)
            return found.err();
        total = found->total;
        for (const Hit &hit : found->hits) {
            const auto rule = protocol::searchRuleFromText(hit.json);
            if (!rule)
                return protocol::refuse("internal", rule.error().message);
            page.push_back(protocol::searchRuleToJson(*rule));
        }
    }
    return ok(protocol::pageToJson(page, query->offset, query->limit, total));
}

NodeRoutes::Answer NodeRoutes::getRule(const Call &call)
{
    if (auto scope = authorise(call, Action::DynamicSearchRulesGet); !scope)
        return scope.err();
    const std::string &uid = call.params["uid"];
    if (const auto problem = protocol::searchRuleUidProblem(uid))
        return badUid(*problem);
    if (auto on = rulesFeature("Calling the `GET /dynamic-search-rules/{:ruleUid}` route"); !on)
        return on.err();
    std::optional<QByteArray> stored;
    if (const auto entry = m_c.indexes.find(protocol::searchRuleIndexUid))
        stored = entry->slot->with([&](LocalIndex &index) { return index.getDocument(uid); });
    if (!stored)
        return Err<protocol::ApiError> {protocol::searchRuleNotFound(uid)};
    const auto rule = protocol::searchRuleFromText(*stored);
    if (!rule)
        return protocol::refuse("internal", rule.error().message);
    return ok(protocol::searchRuleToJson(*rule));
}

NodeRoutes::Answer NodeRoutes::patchRule(const Call &call)
{
    if (auto scope = authorise(call, Action::DynamicSearchRulesUpdate); !scope)
        return scope.err();
    const std::string &uid = call.params["uid"];
    if (const auto problem = protocol::searchRuleUidProblem(uid))
        return badUid(*problem);
    auto metadata = protocol::parseCustomMetadataQuery(protocol::QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto patch = protocol::parseSearchRulePatch(document->root());
    if (!patch)
        return patch.err();
    if (auto on = rulesFeature(changing); !on)
        return on.err();
    auto draft = draftOf(TaskKind::DsrUpdate, std::move(*metadata));
    draft.details->rule = std::move(*patch);
    draft.details->updatedRules = 1;
    NodeTaskContent content;
    content.rule = uid;
    return enqueue(std::move(draft), std::move(content));
}

NodeRoutes::Answer NodeRoutes::deleteRule(const Call &call)
{
    if (auto scope = authorise(call, Action::DynamicSearchRulesDelete); !scope)
        return scope.err();
    auto metadata = protocol::parseCustomMetadataQuery(protocol::QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    const std::string &uid = call.params["uid"];
    if (const auto problem = protocol::searchRuleUidProblem(uid))
        return badUid(*problem);
    if (auto on = rulesFeature(changing); !on)
        return on.err();
    auto draft = draftOf(TaskKind::DsrUpdate, std::move(*metadata));
    draft.details->updatedRules = 1;
    NodeTaskContent content;
    content.rule = uid;
    return enqueue(std::move(draft), std::move(content));
}

NodeRoutes::Answer NodeRoutes::clearRules(const Call &call)
{
    if (auto scope = authorise(call, Action::DynamicSearchRulesDelete); !scope)
        return scope.err();
    auto metadata = protocol::parseCustomMetadataQuery(protocol::QueryParams::parse(sv(call.request.query)));
    if (!metadata)
        return metadata.err();
    if (auto on = rulesFeature(changing); !on)
        return on.err();
    auto draft = draftOf(TaskKind::DsrClear, std::move(*metadata));
    draft.details->deletedDocuments = protocol::Shown<std::uint64_t>::null();
    return enqueue(std::move(draft));
}

} // namespace miroir::localnode
