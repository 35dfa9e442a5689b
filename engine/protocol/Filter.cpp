// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Filter.h"

#include "base/Assert.h"
#include "protocol/FilterParser.h"
#include "protocol/FilterText.h"

namespace miroir::protocol {

namespace {

std::string inIndex(std::string_view indexUid, std::string message)
{
    return indexUid.empty() ? message : "Index `" + std::string(indexUid) + "`: " + message;
}

Err<ApiError> wrongForm(std::string_view expected, const json::Value &found, std::string_view code,
                        std::string_view indexUid)
{
    return refuse(code,
                  inIndex(indexUid,
                          "Invalid syntax for the filter parameter: `expected " + std::string(expected)
                              + ", found: " + json::compact(found) + "`."));
}

/// All forms are checked before the first expression is read.
ApiStatus checkArrayForm(const json::Value &array, std::string_view code, std::string_view indexUid)
{
    for (const json::Value item : array.items()) {
        if (item.isString())
            continue;
        if (!item.isArray())
            return wrongForm("String, [String]", item, code, indexUid);
        for (const json::Value inner : item.items()) {
            if (!inner.isString())
                return wrongForm("String", inner, code, indexUid);
        }
    }
    return Done {};
}

MaybeFilter joined(std::vector<FilterNode> parts, FilterNode::Kind kind)
{
    if (parts.empty())
        return std::nullopt;
    if (parts.size() == 1)
        return std::move(parts[0]);
    FilterNode node;
    node.kind = kind;
    node.children = std::move(parts);
    return node;
}

ApiResult<MaybeFilter> parseAny(const json::Value &array, std::string_view code)
{
    std::vector<FilterNode> ors;
    for (const json::Value item : array.items()) {
        auto part = parseFilterText(item.toString(), code);
        if (!part)
            return part;
        if (part->has_value())
            ors.push_back(std::move(**part));
    }
    return joined(std::move(ors), FilterNode::Kind::Or);
}

ApiResult<MaybeFilter> parseArray(const json::Value &array, std::string_view code)
{
    std::vector<FilterNode> ands;
    for (const json::Value item : array.items()) {
        auto part = item.isString() ? parseFilterText(item.toString(), code) : parseAny(item, code);
        if (!part)
            return part;
        if (part->has_value())
            ands.push_back(std::move(**part));
    }
    return joined(std::move(ands), FilterNode::Kind::And);
}

template <typename Predicate>
const FilterNode *findNode(const FilterNode &node, const Predicate &predicate)
{
    if (predicate(node))
        return &node;
    for (const FilterNode &child : node.children) {
        if (const FilterNode *found = findNode(child, predicate))
            return found;
    }
    return nullptr;
}

void appendJoined(std::string &out, const FilterNode &node, std::string_view between);

void appendNumbers(std::string &out, const FilterNode &node, std::size_t groupSize)
{
    for (std::size_t i = 0; i < node.values.size(); ++i) {
        if (i > 0)
            out += ", ";
        if (groupSize > 1 && i % groupSize == 0)
            out += "[";
        out += node.values[i].value;
        if (groupSize > 1 && i % groupSize == groupSize - 1)
            out += "]";
    }
    out += ")";
}

void appendCompare(std::string &out, const FilterNode &node)
{
    out += json::quoted(node.attribute.value);
    out += ' ';
    if (node.op == FilterOp::Between) {
        out += json::quoted(node.values[0].value) + " TO " + json::quoted(node.values[1].value);
        return;
    }
    out += filterOpText(node.op);
    if (!node.values.empty())
        out += " " + json::quoted(node.values[0].value);
}

void appendIn(std::string &out, const FilterNode &node)
{
    out += json::quoted(node.attribute.value) + " IN [";
    for (std::size_t i = 0; i < node.values.size(); ++i) {
        if (i > 0)
            out += ", ";
        out += json::quoted(node.values[i].value);
    }
    out += "]";
}

void appendVectors(std::string &out, const FilterNode &node)
{
    out += "_vectors";
    if (!node.values.empty())
        out += "." + json::quoted(node.values[0].value);
    switch (node.vectorPart) {
    case FilterNode::VectorPart::Any:
        break;
    case FilterNode::VectorPart::Fragment:
        out += ".fragments." + json::quoted(node.values[1].value);
        break;
    case FilterNode::VectorPart::DocumentTemplate:
        out += ".documentTemplate";
        break;
    case FilterNode::VectorPart::UserProvided:
        out += ".userProvided";
        break;
    case FilterNode::VectorPart::Regenerate:
        out += ".regenerate";
        break;
    }
    out += " EXISTS";
}

void appendNode(std::string &out, const FilterNode &node)
{
    switch (node.kind) {
    case FilterNode::Kind::And:
        appendJoined(out, node, " AND ");
        break;
    case FilterNode::Kind::Or:
        appendJoined(out, node, " OR ");
        break;
    case FilterNode::Kind::Not:
        out += "NOT (";
        appendNode(out, node.children[0]);
        out += ")";
        break;
    case FilterNode::Kind::Compare:
        appendCompare(out, node);
        break;
    case FilterNode::Kind::In:
        appendIn(out, node);
        break;
    case FilterNode::Kind::VectorExists:
        appendVectors(out, node);
        break;
    case FilterNode::Kind::GeoRadius:
        out += "_geoRadius(";
        appendNumbers(out, node, 1);
        break;
    case FilterNode::Kind::GeoBoundingBox:
        out += "_geoBoundingBox(";
        appendNumbers(out, node, 2);
        break;
    case FilterNode::Kind::GeoPolygon:
        out += "_geoPolygon(";
        appendNumbers(out, node, 2);
        break;
    case FilterNode::Kind::Foreign:
        out += "_foreign(" + json::quoted(node.attribute.value) + ", ";
        appendNode(out, node.children[0]);
        out += ")";
        break;
    }
}

void appendJoined(std::string &out, const FilterNode &node, std::string_view between)
{
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0)
            out += between;
        out += "(";
        appendNode(out, node.children[i]);
        out += ")";
    }
}

