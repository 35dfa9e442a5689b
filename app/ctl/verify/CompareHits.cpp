// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/CompareHits.h"

#include "base/Bytes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace miroir::ctl {

namespace {

constexpr std::size_t idsShown = 5;

template <std::size_t N>
bool isOneOf(std::string_view name, const std::array<const char *, N> &names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isHighlight(std::string_view name)
{
    return isOneOf(name, std::array {"_formatted", "_matchesPosition"});
}

bool isScore(std::string_view name)
{
    return isOneOf(name, std::array {"_rankingScore", "_rankingScoreDetails", "_federation"});
}

/// Everything of a hit but what is computed from the query.
std::string plainPart(const json::Value &hit)
{
    std::map<std::string, std::string> members;
    for (const json::Member member : hit.members()) {
        const std::string name = member.key();
        if (!isHighlight(name) && !isScore(name))
            members[name] = canonical(member.value);
    }
    std::string out;
    for (const auto &[name, text] : members)
        out += json::quoted(name) + ':' + text + ',';
    return out;
}

std::string orderOfNames(const json::Value &hit)
{
    std::string out;
    for (const json::Member member : hit.members())
        out += json::quoted(member.key()) + ',';
    return out;
}

/// _federation without its score.
std::string federationCounts(const json::Value &federation)
{
    std::string out;
    for (const json::Member member : federation.members()) {
        if (member.key() != "weightedRankingScore")
            out += member.key() + ':' + canonical(member.value) + ',';
    }
    return out;
}

std::vector<std::string> ids(const json::Value &hits, const std::string &primaryKey)
{
    std::vector<std::string> out;
    for (const json::Value hit : hits.items())
        out.push_back(hitId(hit, primaryKey));
    return out;
}

std::string someOf(const std::vector<std::string> &list)
{
    std::string out;
    for (std::size_t i = 0; i < std::min(list.size(), idsShown); ++i)
        out += (i > 0 ? " " : "") + list[i].substr(0, 80);
    return list.size() > idsShown ? out + " .. (" + std::to_string(list.size()) + ')' : out;
}

std::vector<std::string> without(const std::vector<std::string> &list, const std::vector<std::string> &other)
{
    const std::multiset<std::string> known(other.begin(), other.end());
    std::vector<std::string> out;
    std::copy_if(list.begin(), list.end(), std::back_inserter(out),
        [&known](const std::string &each) { return !known.contains(each); });
    return out;
}

using Counts = std::vector<std::pair<std::string, std::string>>;

Counts countsOf(const json::Value &facet)
{
    Counts out;
    for (const json::Member member : facet.members())
        out.emplace_back(member.key(), std::string(member.value.raw()));
    for (const json::Value hit : facet.items())
        out.emplace_back(hit["value"].toString(), std::string(hit["count"].raw()));
    return out;
}

std::string folded(const std::string &value)
{
    const QString decomposed = toQString(value).normalized(QString::NormalizationForm_KD).toLower().trimmed();
    return toStd(decomposed);
}

Counts sorted(Counts counts)
{
    std::sort(counts.begin(), counts.end());
    return counts;
}

Counts foldedCounts(Counts counts)
{
    for (auto &[value, count] : counts)
        value = folded(value);
    return sorted(std::move(counts));
}

std::uint64_t countOf(const std::string &text)
{
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

/// Values of the least count may have been cut in another way on the other side.
Counts aboveLeast(const Counts &counts)
{
    std::uint64_t least = UINT64_MAX;
    for (const auto &[value, count] : counts)
        least = std::min(least, countOf(count));
    Counts out;
    std::copy_if(counts.begin(), counts.end(), std::back_inserter(out),
        [least](const auto &each) { return countOf(each.second) > least; });
    return out;
}

bool countsInOrder(const Counts &left, const Counts &right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
        [](const auto &a, const auto &b) { return a.second == b.second; });
}

bool readsAsNumber(const std::pair<std::string, std::string> &valueAndCount)
{
    const std::string &value = valueAndCount.first;
    const std::size_t at = value.find_first_not_of("-.0123456789");
    return at == std::string::npos && value.find_first_of("0123456789") != std::string::npos;
}

} // namespace

std::string hitId(const json::Value &hit, const std::string &primaryKey)
{
    const json::Value id = primaryKey.empty() ? json::Value() : hit[primaryKey];
    const std::string index = hit["_federation"]["indexUid"].toString();
    const std::string name = id.exists() ? (id.isString() ? id.toString() : std::string(id.raw())) : plainPart(hit);
    return index.empty() ? name : index + '/' + name;
}

std::string rankCounts(const json::Value &details)
{
    std::map<std::string, std::string> rules;
    for (const json::Member rule : details.members()) {
        std::map<std::string, std::string> members;
        for (const json::Member member : rule.value.members()) {
            const std::string name = member.key();
            // the score of a rule with counts follows from them and a maximum of the server
            if (!isOneOf(name, std::array {"score", "maxTypoCount", "maxMatchingWords"}))
                members[name] = canonical(member.value);
        }
        std::string text;
        for (const auto &[name, value] : members)
            text += name + ':' + value + ',';
        rules[rule.key()] = text;
    }
    std::string out;
    for (const auto &[name, text] : rules)
        out += name + '{' + text + '}';
    return out;
}

void HitsComparison::add(DifferenceClass kind, std::string where, std::string detail)
{
    const bool told = std::any_of(m_all.begin(), m_all.end(),
        [&](const Difference &each) { return each.kind == kind && each.where == where; });
    if (!told)
        m_all.push_back({kind, std::move(where), std::move(detail), Reason::None});
}

void HitsComparison::hits(const json::Value &cluster, const json::Value &reference, const std::string &where)
{
    const std::vector<std::string> ours = ids(cluster, m_primaryKey);
    const std::vector<std::string> theirs = ids(reference, m_primaryKey);
    if (ours != theirs) {
        const std::vector<std::string> onlyOurs = without(ours, theirs);
        const std::vector<std::string> onlyTheirs = without(theirs, ours);
        if (!onlyOurs.empty() || !onlyTheirs.empty() || ours.size() != theirs.size()) {
            add(DifferenceClass::HitsSet, where,
                "only on the cluster: [" + someOf(onlyOurs) + "], only on the reference: [" + someOf(onlyTheirs) + ']');
        } else {
            const auto first = std::mismatch(ours.begin(), ours.end(), theirs.begin());
            add(DifferenceClass::HitsOrder, where,
                "from place " + std::to_string(first.first - ours.begin() + 1) + ": "
                    + bothSides(*first.first, *first.second));
        }
    }
    std::multimap<std::string, json::Value> byId;
    for (std::size_t i = 0; i < theirs.size(); ++i)
        byId.emplace(theirs[i], reference.at(i));
    std::size_t place = 0;
    for (const json::Value each : cluster.items()) {
        const auto found = byId.find(ours[place++]);
        if (found != byId.end())
            hit(each, found->second, where);
    }
}

void HitsComparison::hit(const json::Value &cluster, const json::Value &reference, const std::string &where)
{
    if (cluster.raw() == reference.raw())
        return;
    const std::string label = hitId(reference, m_primaryKey).substr(0, 80) + ": ";
    if (plainPart(cluster) != plainPart(reference))
        add(DifferenceClass::HitMembers, where, label + bothSides(plainPart(cluster), plainPart(reference)));
    for (const char *name : {"_formatted", "_matchesPosition"}) {
        if (canonical(cluster[name]) != canonical(reference[name]))
            add(DifferenceClass::Highlight, where,
                label + bothSides(canonical(cluster[name]), canonical(reference[name])));
    }
    const json::Value ourDetails = cluster["_rankingScoreDetails"];
    const json::Value theirDetails = reference["_rankingScoreDetails"];
    if (rankCounts(ourDetails) != rankCounts(theirDetails)
        || federationCounts(cluster["_federation"]) != federationCounts(reference["_federation"]))
        add(DifferenceClass::RankDetails, where,
            label + bothSides(canonical(ourDetails), canonical(theirDetails)));
    else if (canonical(ourDetails) != canonical(theirDetails)
        || canonical(cluster["_rankingScore"]) != canonical(reference["_rankingScore"])
        || canonical(cluster["_federation"]) != canonical(reference["_federation"]))
        add(DifferenceClass::ScoreDigits, where,
            label + bothSides(cluster["_rankingScore"].raw(), reference["_rankingScore"].raw()));
    if (orderOfNames(cluster) != orderOfNames(reference) && plainPart(cluster) == plainPart(reference))
        add(DifferenceClass::KeyOrder, where, label + bothSides(orderOfNames(cluster), orderOfNames(reference)));
}

void HitsComparison::values(const Counts &cluster, const Counts &reference, const std::string &where)
{
    if (cluster == reference)
        return;
    const auto text = [](const Counts &counts) {
        std::string out;
        for (const auto &[value, count] : counts)
            out += (out.empty() ? "" : ", ") + value + ' ' + count;
        return out;
    };
    DifferenceClass kind = DifferenceClass::Facets;
    if (countsInOrder(cluster, reference) && sorted(aboveLeast(cluster)) == sorted(aboveLeast(reference)))
        kind = DifferenceClass::FacetTies;
    else if (sorted(cluster) != sorted(reference) && foldedCounts(cluster) == foldedCounts(reference))
        kind = DifferenceClass::FacetForm;
    add(kind, where, bothSides(text(cluster), text(reference)));
    const bool mixed = std::any_of(reference.begin(), reference.end(), readsAsNumber)
        && !std::all_of(reference.begin(), reference.end(), readsAsNumber);
    for (Difference &each : m_all)
        each.mixedFacet = each.mixedFacet || (mixed && each.where == where);
}

void HitsComparison::facets(const json::Value &cluster, const json::Value &reference, const std::string &where)
{
    if (cluster.raw() == reference.raw())
        return;
    if (cluster.isArray() && reference.isArray()) {
        values(countsOf(cluster), countsOf(reference), where);
        return;
    }
    const bool distribution = where.ends_with("facetDistribution") || where.ends_with("distribution");
    std::set<std::string> all;
    for (const json::Member member : cluster.members())
        all.insert(member.key());
    for (const json::Member member : reference.members())
        all.insert(member.key());
    for (const std::string &name : all) {
        const json::Value ours = cluster[name];
        const json::Value theirs = reference[name];
        if (distribution && ours.isObject() && theirs.isObject())
            values(countsOf(ours), countsOf(theirs), where + '.' + name);
        else if (ours.isObject() && theirs.isObject() && where.find("facetsByIndex") != std::string::npos)
            facets(ours, theirs, where + '.' + name);
        else if (canonical(ours) != canonical(theirs))
            add(DifferenceClass::Facets, where + '.' + name, bothSides(ours.raw(), theirs.raw()));
    }
}

} // namespace miroir::ctl
