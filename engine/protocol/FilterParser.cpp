// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FilterParser.h"

#include "protocol/FilterText.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

// How deep the parser goes into itself before it refuses; a parenthesis costs four levels.
constexpr int maxDepth = 150;

bool isMultispace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

FilterNode compare(const FilterToken &attribute, FilterOp op, std::vector<FilterToken> values = {})
{
    FilterNode node;
    node.kind = FilterNode::Kind::Compare;
    node.op = op;
    node.attribute = attribute;
    node.values = std::move(values);
    return node;
}

FilterNode negated(FilterNode child)
{
    FilterNode node;
    node.kind = FilterNode::Kind::Not;
    node.children.push_back(std::move(child));
    return node;
}

} // namespace

FilterParser::FilterParser(std::string_view text) : m_source(std::make_shared<const std::string>(text))
{
    m_text = *m_source;
    m_shown = m_text;
}

FilterStep FilterParser::parse(FilterNode &out)
{
    const FilterStep step = parseOr(out, 0);
    if (step == FilterStep::Incomplete) {
        // a cut-off escape is reported for the whole expression
        m_shown = m_text;
        return stop(step, FilterProblem::Incomplete, 0);
    }
    if (step == FilterStep::Ok && m_at < m_text.size())
        return error(FilterProblem::ExpectedEof);
    return step;
}

FilterStep FilterParser::stop(FilterStep step, FilterProblem problem, std::size_t begin, std::size_t size)
{
    m_error = {};
    m_error.problem = problem;
    m_error.begin = begin;
    m_error.size = std::min(size, m_text.size() - begin);
    m_error.shown = m_shown;
    return step;
}

bool FilterParser::skipSpace()
{
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && isMultispace(m_text[m_at]))
        ++m_at;
    return m_at > begin;
}

std::string_view FilterParser::peekWord() const
{
    std::size_t end = m_at;
    while (end < m_text.size()) {
        std::size_t next = end;
        if (!isFilterWordPart(nextCodePoint(m_text, next)))
            break;
        end = next;
    }
    return m_text.substr(m_at, end - m_at);
}

bool FilterParser::word(std::string_view expected)
{
    // most positions hold something else: compare before the whole word is measured
    if (!rest().starts_with(expected) || peekWord().size() != expected.size())
        return false;
    m_at += expected.size();
    return true;
}

bool FilterParser::tag(std::string_view expected)
{
    if (!rest().starts_with(expected))
        return false;
    m_at += expected.size();
    return true;
}

bool FilterParser::take(char expected)
{
    return tag(std::string_view(&expected, 1));
}

std::size_t FilterParser::columnOf(std::size_t offset)
{
    if (offset < m_columnOffset) {
        m_columnOffset = 0;
        m_column = 1;
    }
    const std::string_view between = m_text.substr(m_columnOffset, offset - m_columnOffset);
    const std::size_t line = between.rfind('\n');
    if (line == std::string_view::npos)
        m_column += characterCount(between);
    else
        m_column = 1 + characterCount(between.substr(line + 1));
    m_columnOffset = offset;
    return m_column;
}

FilterToken FilterParser::token(Slice slice)
{
    FilterToken out;
    const std::string_view text = m_text.substr(slice.begin, slice.size);
    out.value = text;
    out.column = static_cast<std::uint32_t>(columnOf(slice.begin));
    out.width = static_cast<std::uint32_t>(characterCount(text));
    out.source = m_source;
    return out;
}

FilterStep FilterParser::parseOr(FilterNode &out, int depth)
{
    if (depth > maxDepth)
        return error(FilterProblem::DepthLimit);
    std::vector<FilterNode> parts(1);
    FilterStep step = parseAnd(parts[0], depth + 1);
    if (step != FilterStep::Ok)
        return step;
    for (;;) {
        const std::size_t before = m_at;
        skipSpace();
        if (!word("OR")) {
            m_at = before;
            break;
        }
        skipSpace();
        step = cut(parseAnd(parts.emplace_back(), depth + 1));
        if (step != FilterStep::Ok)
            return step;
    }
    if (parts.size() == 1) {
        out = std::move(parts[0]);
    } else {
        out = {};
        out.kind = FilterNode::Kind::Or;
        out.children = std::move(parts);
    }
    return FilterStep::Ok;
}

FilterStep FilterParser::parseAnd(FilterNode &out, int depth)
{
    if (depth > maxDepth)
        return error(FilterProblem::DepthLimit);
    std::vector<FilterNode> parts(1);
    FilterStep step = parseNot(parts[0], depth + 1);
    if (step != FilterStep::Ok)
        return step;
    for (;;) {
        const std::size_t before = m_at;
        skipSpace();
        if (!word("AND")) {
            m_at = before;
            break;
        }
        skipSpace();
        step = cut(parseNot(parts.emplace_back(), depth + 1));
        if (step != FilterStep::Ok)
            return step;
    }
    if (parts.size() == 1) {
        out = std::move(parts[0]);
    } else {
        out = {};
        out.kind = FilterNode::Kind::And;
        out.children = std::move(parts);
    }
    return FilterStep::Ok;
}

