// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FilterParser.h"
#include "protocol/FilterText.h"

// The sentences for what is wrong in a filter expression.
namespace miroir::protocol {

namespace {

constexpr std::string_view vectorKinds[] = {"fragments", "userProvided", "documentTemplate", "regenerate"};

std::string primarySentence(std::string_view input)
{
    std::string out =
        "Was expecting an operation `=`, `!=`, `>=`, `>`, `<=`, `<`, `IN`, `NOT IN`, `TO`, `EXISTS`, "
        "`NOT EXISTS`, `IS NULL`, `IS NOT NULL`, `IS EMPTY`, `IS NOT EMPTY`, `CONTAINS`, `NOT CONTAINS`, "
        "`STARTS WITH`, `NOT STARTS WITH`, `_geoRadius`, `_geoBoundingBox` or `_geoPolygon` ";
    return out + (isBlank(input) ? "but instead got nothing." : "at `" + escapeDebug(input) + "`.");
}

std::string suffixSentence(const FilterError &error)
{
    if (error.text == ".") {
        return "Was expecting one of `.fragments`, `.userProvided`, `.documentTemplate`, `.regenerate` or nothing, "
               "but "
               "instead found a point without a valid value.";
    }
    if (!error.previous.empty()) {
        return "Vector filter can only accept one of `fragments`, `userProvided`, `documentTemplate` or "
               "`regenerate`, but "
               "found both `"
            + error.previous + "` and `" + error.text + "`.";
    }
    for (const std::string_view kind : vectorKinds) {
        if (error.text == kind)
            return "Was expecting this part to be unquoted.";
    }
    std::string out =
        "Was expecting one of `fragments`, `userProvided`, `documentTemplate`, `regenerate` or nothing, but "
        "instead found `"
        + error.text + "`.";
    for (const std::string_view kind : vectorKinds) {
        if (withinTwoTypos(error.text, kind))
            return out + " Did you mean `" + std::string(kind) + "`?";
    }
    return out;
}

std::string valueSentence(const FilterError &error, std::string_view input)
{
    if (isBlank(input))
        return "Was expecting a value but instead got nothing.";
    const std::string shown = escapeDebug(input);
    if (error.problem == FilterProblem::ExpectedValue)
        return "Was expecting a value but instead got `" + shown + "`.";
    return "Was expecting a value but instead got `" + shown + "`, which is a reserved keyword. To use `" + shown
        + "` as a field name or a value, surround it by quotes.";
}

std::string reservedGeoSentence(const std::string &name)
{
    return "`" + name
        + "` is a reserved keyword and thus can't be used as a filter expression. Use the `_geoRadius(latitude, "
          "longitude, "
          "distance)` or `_geoBoundingBox([latitude, longitude], [latitude, longitude])` built-in rules to filter "
          "on `_geo` "
          "coordinates.";
}

/// Those without anything of the expression in them.
std::string_view fixedSentence(FilterProblem problem)
{
    switch (problem) {
    case FilterProblem::GeoRadius:
        return "The `_geoRadius` filter must be in the form: `_geoRadius(latitude, longitude, radius, "
               "optionalResolution)`.";
    case FilterProblem::GeoBoundingBox:
        return "The `_geoBoundingBox` filter expects two pairs of arguments: `_geoBoundingBox([latitude, "
               "longitude], "
               "[latitude, longitude])`.";
    case FilterProblem::GeoPolygon:
        return "The `_geoPolygon` filter doesn't match the expected format: `_geoPolygon([latitude, longitude], "
               "[latitude, "
               "longitude])`.";
    case FilterProblem::MisusedGeoRadius:
        return "The `_geoRadius` filter is an operation and can't be used as a value.";
    case FilterProblem::MisusedGeoBoundingBox:
        return "The `_geoBoundingBox` filter is an operation and can't be used as a value.";
    case FilterProblem::VectorLeftover:
        return "The vector filter has leftover tokens.";
    case FilterProblem::VectorInvalidQuotes:
        return "The quotes in one of the values are inconsistent.";
    case FilterProblem::VectorMissingEmbedder:
        return "Was expecting embedder name but found nothing.";
    case FilterProblem::VectorInvalidEmbedder:
        return "The vector filter's embedder name is invalid.";
    case FilterProblem::VectorMissingFragment:
        return "The vector filter is missing a fragment name.";
    case FilterProblem::VectorInvalidFragment:
        return "The vector filter's fragment name is invalid.";
    case FilterProblem::VectorOperation:
        return "Was expecting an operation like `EXISTS` or `NOT EXISTS` after the vector filter.";
    case FilterProblem::Incomplete:
        return "The filter is incomplete and requires Unknown additional bytes to be parsed.";
    case FilterProblem::InOpeningBracket:
        return "Expected `[` after `IN` keyword.";
    case FilterProblem::InClosingBracket:
        return "Expected matching `]` after the list of field names given to `IN[`";
    case FilterProblem::DepthLimit:
        return "The filter exceeded the maximum depth limit. Try rewriting the filter so that it contains fewer "
               "nested "
               "conditions.";
    default:
        return "Encountered an internal error while parsing your filter. Please fill an issue";
    }
}

std::string sentence(const FilterError &error, std::string_view input)
{
    switch (error.problem) {
    case FilterProblem::Foreign:
        return "Was expecting a field name and an condition inside `_foreign(..)` filter but instead found `"
            + escapeDebug(input) + "`.";
    case FilterProblem::ReservedGeo:
        return reservedGeoSentence(error.text);
    case FilterProblem::GeoRadiusArgumentCount:
        return "Was expecting 3 or 4 arguments for `_geoRadius`, but instead found " + std::to_string(error.number)
            + ".";
    case FilterProblem::GeoPolygonNotEnoughPoints:
        return "The `_geoPolygon` filter expects at least 3 points but only " + std::to_string(error.number)
            + " were specified";
    case FilterProblem::GeoCoordinatesNotPair:
        return "Was expecting 2 coordinates but instead found " + std::to_string(error.number) + ".";
    case FilterProblem::VectorUnknownSuffix:
        return suffixSentence(error);
    case FilterProblem::InvalidPrimary:
        return primarySentence(input);
    case FilterProblem::InvalidEscapedNumber:
        return "Found an invalid escaped sequence number: `" + escapeDebug(input) + "`.";
    case FilterProblem::ExpectedEof:
        return "Found unexpected characters at the end of the filter: `" + escapeDebug(input)
            + "`. You probably forgot an `OR` or an `AND` rule.";
    case FilterProblem::ExpectedValue:
    case FilterProblem::ExpectedValueReserved:
        return valueSentence(error, input);
    case FilterProblem::MalformedValue:
        return "Malformed value: `" + escapeDebug(input) + "`.";
    case FilterProblem::InExpectedValue:
        return "Expected only comma-separated field names inside `IN[..]` but instead found `" + escapeDebug(input)
            + "`.";
    case FilterProblem::MissingClosingDelimiter:
        return "Expression `" + escapeDebug(input) + "` is missing the following closing delimiter: `"
            + std::string(1, error.character) + "`.";
    default:
        return std::string(fixedSentence(error.problem));
    }
}

} // namespace

std::string FilterParser::message() const
{
    const std::string_view input = m_text.substr(m_error.begin, m_error.size);
    const std::string_view before = m_text.substr(0, m_error.begin);
    const std::size_t line = before.rfind('\n');
    const std::size_t column =
        1 + characterCount(line == std::string_view::npos ? before : before.substr(line + 1));
    return sentence(m_error, input) + "\n" + std::to_string(column) + ":"
        + std::to_string(column + characterCount(input)) + " " + std::string(m_error.shown);
}

} // namespace miroir::protocol