/// The members of a filter as they stand inside an array.
std::string members(std::string_view filterJson)
{
    std::size_t begin = filterJson.find_first_not_of(" \t\r\n");
    std::size_t end = filterJson.find_last_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    if (filterJson[begin] != '[')
        return std::string(filterJson.substr(begin, end - begin + 1));
    begin = filterJson.find_first_not_of(" \t\r\n", begin + 1);
    end = filterJson.find_last_not_of(" \t\r\n", end - 1);
    return begin > end ? std::string {} : std::string(filterJson.substr(begin, end - begin + 1));
}

} // namespace

std::string_view filterOpText(FilterOp op)
{
    switch (op) {
    case FilterOp::Equal:
        return "=";
    case FilterOp::NotEqual:
        return "!=";
    case FilterOp::Greater:
        return ">";
    case FilterOp::GreaterOrEqual:
        return ">=";
    case FilterOp::Less:
        return "<";
    case FilterOp::LessOrEqual:
        return "<=";
    case FilterOp::Between:
        return "TO";
    case FilterOp::Null:
        return "IS NULL";
    case FilterOp::Empty:
        return "IS EMPTY";
    case FilterOp::Exists:
        return "EXISTS";
    case FilterOp::Contains:
        return "CONTAINS";
    case FilterOp::StartsWith:
        return "STARTS WITH";
    }
    return {};
}

ApiResult<MaybeFilter> parseFilterText(std::string_view text, std::string_view code)
{
    if (isBlank(text))
        return MaybeFilter {};
    FilterParser parser(text);
    FilterNode node;
    if (parser.parse(node) != FilterStep::Ok)
        return refuse(code, parser.message());
    return MaybeFilter {std::move(node)};
}