FilterStep FilterParser::parseNot(FilterNode &out, int depth)
{
    if (depth > maxDepth)
        return error(FilterProblem::DepthLimit);
    const std::size_t begin = m_at;
    skipSpace();
    if (!word("NOT")) {
        m_at = begin;
        return parsePrimary(out, depth + 1);
    }
    skipSpace();
    FilterNode child;
    const FilterStep step = cut(parseNot(child, depth + 1));
    if (step != FilterStep::Ok)
        return step;
    // two negations, also those hidden in `NOT IN` or `IS NOT NULL`, are none
    if (child.kind == FilterNode::Kind::Not) {
        FilterNode inner = std::move(child.children[0]);
        out = std::move(inner);
    } else {
        out = negated(std::move(child));
    }
    return FilterStep::Ok;
}

FilterStep FilterParser::parsePrimary(FilterNode &out, int depth)
{
    if (depth > maxDepth)
        return error(FilterProblem::DepthLimit);
    const std::size_t begin = m_at;
    FilterStep step = parseParenthesis(out, depth);
    if (step != FilterStep::Error)
        return step;
    step = parseGeo(out);
    if (step != FilterStep::Error)
        return step;
    FilterToken attribute;
    step = parseValue(attribute);
    if (step == FilterStep::Ok)
        step = parseAfterValue(out, begin, std::move(attribute), depth);
    else if (step == FilterStep::Error && m_error.problem == FilterProblem::ExpectedValueReserved)
        step = FilterStep::Failure;
    if (step != FilterStep::Error)
        return step;
    m_at = begin;
    return error(FilterProblem::InvalidPrimary);
}

FilterStep FilterParser::parseParenthesis(FilterNode &out, int depth)
{
    const std::size_t begin = m_at;
    skipSpace();
    if (!take('(')) {
        m_at = begin;
        return error(FilterProblem::Other);
    }
    skipSpace();
    const FilterStep step = cut(parseOr(out, depth + 1));
    if (step != FilterStep::Ok)
        return step;
    skipSpace();
    if (!take(')')) {
        stop(FilterStep::Failure, FilterProblem::MissingClosingDelimiter, begin);
        m_error.character = ')';
        return FilterStep::Failure;
    }
    skipSpace();
    return FilterStep::Ok;
}

/// The alternatives that begin with a value, in the order in which a node tries them.
FilterStep FilterParser::parseAfterValue(FilterNode &out, std::size_t begin, FilterToken attribute, int depth)
{
    const std::size_t behind = m_at;
    const auto tried = [&](FilterStep step) {
        if (step == FilterStep::Error)
            m_at = behind;
        return step != FilterStep::Error;
    };
    FilterStep step = parseIn(out, attribute);
    if (tried(step))
        return step;
    step = parseComparison(out, attribute);
    if (tried(step))
        return step;
    step = parseState(out, attribute);
    if (tried(step))
        return step;
    m_at = begin;
    step = parseVectors(out);
    if (tried(step))
        return step;
    if (tag("EXISTS")) {
        out = compare(attribute, FilterOp::Exists);
        return FilterStep::Ok;
    }
    if (tag("NOT") && skipSpace() && tag("EXISTS")) {
        out = negated(compare(attribute, FilterOp::Exists));
        return FilterStep::Ok;
    }
    m_at = behind;
    step = parseBetween(out, attribute);
    if (tried(step))
        return step;
    step = parseTextOperator(out, attribute);
    if (tried(step))
        return step;
    m_at = begin;
    return parseForeign(out, depth);
}

FilterStep FilterParser::parseIn(FilterNode &out, const FilterToken &attribute)
{
    const std::size_t begin = m_at;
    FilterNode node;
    node.kind = FilterNode::Kind::In;
    FilterStep step = parseInBody(node.values);
    bool negative = false;
    if (step == FilterStep::Error) {
        m_at = begin;
        negative = word("NOT");
        if (!negative)
            return error(FilterProblem::Other);
        step = parseInBody(node.values);
    }
    if (step != FilterStep::Ok)
        return step;
    node.attribute = attribute;
    out = negative ? negated(std::move(node)) : std::move(node);
    return FilterStep::Ok;
}

FilterStep FilterParser::parseInBody(std::vector<FilterToken> &out)
{
    skipSpace();
    if (!word("IN"))
        return error(FilterProblem::Other);
    skipSpace();
    if (!take('['))
        return failure(FilterProblem::InOpeningBracket);
    const FilterStep step = cut(parseValueList(out));
    if (step != FilterStep::Ok)
        return step;
    const std::size_t listEnd = m_at;
    skipSpace();
    if (!take(']')) {
        const bool ended = listEnd == m_text.size();
        return stop(FilterStep::Failure, ended ? FilterProblem::InClosingBracket : FilterProblem::InExpectedValue,
                    listEnd);
    }
    skipSpace();
    return FilterStep::Ok;
}

