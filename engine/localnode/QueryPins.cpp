// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryPins.h"

#include <algorithm>
#include <utility>

namespace miroir::localnode {

std::vector<Pin> takePins(
    const QueryContext &context, const std::vector<LocatedTerm> &terms, const RulesNow &now, IndexSet &universe)
{
    SearchRules::Query query;
    query.utc = now.utc;
    query.isEmpty = terms.empty();
    for (const LocatedTerm &located : terms) {
        const QueryTerm &term = context.term(located.term);
        // a phrase counts as one text, which equals a word of a rule only when it has no second one
        if (!term.isNgram())
            query.words.insert(context.text(term.original));
    }
    std::vector<Pin> pins;
    now.rules->visitActions(query, [&](const protocol::SearchRuleAction &action) {
        if (action.indexUid && *action.indexUid != context.data.uid)
            return true;
        const auto known = context.data.byId.find(action.id);
        if (known == context.data.byId.end() || !universe.contains(known->second))
            return true;
        universe.remove(known->second);
        pins.push_back({known->second, action.position});
        return pins.size() < pinLimit;
    });
    return pins;
}

std::vector<RankedDocument> withPins(
    const std::vector<Pin> &pins, std::vector<RankedDocument> ranked, std::size_t length)
{
    std::vector<RankedDocument> out;
    std::size_t nextPin = 0;
    std::size_t nextRanked = 0;
    while (out.size() < length && (nextPin < pins.size() || nextRanked < ranked.size())) {
        const bool pinned = nextPin < pins.size()
            && (pins[nextPin].position <= out.size() || nextRanked == ranked.size());
        if (!pinned) {
            out.push_back(std::move(ranked[nextRanked++]));
            continue;
        }
        ScoreDetail detail;
        detail.kind = ScoreDetail::Kind::Pin;
        detail.position = pins[nextPin].position;
        out.push_back({pins[nextPin++].docid, {detail}});
    }
    return out;
}

std::vector<Pin> separatePins(std::initializer_list<std::vector<RankedDocument> *> lists, IndexSet &pinned)
{
    std::vector<Pin> pins;
    for (std::vector<RankedDocument> *list : lists) {
        std::erase_if(*list, [&](const RankedDocument &document) {
            if (document.details.empty() || document.details.front().kind != ScoreDetail::Kind::Pin)
                return false;
            if (!pinned.contains(document.docid))
                pins.push_back({document.docid, document.details.front().position});
            pinned.insert(document.docid);
            return true;
        });
    }
    std::stable_sort(pins.begin(), pins.end(), [](const Pin &a, const Pin &b) { return a.position < b.position; });
    return pins;
}

std::size_t sortPins(std::vector<RankedDocument> &documents, std::size_t length)
{
    IndexSet pinned;
    const std::vector<Pin> pins = separatePins({&documents}, pinned);
    if (!pins.empty())
        documents = withPins(pins, std::move(documents), length);
    return pins.size();
}

} // namespace miroir::localnode
