// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Filter.h"

/// The grammar of one filter expression. Private to the module: use parseFilter().
namespace miroir::protocol {

/// What a parser step came to. As in Meilisearch's parser an Error lets another alternative try, a Failure ends.
enum class FilterStep : std::uint8_t { Ok, Error, Failure, Incomplete };

enum class FilterProblem : std::uint8_t {
    Foreign,
    ReservedGeo, ///< text: the name
    GeoRadius,
    GeoRadiusArgumentCount, ///< number
    GeoBoundingBox,
    GeoPolygon,
    GeoPolygonNotEnoughPoints, ///< number
    GeoCoordinatesNotPair, ///< number
    MisusedGeoRadius,
    MisusedGeoBoundingBox,
    VectorLeftover,
    VectorInvalidQuotes,
    VectorMissingEmbedder,
    VectorInvalidEmbedder,
    VectorMissingFragment,
    VectorInvalidFragment,
    VectorUnknownSuffix, ///< text: the value, previous: the kind before it
    VectorOperation,
    InvalidPrimary,
    InvalidEscapedNumber,
    ExpectedEof,
    Incomplete,
    ExpectedValue,
    ExpectedValueReserved,
    MalformedValue,
    InOpeningBracket,
    InClosingBracket,
    InExpectedValue,
    MissingClosingDelimiter, ///< character
    Character, ///< character; never shown
    Other, ///< some word was expected; never shown
    DepthLimit,
};

struct FilterError {
    FilterProblem problem = FilterProblem::Other;
    std::size_t begin = 0; ///< the offending part of the expression
    std::size_t size = 0;
    std::size_t number = 0;
    char character = 0;
    std::string text;
    std::string previous;
    std::string_view shown; ///< the text behind the position
};

class FilterParser
{
public:
    explicit FilterParser(std::string_view text);
    /// The whole expression; on anything but Ok error() tells why.
    FilterStep parse(FilterNode &out);
    [[nodiscard]] std::string message() const; ///< of the error, with its position

private:
    struct Slice {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    // each consumes from m_at on Ok and leaves m_at where it was otherwise
    FilterStep parseOr(FilterNode &out, int depth);
    FilterStep parseAnd(FilterNode &out, int depth);
    FilterStep parseNot(FilterNode &out, int depth);
    FilterStep parsePrimary(FilterNode &out, int depth);
    FilterStep parseParenthesis(FilterNode &out, int depth);
    FilterStep parseAfterValue(FilterNode &out, std::size_t begin, FilterToken attribute, int depth);
    FilterStep parseIn(FilterNode &out, const FilterToken &attribute);
    FilterStep parseInBody(std::vector<FilterToken> &out);
    FilterStep parseValueList(std::vector<FilterToken> &out);
    FilterStep parseComparison(FilterNode &out, const FilterToken &attribute);
    FilterStep parseState(FilterNode &out, const FilterToken &attribute);
    FilterStep parseBetween(FilterNode &out, const FilterToken &attribute);
    FilterStep parseTextOperator(FilterNode &out, const FilterToken &attribute);
    FilterStep parseForeign(FilterNode &out, int depth);
    FilterStep parseVectors(FilterNode &out);
    FilterStep parseVectorPath(FilterNode &out);
    FilterStep refuseVectorSuffix(FilterNode::VectorPart part);
    FilterStep parseVectorValue(FilterToken &out, Slice &slice);
    FilterStep parseVectorValueCut(FilterToken &out, FilterProblem problem);
    FilterStep parseGeo(FilterNode &out);
    FilterStep parseGeoRadius(FilterNode &out);
    FilterStep parseGeoPairs(FilterNode &out, bool polygon);
    FilterStep parseGroups(std::vector<std::vector<Slice>> &out, bool trailingComma);
    FilterStep parseGroup(std::vector<Slice> &out);
    FilterStep parseFloats(std::vector<Slice> &out);
    FilterStep parseFloatList(std::vector<Slice> &out, char open, char close);
    FilterStep parseFloat(Slice &out);
    FilterStep geoFailure(FilterStep step, FilterProblem problem);

    FilterStep parseValue(FilterToken &out);
    FilterStep parseRawValue(FilterToken &out);
    FilterStep parseQuoted(Slice &out, bool &escaped);
    /// Token of the slice with quotes and escapes removed; whatBegin is where errors point to.
    FilterStep unescapeInto(FilterToken &out, Slice slice, char quote, bool escaped);
    FilterStep refuseGeoValue();

    bool word(std::string_view expected); ///< the longest word here is exactly this one
    bool tag(std::string_view expected);
    bool skipSpace(); ///< true when there was some
    [[nodiscard]] std::string_view peekWord() const;
    [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }
    FilterStep stop(FilterStep step, FilterProblem problem, std::size_t begin,
                    std::size_t size = std::string_view::npos);
    FilterStep error(FilterProblem problem) { return stop(FilterStep::Error, problem, m_at); }
    FilterStep failure(FilterProblem problem) { return stop(FilterStep::Failure, problem, m_at); }
    bool take(char expected);
    FilterToken token(Slice slice);
    std::size_t columnOf(std::size_t offset);
    /// An Error becomes a Failure: no other alternative shall try.
    static FilterStep cut(FilterStep step) { return step == FilterStep::Error ? FilterStep::Failure : step; }

    std::string_view m_text;
    std::string_view m_shown; ///< what errors show: the expression, inside _foreign its part
    std::shared_ptr<const std::string> m_source;
    std::size_t m_at = 0;
    FilterError m_error;
    // Tokens come mostly in rising order: the last place is kept, so that columns cost one pass over the text.
    std::size_t m_columnOffset = 0;
    std::size_t m_column = 1;
};

} // namespace miroir::protocol
