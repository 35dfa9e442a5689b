// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/IndexFields.h"

#include <algorithm>

namespace miroir::localnode {

using protocol::PatternMatch;

namespace {

void visitObject(const json::Value &object, const std::string &base, bool insideArray, const LeafVisit &visit);

void visitArray(const json::Value &array, const std::string &base, const LeafVisit &visit)
{
    if (array.size() == 0)
        visit(base, false, array);
    for (const json::Value item : array.items()) {
        if (item.isObject())
            visitObject(item, base, true, visit);
        else if (item.isArray())
            visitArray(item, base, visit);
        else
            visit(base, true, item);
    }
}

void visitObject(const json::Value &object, const std::string &base, bool insideArray, const LeafVisit &visit)
{
    if (object.size() == 0)
        visit(base, insideArray, object);
    for (const json::Member member : object.members()) {
        const std::string name = base + '.' + member.key();
        visit(name, false, member.value);
        if (member.value.isObject())
            visitObject(member.value, name, false, visit);
        else if (member.value.isArray())
            visitArray(member.value, name, visit);
    }
}

} // namespace

bool isReservedField(std::string_view name)
{
    return name == geoField || name == vectorsField || name == geojsonField;
}

void visitLeaves(const std::string &name, const json::Value &value, const LeafVisit &visit)
{
    if (value.isObject())
        visitObject(value, name, false, visit);
    else if (value.isArray())
        visitArray(value, name, visit);
    else
        visit(name, false, value);
}

std::optional<FieldId> IndexFields::find(std::string_view name) const
{
    const auto it = m_ids.find(name);
    return it == m_ids.end() ? std::nullopt : std::optional(it->second);
}

std::optional<FieldId> IndexFields::idOf(std::string_view name)
{
    if (const auto known = find(name))
        return known;
    if (m_names.size() >= limit)
        return std::nullopt;
    const auto id = static_cast<FieldId>(m_names.size());
    m_names.emplace_back(name);
    m_rules.push_back(rulesFor(name));
    m_ids.emplace(std::string(name), id);
    return id;
}

void IndexFields::setNames(const std::vector<std::string> &names)
{
    m_names.clear();
    m_rules.clear();
    m_ids.clear();
    for (const std::string &name : names)
        idOf(name);
}

void IndexFields::applySettings(const protocol::Settings &settings)
{
    m_settings = settings;
    m_maxWeight.reset();
    const auto &searchable = settings.searchableAttributes;
    if (searchable && std::find(searchable->begin(), searchable->end(), "*") == searchable->end())
        m_maxWeight = static_cast<std::uint16_t>(searchable->empty() ? 0 : searchable->size() - 1);
    for (FieldId id = 0; id < m_names.size(); ++id)
        m_rules[id] = rulesFor(m_names[id]);
}

FieldRules IndexFields::rulesFor(std::string_view name) const
{
    FieldRules out;
    const std::string_view top = name.substr(0, name.find('.'));
    if (top == vectorsField)
        return out;
    const protocol::Settings &s = m_settings;
    const bool reserved = isReservedField(top);
    if (!reserved && !m_maxWeight) {
        out.searchable = true;
    } else if (!reserved) {
        for (std::size_t i = 0; i < s.searchableAttributes->size() && !out.searchable; ++i) {
            out.searchable = protocol::isWithin(name, (*s.searchableAttributes)[i]);
            out.weight = out.searchable ? static_cast<std::uint16_t>(i) : std::uint16_t {0};
        }
    }
    for (const std::string &attribute : s.typoTolerance.disableOnAttributes)
        out.exact = out.exact || protocol::isWithin(name, attribute);
    PatternMatch best = PatternMatch::No;
    const auto note = [&best](PatternMatch match) { best = std::max(best, match); };
    for (const std::string &sortable : s.sortableAttributes)
        note(protocol::matchPlainName(sortable, name));
    for (const protocol::FilterableRule &rule : s.filterableAttributes) {
        const PatternMatch match = rule.match(name);
        const bool used = rule.features.filterable() || rule.features.facetSearch;
        note(match == PatternMatch::Match && !used ? PatternMatch::Parent : match);
    }
    if (!reserved && s.distinctAttribute)
        note(protocol::matchDistinctName(*s.distinctAttribute, name));
    for (const protocol::RankingRule &rule : s.rankingRules) {
        const bool field
            = rule.kind == protocol::RankingRule::Kind::Asc || rule.kind == protocol::RankingRule::Kind::Desc;
        if (field && !reserved)
            note(protocol::matchPlainName(rule.field, name));
    }
    out.faceted = best == PatternMatch::Match;
    out.facetParent = best != PatternMatch::No;
    return out;
}

std::vector<FieldId> IndexFields::searchableIds() const
{
    std::vector<FieldId> out;
    for (FieldId id = 0; id < m_names.size(); ++id) {
        if (m_rules[id].searchable)
            out.push_back(id);
    }
    std::stable_sort(out.begin(), out.end(),
                     [this](FieldId a, FieldId b) { return m_rules[a].weight < m_rules[b].weight; });
    return out;
}

} // namespace miroir::localnode
