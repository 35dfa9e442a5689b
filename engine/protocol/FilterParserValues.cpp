// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FilterParser.h"
#include "protocol/FilterText.h"

// Words, quoted values, vector paths and geo shapes of filter expressions.
namespace miroir::protocol {

namespace {

bool isSyntax(char32_t c)
{
    return isUnicodeSpace(c) || c == U'(' || c == U')' || c == U'=' || c == U'<' || c == U'>' || c == U'!';
}

bool isReservedWord(std::string_view word)
{
    static constexpr std::string_view words[] = {
        "AND",  "OR",    "IN",       "NOT",    "TO",   "EXISTS",     "IS",
        "NULL", "EMPTY", "CONTAINS", "STARTS", "WITH", "_geoRadius", "_geoBoundingBox"};
    for (const std::string_view reserved : words) {
        if (word == reserved)
            return true;
    }
    return false;
}

bool isDigit(std::string_view text, std::size_t at)
{
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

bool isOneOf(std::string_view text, std::size_t at, std::string_view characters)
{
    return at < text.size() && characters.find(text[at]) != std::string_view::npos;
}

} // namespace

FilterStep FilterParser::parseValue(FilterToken &out)
{
    const std::size_t begin = m_at;
    while (m_at < m_text.size()) {
        std::size_t next = m_at;
        if (!isUnicodeSpace(nextCodePoint(m_text, next)))
            break;
        m_at = next;
    }
    FilterStep step = refuseGeoValue();
    if (step == FilterStep::Ok)
        step = parseRawValue(out);
    if (step != FilterStep::Ok)
        m_at = begin;
    return step;
}

/// Geo expressions where a value should stand.
FilterStep FilterParser::refuseGeoValue()
{
    if (!rest().starts_with("_geo"))
        return FilterStep::Ok;
    std::string_view reserved;
    if (rest().starts_with("_geoPoint"))
        reserved = "_geoPoint";
    else if (rest().starts_with("_geoDistance"))
        reserved = "_geoDistance";
    else if (peekWord() == "_geo")
        reserved = "_geo";
    if (!reserved.empty()) {
        failure(FilterProblem::ReservedGeo);
        m_error.text = reserved;
        return FilterStep::Failure;
    }
    if (peekWord() == "_geoRadius")
        return failure(FilterProblem::MisusedGeoRadius);
    if (peekWord() == "_geoBoundingBox")
        return failure(FilterProblem::MisusedGeoBoundingBox);
    return FilterStep::Ok;
}

FilterStep FilterParser::parseRawValue(FilterToken &out)
{
    const std::size_t begin = m_at;
    Slice slice;
    bool escaped = false;
    char quote = 0;
    if (isOneOf(m_text, m_at, "'\"")) {
        quote = m_text[m_at];
        const FilterStep step = parseQuoted(slice, escaped);
        if (step != FilterStep::Ok) {
            if (m_error.problem == FilterProblem::Character) {
                stop(FilterStep::Failure, FilterProblem::MissingClosingDelimiter, begin);
                m_error.character = quote;
            }
            return step;
        }
    } else {
        const std::string_view found = peekWord();
        const bool reserved = isReservedWord(found);
        if (found.empty() || reserved) {
            std::size_t end = begin;
            for (std::size_t next = begin; end < m_text.size(); end = next) {
                if (isSyntax(nextCodePoint(m_text, next)))
                    break;
            }
            return stop(FilterStep::Error,
                        reserved ? FilterProblem::ExpectedValueReserved : FilterProblem::ExpectedValue, begin,
                        end - begin);
        }
        slice = {begin, found.size()};
        m_at += found.size();
    }
    skipSpace();
    return unescapeInto(out, slice, quote, escaped);
}

/// The text between two quotes, without them. A missing quote is the problem Character.
FilterStep FilterParser::parseQuoted(Slice &out, bool &escaped)
{
    const char quote = m_text[m_at++];
    const std::size_t begin = m_at;
    escaped = false;
    for (std::size_t i = begin; i < m_text.size(); ++i) {
        if (m_text[i] == quote) {
            out = {begin, i - begin};
            m_at = i + 1;
            return FilterStep::Ok;
        }
        if (m_text[i] == '\\') {
            if (++i >= m_text.size())
                return stop(FilterStep::Failure, FilterProblem::MalformedValue, begin);
            escaped = escaped || m_text[i] == quote;
        }
    }
    stop(FilterStep::Failure, FilterProblem::Character, m_text.size());
    m_error.character = quote;
    return FilterStep::Failure;
}

FilterStep FilterParser::unescapeInto(FilterToken &out, Slice slice, char quote, bool escaped)
{
    out = token(slice);
    if (out.value.find('\\') == std::string::npos)
        return FilterStep::Ok;
    if (escaped) {
        // escaped quotes first and then everything else, as a node does: `\\\"` loses more than it should, on
        // purpose
        std::string unquoted;
        for (std::size_t i = 0; i < out.value.size(); ++i) {
            if (out.value[i] == '\\' && i + 1 < out.value.size() && out.value[i + 1] == quote)
                continue;
            unquoted.push_back(out.value[i]);
        }
        out.value = std::move(unquoted);
    }
    std::string plain;
    switch (unescape(out.value, plain)) {
    case Unescaped::Incomplete:
        return FilterStep::Incomplete;
    case Unescaped::BadNumber:
        return stop(FilterStep::Error, FilterProblem::InvalidEscapedNumber, slice.begin, slice.size);
    case Unescaped::BadCharacter:
        return stop(FilterStep::Error, FilterProblem::MalformedValue, slice.begin, slice.size);
    case Unescaped::Ok:
        break;
    }
    out.value = std::move(plain);
    return FilterStep::Ok;
}

FilterStep FilterParser::parseVectors(FilterNode &out)
{
    skipSpace();
    const std::size_t begin = m_at;
    if (!tag("_vectors"))
        return error(FilterProblem::Other);
    FilterNode node;
    node.kind = FilterNode::Kind::VectorExists;
    node.attribute = token({begin, m_at - begin});
    if (!skipSpace()) {
        const FilterStep step = parseVectorPath(node);
        if (step != FilterStep::Ok)
            return step;
    }
    bool negative = false;
    if (!tag("EXISTS")) {
        const std::size_t behind = m_at;
        negative = tag("NOT") && skipSpace() && tag("EXISTS");
        if (!negative)
            return stop(FilterStep::Failure, FilterProblem::VectorOperation, behind);
    }
    if (negative) {
        out = {};
        out.kind = FilterNode::Kind::Not;
        out.children.push_back(std::move(node));
    } else {
        out = std::move(node);
    }
    return FilterStep::Ok;
}

/// .embedder[.fragments.name | .userProvided | .documentTemplate | .regenerate] and space
FilterStep FilterParser::parseVectorPath(FilterNode &out)
{
    if (!take('.'))
        return error(FilterProblem::Other);
    if (isOneOf(m_text, m_at, " "))
        return stop(FilterStep::Failure, FilterProblem::VectorMissingEmbedder, m_at, 1);
    FilterStep step = parseVectorValueCut(out.values.emplace_back(), FilterProblem::VectorInvalidEmbedder);
    if (step != FilterStep::Ok)
        return step;
    if (tag(".fragments")) {
        if (!take('.'))
            return failure(FilterProblem::VectorMissingFragment);
        out.vectorPart = FilterNode::VectorPart::Fragment;
        step = parseVectorValueCut(out.values.emplace_back(), FilterProblem::VectorInvalidFragment);
        if (step != FilterStep::Ok)
            return step;
    } else if (tag(".userProvided")) {
        out.vectorPart = FilterNode::VectorPart::UserProvided;
    } else if (tag(".documentTemplate")) {
        out.vectorPart = FilterNode::VectorPart::DocumentTemplate;
    } else if (tag(".regenerate")) {
        out.vectorPart = FilterNode::VectorPart::Regenerate;
    }
    if (isOneOf(m_text, m_at, "."))
        return refuseVectorSuffix(out.vectorPart);
    return skipSpace() ? FilterStep::Ok : failure(FilterProblem::VectorLeftover);
}

FilterStep FilterParser::refuseVectorSuffix(FilterNode::VectorPart part)
{
    Slice where {m_at, 1};
    std::string value = ".";
    ++m_at;
    FilterToken suffix;
    Slice slice;
    if (parseVectorValue(suffix, slice) == FilterStep::Ok) {
        where = slice;
        value = std::move(suffix.value);
    }
    stop(FilterStep::Failure, FilterProblem::VectorUnknownSuffix, where.begin, where.size);
    m_error.text = std::move(value);
    switch (part) {
    case FilterNode::VectorPart::Any:
        break;
    case FilterNode::VectorPart::Fragment:
        m_error.previous = "fragments";
        break;
    case FilterNode::VectorPart::DocumentTemplate:
        m_error.previous = "documentTemplate";
        break;
    case FilterNode::VectorPart::UserProvided:
        m_error.previous = "userProvided";
        break;
    case FilterNode::VectorPart::Regenerate:
        m_error.previous = "regenerate";
        break;
    }
    return FilterStep::Failure;
}

/// A quoted text or a word without dots.
FilterStep FilterParser::parseVectorValue(FilterToken &out, Slice &slice)
{
    bool escaped = false;
    char quote = 0;
    if (isOneOf(m_text, m_at, "'\"")) {
        quote = m_text[m_at];
        const FilterStep step = parseQuoted(slice, escaped);
        if (step != FilterStep::Ok)
            return step;
    } else {
        const std::string_view found = peekWord();
        const std::size_t size = std::min(found.find('.'), found.size());
        if (size == 0)
            return error(FilterProblem::Other);
        slice = {m_at, size};
        m_at += size;
    }
    return unescapeInto(out, slice, quote, escaped);
}

FilterStep FilterParser::parseVectorValueCut(FilterToken &out, FilterProblem problem)
{
    const std::size_t begin = m_at;
    Slice slice;
    const FilterStep step = parseVectorValue(out, slice);
    if (step == FilterStep::Ok)
        return step;
    const bool quotes = step == FilterStep::Failure && m_error.problem == FilterProblem::Character;
    return stop(FilterStep::Failure, quotes ? FilterProblem::VectorInvalidQuotes : problem, begin);
}

FilterStep FilterParser::parseGeo(FilterNode &out)
{
    const std::size_t begin = m_at;
    skipSpace();
    FilterStep step = FilterStep::Error;
    if (word("_geoRadius"))
        step = parseGeoRadius(out);
    else if (word("_geoBoundingBox"))
        step = parseGeoPairs(out, false);
    else if (word("_geoPolygon"))
        step = parseGeoPairs(out, true);
    if (step != FilterStep::Ok)
        m_at = begin;
    return step == FilterStep::Error ? error(FilterProblem::Other) : step;
}

/// Whatever was wrong inside, the shape is what the message speaks about; the place stays.
FilterStep FilterParser::geoFailure(FilterStep step, FilterProblem problem)
{
    if (step != FilterStep::Ok)
        m_error.problem = problem;
    return step == FilterStep::Ok ? step : FilterStep::Failure;
}

FilterStep FilterParser::parseGeoRadius(FilterNode &out)
{
    std::vector<Slice> numbers;
    const FilterStep step = geoFailure(parseFloatList(numbers, '(', ')'), FilterProblem::GeoRadius);
    if (step != FilterStep::Ok)
        return step;
    if (numbers.size() < 3 || numbers.size() > 4) {
        failure(FilterProblem::GeoRadiusArgumentCount);
        m_error.number = numbers.size();
        return FilterStep::Failure;
    }
    out = {};
    out.kind = FilterNode::Kind::GeoRadius;
    for (const Slice slice : numbers)
        out.values.push_back(token(slice));
    return FilterStep::Ok;
}

FilterStep FilterParser::parseGeoPairs(FilterNode &out, bool polygon)
{
    const FilterProblem problem = polygon ? FilterProblem::GeoPolygon : FilterProblem::GeoBoundingBox;
    std::vector<std::vector<Slice>> groups;
    const FilterStep step = geoFailure(parseGroups(groups, polygon), problem);
    if (step != FilterStep::Ok)
        return step;
    if (!polygon && groups.size() != 2)
        return failure(problem);
    if (polygon && groups.size() < 3) {
        const Slice last = groups.back().back();
        stop(FilterStep::Failure, FilterProblem::GeoPolygonNotEnoughPoints, last.begin, last.size);
        m_error.number = groups.size();
        return FilterStep::Failure;
    }
    out = {};
    out.kind = polygon ? FilterNode::Kind::GeoPolygon : FilterNode::Kind::GeoBoundingBox;
    for (const std::vector<Slice> &group : groups) {
        if (group.size() != 2) {
            stop(FilterStep::Failure, FilterProblem::GeoCoordinatesNotPair, group[0].begin, group[0].size);
            m_error.number = group.size();
            return FilterStep::Failure;
        }
        for (const Slice slice : group)
            out.values.push_back(token(slice));
    }
    return FilterStep::Ok;
}

/// ([a, b], [c, d]), with a comma before the closing parenthesis if allowed
FilterStep FilterParser::parseGroups(std::vector<std::vector<Slice>> &out, bool trailingComma)
{
    if (!take('('))
        return error(FilterProblem::Character);
    FilterStep step = parseGroup(out.emplace_back());
    while (step == FilterStep::Ok) {
        const std::size_t before = m_at;
        std::vector<Slice> group;
        if (!take(','))
            break;
        step = parseGroup(group);
        if (step == FilterStep::Ok) {
            out.push_back(std::move(group));
        } else if (step == FilterStep::Error) {
            m_at = before;
            step = FilterStep::Ok;
            break;
        }
    }
    if (step != FilterStep::Ok)
        return step;
    if (trailingComma) {
        const std::size_t before = m_at;
        skipSpace();
        if (take(','))
            skipSpace();
        else
            m_at = before;
    }
    return take(')') ? FilterStep::Ok : error(FilterProblem::Character);
}

FilterStep FilterParser::parseGroup(std::vector<Slice> &out)
{
    skipSpace();
    const FilterStep step = parseFloatList(out, '[', ']');
    if (step == FilterStep::Ok)
        skipSpace();
    return step;
}

FilterStep FilterParser::parseFloatList(std::vector<Slice> &out, char open, char close)
{
    if (!take(open))
        return error(FilterProblem::Character);
    const FilterStep step = parseFloats(out);
    if (step != FilterStep::Ok)
        return step;
    return take(close) ? FilterStep::Ok : error(FilterProblem::Character);
}

FilterStep FilterParser::parseFloats(std::vector<Slice> &out)
{
    skipSpace();
    FilterStep step = parseFloat(out.emplace_back());
    while (step == FilterStep::Ok) {
        skipSpace();
        const std::size_t before = m_at;
        if (!take(','))
            return FilterStep::Ok;
        skipSpace();
        Slice slice;
        step = parseFloat(slice);
        if (step == FilterStep::Ok) {
            out.push_back(slice);
        } else if (step == FilterStep::Error) {
            m_at = before;
            return FilterStep::Ok;
        }
    }
    return step;
}

FilterStep FilterParser::parseFloat(Slice &out)
{
    const std::size_t begin = m_at;
    std::size_t at = begin;
    if (isOneOf(m_text, at, "+-"))
        ++at;
    if (isDigit(m_text, at)) {
        while (isDigit(m_text, at))
            ++at;
        if (isOneOf(m_text, at, ".")) {
            ++at;
            while (isDigit(m_text, at))
                ++at;
        }
    } else {
        if (!isOneOf(m_text, at, "."))
            return stop(FilterStep::Error, FilterProblem::Character, at);
        ++at;
        if (!isDigit(m_text, at))
            return stop(FilterStep::Error, FilterProblem::Other, at);
        while (isDigit(m_text, at))
            ++at;
    }
    if (isOneOf(m_text, at, "eE")) {
        ++at;
        if (isOneOf(m_text, at, "+-"))
            ++at;
        if (!isDigit(m_text, at))
            return stop(FilterStep::Failure, FilterProblem::Other, at);
        while (isDigit(m_text, at))
            ++at;
    }
    out = {begin, at - begin};
    m_at = at;
    return FilterStep::Ok;
}

} // namespace miroir::protocol
