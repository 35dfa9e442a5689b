// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/FilterEval.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace miroir::localnode {

using protocol::FilterNode;
using protocol::FilterOp;

namespace {

constexpr double lowest = std::numeric_limits<double>::lowest();
constexpr double highestNumber = std::numeric_limits<double>::max();

void addAll(IndexSet &out, const DocList &docs)
{
    for (const std::uint32_t doc : docs)
        out.insert(doc);
}

IndexSet equalTo(const FacetColumn &column, const std::string &value)
{
    IndexSet out;
    const auto text = column.strings.find(normalisedFacet(value));
    if (text != column.strings.end())
        addAll(out, text->second);
    if (const auto number = finiteFloat(value)) {
        const auto it = column.numbers.find(*number);
        if (it != column.numbers.end())
            addAll(out, it->second);
    }
    return out;
}

void addNumbers(IndexSet &out, const FacetColumn &column, double from, bool withFrom, double to, bool withTo)
{
    if (from > to)
        return;
    auto it = withFrom ? column.numbers.lower_bound(from) : column.numbers.upper_bound(from);
    for (; it != column.numbers.end() && (it->first < to || (withTo && it->first == to)); ++it)
        addAll(out, it->second);
}

void addTexts(IndexSet &out, const FacetColumn &column, const std::optional<std::string> &from, bool withFrom,
              const std::optional<std::string> &to, bool withTo)
{
    auto it = !from ? column.strings.begin()
        : withFrom  ? column.strings.lower_bound(*from)
                    : column.strings.upper_bound(*from);
    for (; it != column.strings.end() && (!to || it->first < *to || (withTo && it->first == *to)); ++it)
        addAll(out, it->second);
}

/// Numbers are compared with numbers and texts with texts: a value that reads as a number selects both.
IndexSet compareRange(const FacetColumn &column, const FilterNode &node)
{
    IndexSet out;
    const std::string &value = node.values.front().value;
    const std::string text = normalisedFacet(value);
    const auto number = finiteFloat(value);
    switch (node.op) {
    case FilterOp::Greater:
    case FilterOp::GreaterOrEqual: {
        const bool with = node.op == FilterOp::GreaterOrEqual;
        if (number)
            addNumbers(out, column, *number, with, highestNumber, true);
        addTexts(out, column, text, with, std::nullopt, false);
        break;
    }
    case FilterOp::Less:
    case FilterOp::LessOrEqual: {
        const bool with = node.op == FilterOp::LessOrEqual;
        if (number)
            addNumbers(out, column, lowest, true, *number, with);
        addTexts(out, column, std::nullopt, false, text, with);
        break;
    }
    default: {
        const std::string &end = node.values.back().value;
        const auto last = finiteFloat(end);
        if (number && last)
            addNumbers(out, column, *number, true, *last, true);
        const std::string endText = normalisedFacet(end);
        if (text <= endText)
            addTexts(out, column, text, true, endText, true);
    }
    }
    return out;
}

IndexSet startingWith(const FacetColumn &column, const std::string &value)
{
    const std::string prefix = normalisedFacet(value);
    if (prefix.empty())
        return column.exists;
    IndexSet out;
    for (auto it = column.strings.lower_bound(prefix); it != column.strings.end() && it->first.starts_with(prefix);
         ++it)
        addAll(out, it->second);
    return out;
}

IndexSet containing(const FacetColumn &column, const std::string &value)
{
    const std::string part = normalisedFacet(value);
    IndexSet out;
    for (const auto &[text, docs] : column.strings) {
        if (text.find(part) != std::string::npos)
            addAll(out, docs);
    }
    return out;
}

const FacetColumn *columnOf(const IndexData &data, const FilterNode &node)
{
    // A field that no document has selects nothing, even by `!=`; one that only the settings know the same.
    const auto field = data.fields.find(node.attribute.value);
    if (!field || !data.settings.filterable(node.attribute.value))
        return nullptr;
    static const FacetColumn empty;
    const FacetColumn *column = data.facets.column(*field);
    return column != nullptr ? column : &empty;
}

IndexSet compare(const IndexData &data, const FilterNode &node)
{
    const FacetColumn *column = columnOf(data, node);
    if (column == nullptr)
        return {};
    switch (node.op) {
    case FilterOp::Equal:
        return equalTo(*column, node.values.front().value);
    case FilterOp::NotEqual:
        return data.all - equalTo(*column, node.values.front().value);
    case FilterOp::Null:
        return column->nulls;
    case FilterOp::Empty:
        return column->empties;
    case FilterOp::Exists:
        return column->exists;
    case FilterOp::Contains:
        return containing(*column, node.values.front().value);
    case FilterOp::StartsWith:
        return startingWith(*column, node.values.front().value);
    default:
        return compareRange(*column, node);
    }
}

double numberAt(const FilterNode &node, std::size_t index)
{
    return index < node.values.size() ? finiteFloat(node.values[index].value).value_or(0) : 0;
}

IndexSet inRadius(const IndexData &data, const FilterNode &node)
{
    const GeoPoint centre {numberAt(node, 0), numberAt(node, 1)};
    const double radius = numberAt(node, 2) + std::numeric_limits<double>::epsilon();
    IndexSet out;
    for (DocId doc = 0; doc < data.documents.size(); ++doc) {
        const IndexDocument &document = data.documents[doc];
        if (document.used && document.geo && geoDistanceMetres(centre, *document.geo) <= radius)
            out.insert(doc);
    }
    return out;
}

IndexSet inBox(const IndexData &data, const FilterNode &node)
{
    const GeoPoint topRight {numberAt(node, 0), numberAt(node, 1)};
    const GeoPoint bottomLeft {numberAt(node, 2), numberAt(node, 3)};
    const bool wraps = topRight.lng < bottomLeft.lng; // the box crosses the 180th meridian
    IndexSet out;
    for (DocId doc = 0; doc < data.documents.size(); ++doc) {
        const IndexDocument &document = data.documents[doc];
        if (!document.used || !document.geo)
            continue;
        const GeoPoint &p = *document.geo;
        const bool lat = p.lat >= bottomLeft.lat && p.lat <= topRight.lat;
        const bool east = p.lng >= bottomLeft.lng;
        const bool west = p.lng <= topRight.lng;
        const bool lng = wraps ? (east && p.lng <= 180) || (west && p.lng >= -180) : east && west;
        if (lat && lng)
            out.insert(doc);
    }
    return out;
}

IndexSet withVectors(const IndexData &data, const FilterNode &node)
{
    IndexSet out;
    using Part = FilterNode::VectorPart;
    if (node.vectorPart == Part::Fragment || node.vectorPart == Part::DocumentTemplate)
        return out; // vectors here are always given by users
    for (const auto &[name, embedder] : data.settings.embedders) {
        if (!node.values.empty() && node.values.front().value != name)
            continue;
        data.vectors.documentsWith(name).forEach([&](DocId doc) {
            const bool regenerate = data.vectors.of(doc)->at(name).regenerate;
            if (node.vectorPart == Part::Any || (node.vectorPart == Part::Regenerate) == regenerate)
                out.insert(doc);
        });
    }
    return out;
}

} // namespace