ApiResult<MaybeFilter> parseFilter(const json::Value &filter, std::string_view code, std::string_view indexUid)
{
    if (filter.isString()) {
        auto parsed = parseFilterText(filter.toString(), code);
        if (!parsed)
            return refuse(code, inIndex(indexUid, parsed.error().message));
        return parsed;
    }
    if (!filter.isArray())
        return wrongForm("String, Array", filter, code, indexUid);
    if (auto s = checkArrayForm(filter, code, indexUid); !s)
        return s.err();
    return parseArray(filter, code);
}

ApiResult<MaybeFilter> parseFilterJson(std::string_view json, std::string_view code, std::string_view indexUid)
{
    const auto doc = json::Document::parse(json);
    MIROIR_ASSERT(doc.ok());
    return parseFilter(doc->root(), code, indexUid);
}

ApiStatus checkFilterFeatures(const FilterNode &filter, const Features &features, std::string_view code,
                              std::string_view indexUid)
{
    const auto gated = [&](const FilterToken &token, const ApiStatus &status) {
        return refuse("feature_not_enabled", inIndex(indexUid, atToken(token, status.error().message)));
    };
    const FilterNode *found = findNode(filter, [](const FilterNode &node) {
        return node.kind == FilterNode::Kind::Compare && node.op == FilterOp::Contains;
    });
    if (found != nullptr) {
        if (auto s = checkFeature(features, Feature::ContainsFilter, "Using `CONTAINS` in a filter"); !s)
            return gated(found->keyword, s);
    }
    const FilterNode *foreign =
        findNode(filter, [](const FilterNode &node) { return node.kind == FilterNode::Kind::Foreign; });
    if (foreign != nullptr) {
        if (auto s = checkFeature(features, Feature::ForeignKeys, "using a foreign filter"); !s)
            return gated(foreign->attribute, s);
    }
    found = findNode(filter, [](const FilterNode &node) { return node.attribute.value == "_shard"; });
    if (found != nullptr) {
        if (auto s = checkFeature(features, Feature::Network, "using a shard filter"); !s)
            return gated(found->attribute, s);
    }
    found = findNode(filter, [](const FilterNode &node) { return node.kind == FilterNode::Kind::VectorExists; });
    if (found != nullptr) {
        if (auto s = checkFeature(features, Feature::Multimodal, "using a vector filter"); !s)
            return gated(found->attribute, s);
    }
    if (foreign != nullptr) {
        const char *sentence = "Filter condition `_foreign` is not supported for this endpoint.";
        return refuse(code, inIndex(indexUid, atToken(foreign->attribute, sentence)));
    }
    return Done {};
}

std::string filterText(const FilterNode &filter)
{
    std::string out;
    appendNode(out, filter);
    return out;
}

FilterNode renumbered(const FilterNode &filter)
{
    auto parsed = parseFilterText(filterText(filter), "invalid_search_filter");
    // the added parentheses may exceed the depth that the parser allows; then the places stay those of the client's
    // text
    if (!parsed || !parsed->has_value())
        return filter;
    return std::move(**parsed);
}

std::string fuseFilters(std::string_view leftJson, std::string_view rightJson)
{
    const std::string left = members(leftJson);
    const std::string right = members(rightJson);
    return "[" + left + (left.empty() || right.empty() ? "" : ",") + right + "]";
}

void visitFilterAttributes(const FilterNode &filter, const std::function<void(const FilterToken &)> &visit)
{
    using Kind = FilterNode::Kind;
    if (filter.kind == Kind::Compare || filter.kind == Kind::In || filter.kind == Kind::Foreign)
        visit(filter.attribute);
    for (const FilterNode &child : filter.children)
        visitFilterAttributes(child, visit);
}

bool anyFilterAttribute(const FilterNode &filter, const std::function<bool(std::string_view)> &predicate)
{
    bool found = false;
    visitFilterAttributes(filter, [&](const FilterToken &token) { found = found || predicate(token.value); });
    return found;
}

std::string atToken(const FilterToken &token, std::string_view message)
{
    return std::string(message) + "\n" + std::to_string(token.column) + ":"
        + std::to_string(token.column + token.width) + " " + (token.source ? *token.source : std::string {});
}

} // namespace miroir::protocol
