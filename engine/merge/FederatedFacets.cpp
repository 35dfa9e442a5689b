// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FederatedFacets.h"

#include "merge/Selection.h"
#include "merge/Text.h"

#include <algorithm>
#include <unordered_map>

namespace miroir::merge {

namespace {

/// The texts under which a node looks for the value of a document: its normalised form, a number as it is written.
void visitKeys(const json::Value &document, const std::string &facet, const std::function<void(std::string)> &visit)
{
    const auto one = [&visit](const json::Value &value) {
        if (value.isString())
            visit(normaliseFacet(value.toString()));
        else if (value.isBool() || value.isNumber())
            visit(std::string(value.raw()));
    };
    visitLeaves(document, facet, [&one](const json::Value &value) {
        if (!value.isArray()) {
            one(value);
            return;
        }
        for (const json::Value item : value.items())
            one(item);
    });
}

} // namespace

Result<FederatedFacets> FederatedFacets::parse(const QByteArray &distribution, const QByteArray &stats)
{
    const auto values = json::Document::parse(distribution);
    const auto ranges = json::Document::parse(stats);
    if (!values || !ranges)
        return fail("facets are no JSON");
    FederatedFacets facets;
    for (const json::Member facet : values->root().members()) {
        std::vector<Count> &counts = facets.m_distribution[facet.key()];
        for (const json::Member value : facet.value.members())
            counts.push_back({value.key(), value.value.toU64().value_or(0)});
    }
    for (const json::Member facet : ranges->root().members())
        facets.m_stats[facet.key()] = {facet.value["min"].toDouble(), facet.value["max"].toDouble()};
    return facets;
}

void FederatedFacets::add(const FederatedFacets &other)
{
    for (const auto &[name, counts] : other.m_distribution) {
        std::vector<Count> &mine = m_distribution[name];
        std::unordered_map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < mine.size(); ++i)
            places.emplace(mine[i].value, i);
        for (const Count &count : counts) {
            const auto known = places.find(count.value);
            if (known == places.end())
                mine.push_back(count);
            else
                mine[known->second].documents += count.documents;
        }
    }
    for (const auto &[name, range] : other.m_stats) {
        const auto [place, fresh] = m_stats.try_emplace(name, range);
        if (!fresh) {
            place->second.least = std::min(place->second.least, range.least);
            place->second.greatest = std::max(place->second.greatest, range.greatest);
        }
    }
}

void FederatedFacets::remove(const json::Value &document)
{
    for (auto &[name, counts] : m_distribution) {
        bool emptied = false;
        visitKeys(document, name, [&counts = counts, &emptied](const std::string &key) {
            const auto found = std::find_if(counts.begin(), counts.end(), [&key](const Count &count) {
                return count.value == key || normaliseFacet(count.value) == key;
            });
            if (found == counts.end() || found->documents == 0)
                return;
            emptied = --found->documents == 0 || emptied;
        });
        if (emptied)
            std::erase_if(counts, [](const Count &count) { return count.documents == 0; });
    }
}

void FederatedFacets::sort(const FacetSettings &order, std::optional<std::uint64_t> maxValues)
{
    for (auto &[name, counts] : m_distribution) {
        const bool byCount = order.orderOf(name) == FacetOrder::Count;
        std::stable_sort(counts.begin(), counts.end(), [byCount](const Count &a, const Count &b) {
            return byCount ? a.documents > b.documents : a.value < b.value;
        });
        if (maxValues && counts.size() > *maxValues)
            counts.resize(static_cast<std::size_t>(*maxValues));
    }
}

std::vector<std::string> FederatedFacets::names() const
{
    std::vector<std::string> names;
    for (const auto &[name, counts] : m_distribution)
        names.push_back(name);
    return names;
}

QByteArray FederatedFacets::distribution() const
{
    json::Writer out;
    out.beginObject();
    for (const auto &[name, counts] : m_distribution) {
        out.key(name).beginObject();
        for (const Count &count : counts)
            out.key(count.value).number(count.documents);
        out.endObject();
    }
    return out.endObject().take();
}

QByteArray FederatedFacets::stats() const
{
    json::Writer out;
    out.beginObject();
    for (const auto &[name, range] : m_stats)
        out.key(name).beginObject().key("min").number(range.least).key("max").number(range.greatest).endObject();
    return out.endObject().take();
}

} // namespace miroir::merge