std::optional<double> finiteFloat(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    if (text.empty() || text == "-" || text == "." || text.starts_with('+') || text.find_first_of("xX") != text.npos)
        return std::nullopt;
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out))
        return std::nullopt;
    return out;
}

IndexSet evaluateFilter(const IndexData &data, const FilterNode &node)
{
    IndexSet out;
    switch (node.kind) {
    case FilterNode::Kind::And:
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            IndexSet part = evaluateFilter(data, node.children[i]);
            if (i == 0)
                out = std::move(part);
            else
                out &= part;
        }
        return out;
    case FilterNode::Kind::Or:
        for (const FilterNode &child : node.children)
            out |= evaluateFilter(data, child);
        return out;
    case FilterNode::Kind::Not:
        return data.all - evaluateFilter(data, node.children.front());
    case FilterNode::Kind::Compare:
        return compare(data, node);
    case FilterNode::Kind::In:
        if (const FacetColumn *column = columnOf(data, node)) {
            for (const protocol::FilterToken &value : node.values)
                out |= equalTo(*column, value.value);
        }
        return out;
    case FilterNode::Kind::GeoRadius:
        return inRadius(data, node);
    case FilterNode::Kind::GeoBoundingBox:
        return inBox(data, node);
    case FilterNode::Kind::VectorExists:
        return withVectors(data, node);
    case FilterNode::Kind::GeoPolygon:
    case FilterNode::Kind::Foreign:
        return out; // need _geojson and joins, which the check refuses
    }
    return out;
}

} // namespace miroir::localnode
