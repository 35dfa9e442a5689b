// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Compare.h"

#include "base/Bytes.h"
#include "verify/CompareHits.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace miroir::ctl {

namespace {

constexpr std::size_t shownBytes = 300; ///< of a value in a report

bool isIgnored(std::string_view name)
{
    static constexpr std::array names {"processingTimeMs", "requestUid", "queryUid", "performanceDetails"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isTotal(std::string_view name)
{
    static constexpr std::array names {"estimatedTotalHits", "totalHits", "totalPages", "total"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isFacets(std::string_view name)
{
    static constexpr std::array names {"facetDistribution", "facetStats", "facetHits", "facetsByIndex"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// canonical() without what differs from request to request.
std::string comparable(const json::Value &value)
{
    if (!value.isObject())
        return canonical(value);
    std::map<std::string, std::string> members;
    for (const json::Member member : value.members()) {
        if (!isIgnored(member.key()))
            members[member.key()] = comparable(member.value);
    }
    std::string out = "{";
    for (const auto &[name, text] : members)
        out += json::quoted(name) + ':' + text + ',';
    return out + '}';
}

std::vector<std::string> names(const json::Value &object)
{
    std::vector<std::string> out;
    for (const json::Member member : object.members()) {
        if (!isIgnored(member.key()))
            out.push_back(member.key());
    }
    return out;
}

void compareObjects(const json::Value &cluster, const json::Value &reference, HitsComparison &comparison,
    const std::string &where);

/// `results` holds documents, or the answers of a multi-search.
void compareResults(const json::Value &cluster, const json::Value &reference, HitsComparison &comparison,
    const std::string &where)
{
    const bool answers = reference.at(0)["hits"].isArray() && reference.at(0)["indexUid"].isString();
    if (!answers) {
        comparison.hits(cluster, reference, where);
        return;
    }
    if (cluster.size() != reference.size()) {
        comparison.add(DifferenceClass::Form, where, "another number of results");
        return;
    }
    for (std::size_t i = 0; i < reference.size(); ++i)
        compareObjects(cluster.at(i), reference.at(i), comparison, where + '[' + std::to_string(i) + ']');
}

void compareMember(const std::string &name, const json::Value &cluster, const json::Value &reference,
    HitsComparison &comparison, const std::string &where)
{
    if (name == "hits" && reference.isArray() && cluster.isArray())
        comparison.hits(cluster, reference, where);
    else if (name == "results" && reference.isArray() && cluster.isArray())
        compareResults(cluster, reference, comparison, where);
    else if (isFacets(name))
        comparison.facets(cluster, reference, where);
    else if (comparable(cluster) != comparable(reference))
        comparison.add(isTotal(name) ? DifferenceClass::Totals : DifferenceClass::Other, where,
            bothSides(cluster.raw(), reference.raw()));
}

void compareObjects(const json::Value &cluster, const json::Value &reference, HitsComparison &comparison,
    const std::string &where)
{
    const std::vector<std::string> ours = names(cluster);
    const std::vector<std::string> theirs = names(reference);
    const std::string prefix = where.empty() ? "" : where + '.';
    if (ours != theirs && std::set<std::string>(ours.begin(), ours.end()) == std::set(theirs.begin(), theirs.end()))
        comparison.add(DifferenceClass::Other, where, "members in another order");
    for (const std::string &name : theirs) {
        if (cluster[name].exists())
            compareMember(name, cluster[name], reference[name], comparison, prefix + name);
        else
            comparison.add(DifferenceClass::Other, prefix + name, "missing in the answer of the cluster");
    }
    for (const std::string &name : ours) {
        if (!reference[name].exists())
            comparison.add(DifferenceClass::Other, prefix + name, "only in the answer of the cluster");
    }
}

} // namespace

const char *className(DifferenceClass kind)
{
    static constexpr std::array<const char *, differenceClasses> all {"status", "error", "form", "hits set",
        "hits order", "hit members", "rank details", "score digits", "highlight", "key order", "totals",
        "facet ties", "facet form", "facets", "other"};
    return all[static_cast<std::size_t>(kind)];
}

const char *reasonText(Reason reason)
{
    switch (reason) {
    case Reason::None:
        return "";
    case Reason::KeyOrder:
        return "members of a hit stand in the order of the node that answers";
    case Reason::Derivation:
        return "derivation caps, split and joined words: each node derives words from its own dictionary "
               "(docs/ranking-merge.md)";
    case Reason::Frequency:
        return "matchingStrategy frequency: each node counts in its own documents (docs/ranking-merge.md)";
    case Reason::DistinctHits:
        return "distinct by several values that no filter tells apart: nodes drop documents on their own "
               "(docs/ranking-merge.md)";
    case Reason::DistinctTotals:
        return "totals with distinct: a union, not a sum (docs/ranking-merge.md)";
    case Reason::DistinctFacets:
        return "facets with distinct: counted before all groups are known (docs/ranking-merge.md)";
    case Reason::Threshold:
        return "rankingScoreThreshold: totals depend on the buckets that a node visits (docs/ranking-merge.md)";
    case Reason::ScoreMaxima:
        return "score digits: the maximum of a rule depends on the words that a node holds (docs/ranking-merge.md)";
    case Reason::Highlight:
        return "highlighting of a typo or a prefix: a node derives words from its own list (docs/ranking-merge.md)";
    case Reason::Geo:
        return "points less than a metre apart (docs/ranking-merge.md)";
    case Reason::FacetTies:
        return "facet values of equal count: a node's order depends on a heap (docs/ranking-merge.md)";
    case Reason::FacetForm:
        return "facet values that differ in case or accents: the form shown is that of a node (docs/ranking-merge.md)";
    case Reason::FacetMixed:
        return "a facet of numbers and texts: a node counts 7 and \"7\" in one place (docs/ranking-merge.md)";
    case Reason::Insertion:
        return "equally ranked documents: the reference was filled in another order (docs/verify.md)";
    case Reason::Vectors:
        return "semantic search is approximate on every node (docs/compatibility.md)";
    }
    return "";
}

std::string bothSides(std::string_view cluster, std::string_view reference)
{
    const auto shown = [](std::string_view text) {
        return text.size() <= shownBytes ? std::string(text) : std::string(text.substr(0, shownBytes)) + "..";
    };
    return "cluster " + shown(cluster) + ", reference " + shown(reference);
}

std::string canonical(const json::Value &value)
{
    if (value.isArray()) {
        std::string out = "[";
        for (const json::Value item : value.items())
            out += canonical(item) + ',';
        return out + ']';
    }
    if (value.isString())
        return json::quoted(value.toString());
    if (!value.isObject())
        return std::string(value.raw());
    std::map<std::string, std::string> members;
    for (const json::Member member : value.members())
        members[member.key()] = canonical(member.value);
    std::string out = "{";
    for (const auto &[name, text] : members)
        out += json::quoted(name) + ':' + text + ',';
    return out + '}';
}

std::vector<Difference> compareAnswers(
    const ServerAnswer &cluster, const ServerAnswer &reference, const std::string &primaryKey)
{
    HitsComparison comparison(primaryKey);
    if (cluster.status != reference.status) {
        comparison.add(DifferenceClass::Status, {},
            bothSides(std::to_string(cluster.status) + ' ' + cluster.body.toStdString(),
                std::to_string(reference.status) + ' ' + reference.body.toStdString()));
        return comparison.take();
    }
    const auto ours = json::Document::parse(cluster.body);
    const auto theirs = json::Document::parse(reference.body);
    if (!ours || !theirs) {
        if (cluster.body != reference.body)
            comparison.add(DifferenceClass::Form, {}, bothSides(sv(cluster.body), sv(reference.body)));
        return comparison.take();
    }
    if (reference.status >= 400) {
        if (canonical(ours->root()) != canonical(theirs->root()))
            comparison.add(DifferenceClass::Error, {}, bothSides(sv(cluster.body), sv(reference.body)));
        return comparison.take();
    }
    if (ours->root().isObject() && theirs->root().isObject())
        compareObjects(ours->root(), theirs->root(), comparison, {});
    else if (canonical(ours->root()) != canonical(theirs->root()))
        comparison.add(DifferenceClass::Form, {}, bothSides(sv(cluster.body), sv(reference.body)));
    return comparison.take();
}

} // namespace miroir::ctl