FilterStep FilterParser::parseValueList(std::vector<FilterToken> &out)
{
    FilterToken value;
    FilterStep step = parseValue(value);
    if (step == FilterStep::Error)
        return FilterStep::Ok; // an empty list
    while (step == FilterStep::Ok) {
        // values of a list never stand in a message by themselves
        out.push_back({std::move(value.value), 0, 0, nullptr});
        const std::size_t before = m_at;
        skipSpace();
        if (!take(',')) {
            m_at = before;
            return FilterStep::Ok;
        }
        skipSpace();
        step = parseValue(value);
        if (step == FilterStep::Error)
            return FilterStep::Ok; // the comma closed the list
    }
    return step;
}

FilterStep FilterParser::parseComparison(FilterNode &out, const FilterToken &attribute)
{
    static constexpr std::pair<std::string_view, FilterOp> operators[] = {
        {"<=", FilterOp::LessOrEqual}, {">=", FilterOp::GreaterOrEqual}, {"!=", FilterOp::NotEqual},
        {"<", FilterOp::Less},         {">", FilterOp::Greater},         {"=", FilterOp::Equal}};
    for (const auto &[text, op] : operators) {
        if (!tag(text))
            continue;
        std::vector<FilterToken> values(1);
        const FilterStep step = cut(parseValue(values[0]));
        if (step == FilterStep::Ok)
            out = compare(attribute, op, std::move(values));
        return step;
    }
    return error(FilterProblem::Other);
}

/// IS [NOT] NULL, IS [NOT] EMPTY
FilterStep FilterParser::parseState(FilterNode &out, const FilterToken &attribute)
{
    if (!tag("IS") || !skipSpace())
        return error(FilterProblem::Other);
    const std::size_t behind = m_at;
    const bool negative = tag("NOT") && skipSpace();
    if (!negative)
        m_at = behind;
    FilterOp op = FilterOp::Null;
    if (tag("EMPTY"))
        op = FilterOp::Empty;
    else if (!tag("NULL"))
        return error(FilterProblem::Other);
    out = negative ? negated(compare(attribute, op)) : compare(attribute, op);
    return FilterStep::Ok;
}

FilterStep FilterParser::parseBetween(FilterNode &out, const FilterToken &attribute)
{
    std::vector<FilterToken> values(2);
    FilterStep step = parseValue(values[0]);
    if (step != FilterStep::Ok)
        return step;
    if (!tag("TO") || !skipSpace())
        return error(FilterProblem::Other);
    step = cut(parseValue(values[1]));
    if (step == FilterStep::Ok)
        out = compare(attribute, FilterOp::Between, std::move(values));
    return step;
}

/// [NOT] CONTAINS, [NOT] STARTS WITH
FilterStep FilterParser::parseTextOperator(FilterNode &out, const FilterToken &attribute)
{
    const std::size_t behind = m_at;
    const bool negative = tag("NOT") && skipSpace();
    if (!negative)
        m_at = behind;
    const std::size_t keyword = m_at;
    FilterOp op = FilterOp::Contains;
    if (tag("STARTS WITH"))
        op = FilterOp::StartsWith;
    else if (!tag("CONTAINS"))
        return error(FilterProblem::Other);
    FilterToken keywordToken = token({keyword, m_at - keyword});
    std::vector<FilterToken> values(1);
    const FilterStep step = cut(parseValue(values[0]));
    if (step != FilterStep::Ok)
        return step;
    FilterNode node = compare(attribute, op, std::move(values));
    node.keyword = std::move(keywordToken);
    out = negative ? negated(std::move(node)) : std::move(node);
    return FilterStep::Ok;
}

FilterStep FilterParser::parseForeign(FilterNode &out, int depth)
{
    const std::string_view shownBefore = m_shown;
    const std::size_t begin = m_at;
    skipSpace();
    if (!word("_foreign"))
        return error(FilterProblem::Other);
    // inside, positions are followed by the part of the expression that starts here
    m_shown = m_text.substr(begin);
    FilterNode node;
    node.kind = FilterNode::Kind::Foreign;
    node.children.resize(1);
    const auto inner = [&]() -> FilterStep {
        if (!take('('))
            return error(FilterProblem::Other);
        skipSpace();
        FilterStep step = parseValue(node.attribute);
        if (step != FilterStep::Ok)
            return step;
        skipSpace();
        if (!take(','))
            return error(FilterProblem::Other);
        skipSpace();
        step = parseOr(node.children[0], depth);
        if (step != FilterStep::Ok)
            return step;
        skipSpace();
        return take(')') ? FilterStep::Ok : error(FilterProblem::Other);
    };
    const FilterStep step = inner();
    m_shown = shownBefore;
    if (step == FilterStep::Error || step == FilterStep::Failure) {
        m_error.problem = FilterProblem::Foreign;
        return FilterStep::Failure;
    }
    if (step == FilterStep::Ok)
        out = std::move(node);
    return step;
}

} // namespace miroir::protocol
