// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Explain.h"

#include "json/Json.h"

#include <algorithm>
#include <unordered_map>

namespace miroir::ctl {

using protocol::SearchRequest;

namespace {

constexpr std::uint64_t longListHits = 1000; ///< what maxTotalHits allows at first

using enum DifferenceClass;

/// What the request itself says: no further question needed.
Reason byRequest(DifferenceClass kind, const SearchRequest &search)
{
    const bool words = !search.blankQuery();
    const bool result = kind != Status && kind != Error && kind != Form && kind != Other;
    if (result && search.mode() != protocol::SearchMode::Keyword)
        return Reason::Vectors;
    if (result && words && search.matchingStrategy == protocol::MatchingStrategy::Frequency)
        return Reason::Frequency;
    if (kind == ScoreDigits && words)
        return Reason::ScoreMaxima;
    if (kind == Highlight && words)
        return Reason::Highlight;
    return Reason::None;
}

/// As many candidates as the cluster looks at one by one have exact totals and facets; beyond, they may differ.
Reason byCandidates(
    const Difference &difference, const SearchRequest &search, const IndexTraits &traits, const Evidence &evidence)
{
    if (evidence.candidates && *evidence.candidates <= traits.maxTotalHits)
        return Reason::None;
    if (difference.mixedFacet)
        return Reason::FacetMixed;
    const DifferenceClass kind = difference.kind;
    const bool distinct = search.distinct.has_value() || traits.distinct;
    if (kind == HitsSet || kind == HitsOrder)
        return distinct && traits.vague.contains(search.distinct.value_or(traits.distinctAttribute))
            ? Reason::DistinctHits
            : Reason::None;
    if (kind == Totals && distinct)
        return Reason::DistinctTotals;
    if (kind == Facets && distinct)
        return Reason::DistinctFacets;
    if ((kind == Totals || kind == Facets) && search.rankingScoreThreshold)
        return Reason::Threshold;
    return Reason::None;
}

/// What holds for requests of every kind.
Reason byClass(DifferenceClass kind, const Replay &replay, const IndexTraits &traits)
{
    if (kind == KeyOrder)
        return Reason::KeyOrder;
    if (kind == FacetForm)
        return Reason::FacetForm;
    if (kind == FacetTies && traits.facetsByCount)
        return Reason::FacetTies;
    if (replay.kind == Replay::Kind::Similar && (kind == HitsSet || kind == HitsOrder || kind == ScoreDigits))
        return Reason::Vectors;
    if (replay.kind == Replay::Kind::MultiSearch && kind == ScoreDigits)
        return Reason::ScoreMaxima;
    if (replay.kind == Replay::Kind::Documents && kind == HitsOrder && !traits.sameInsertion)
        return Reason::Insertion;
    return Reason::None;
}

bool sortsByDistance(const SearchRequest &search)
{
    const std::vector<std::string> sort = search.sort.value_or(std::vector<std::string> {});
    return std::any_of(sort.begin(), sort.end(), [](const auto &rule) { return rule.starts_with("_geoPoint"); });
}

/// How two long lists differ. A merge at fault puts documents with the same counts on both sides in another order, or
/// loses some; words that one node derived and the other did not change the counts themselves.
struct Judgement {
    bool countsDiffer = false; ///< a document of both lists has other counts
    bool setsDiffer = false; ///< a document is in one list only
    bool tiesMoved = false; ///< documents with equal counts stand in another order
    bool orderWrong = false; ///< documents with other counts each, the same on both sides, stand in another order
};

Judgement judge(const Evidence &evidence)
{
    Judgement judgement;
    std::unordered_map<std::string, const RankedHit *> reference;
    for (const RankedHit &hit : evidence.reference)
        reference.emplace(hit.id, &hit);
    std::vector<const RankedHit *> common; // with the same counts, in the order of the cluster
    for (const RankedHit &hit : evidence.cluster) {
        const auto found = reference.find(hit.id);
        if (found == reference.end())
            judgement.setsDiffer = true;
        else if (found->second->counts != hit.counts)
            judgement.countsDiffer = true;
        else
            common.push_back(found->second);
        if (found != reference.end())
            reference.erase(found);
    }
    judgement.setsDiffer = judgement.setsDiffer || !reference.empty();
    // Both lists have the same order of counts when `common` is sorted by its place in the reference.
    for (std::size_t i = 1; i < common.size(); ++i) {
        if (common[i - 1] < common[i]) // they point into one vector
            continue;
        if (common[i - 1]->counts == common[i]->counts)
            judgement.tiesMoved = true;
        else
            judgement.orderWrong = true;
    }
    return judgement;
}

Reason byEvidence(DifferenceClass kind, const SearchRequest &search, const IndexTraits &traits,
    const Evidence &evidence, const Judgement &judgement)
{
    const bool derived = evidence.alikeWithoutDerivation && !search.blankQuery();
    if (kind == HitsOrder || kind == HitsSet) {
        if (judgement.orderWrong)
            return sortsByDistance(search) ? Reason::Geo : Reason::None;
        if (derived && (judgement.countsDiffer || judgement.setsDiffer))
            return Reason::Derivation;
        if (judgement.tiesMoved && !traits.sameInsertion)
            return Reason::Insertion;
        return Reason::None;
    }
    if (derived && (kind == RankDetails || kind == Totals || kind == Facets || kind == FacetTies))
        return Reason::Derivation;
    return Reason::None;
}

} // namespace

SearchRequest longList(SearchRequest search, const std::string &primaryKey)
{
    search.offset.reset();
    search.page.reset();
    search.hitsPerPage.reset();
    search.limit = longListHits;
    search.facets.reset();
    search.attributesToHighlight.reset();
    search.attributesToCrop.reset();
    search.showMatchesPosition = false;
    search.showRankingScoreDetails = true;
    if (!primaryKey.empty())
        search.attributesToRetrieve = {primaryKey};
    return search;
}

std::vector<RankedHit> rankedList(const QByteArray &answer, const std::string &primaryKey)
{
    std::vector<RankedHit> list;
    const auto body = json::Document::parse(answer);
    if (!body)
        return list;
    for (const json::Value hit : body->root()["hits"].items())
        list.push_back({hitId(hit, primaryKey), rankCounts(hit["_rankingScoreDetails"])});
    return list;
}

std::optional<SearchRequest> withoutDerivation(SearchRequest search)
{
    if (search.blankQuery())
        return std::nullopt;
    search.q = quotedWords(*search.q);
    return search;
}

std::optional<SearchRequest> countOfCandidates(SearchRequest search, const IndexTraits &traits)
{
    if (traits.distinct)
        return std::nullopt;
    search = longList(std::move(search), traits.primaryKey);
    search.limit = 0;
    search.distinct.reset();
    search.rankingScoreThreshold.reset();
    search.showRankingScoreDetails = false;
    return search;
}

std::optional<std::uint64_t> totalOf(const QByteArray &answer)
{
    const auto body = json::Document::parse(answer);
    return body ? body->root()["estimatedTotalHits"].toU64() : std::nullopt;
}

bool needsEvidence(const std::vector<Difference> &differences)
{
    return std::any_of(differences.begin(), differences.end(), [](const Difference &each) {
        return !each.documented() && each.kind != Status && each.kind != Error && each.kind != Form;
    });
}

void explain(std::vector<Difference> &differences, const Replay &replay, const IndexTraits &traits,
    const Evidence *evidence)
{
    const std::optional<SearchRequest> search = searchOf(replay);
    const Judgement judgement = evidence != nullptr ? judge(*evidence) : Judgement {};
    for (Difference &each : differences) {
        if (!each.documented())
            each.reason = byClass(each.kind, replay, traits);
        if (!each.documented() && search)
            each.reason = byRequest(each.kind, *search);
        if (!each.documented() && search && evidence != nullptr)
            each.reason = byCandidates(each, *search, traits, *evidence);
        if (!each.documented() && search && evidence != nullptr)
            each.reason = byEvidence(each.kind, *search, traits, *evidence, judgement);
    }
}

} // namespace miroir::ctl
