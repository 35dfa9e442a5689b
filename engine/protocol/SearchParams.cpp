// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SearchParams.h"

#include "protocol/FilterCheck.h"
#include "protocol/FilterText.h"
#include "protocol/SettingsLocales.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace miroir::protocol {

namespace {

constexpr const char *strategies[] = {"last", "all", "frequency"};

constexpr std::string_view thresholdProblem =
    "the value of `rankingScoreThreshold` is invalid, expected a float between `0.0` and `1.0`.";
constexpr std::string_view ratioProblem =
    "the value of `semanticRatio` is invalid, expected a float between `0.0` and `1.0`.";

bool outsideUnit(double value)
{
    // not the contrary of being inside: what is no number passes, as on a node
    return value > 1.0 || value < 0.0;
}

/// A node lists the locales of query parameters by length and letters.
std::string localeProblem(std::string_view locale)
{
    std::vector<std::string_view> names(localeNames().begin(), localeNames().end());
    std::sort(names.begin(), names.end(), [](std::string_view a, std::string_view b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    std::string out = "Unsupported locale `" + std::string(locale) + "`, expected one of ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0)
            out += ", ";
        out += names[i];
    }
    return out;
}

} // namespace

std::string_view matchingStrategyName(MatchingStrategy strategy)
{
    return strategies[static_cast<std::size_t>(strategy)];
}

ApiStatus readInto(MatchingStrategy &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::size_t place = 0;
    if (auto s = readName(place, strategies, v, at, code); !s)
        return s;
    out = static_cast<MatchingStrategy>(place);
    return Done {};
}

ApiStatus readInto(Hybrid &out, const json::Value &v, const Location &at, std::string_view code)
{
    const auto ratio = [&out](const json::Value &value, const Location &where,
                              std::string_view ratioCode) -> ApiStatus {
        if (auto s = readInto(out.semanticRatio, value, where, ratioCode); !s)
            return s;
        if (outsideUnit(static_cast<double>(out.semanticRatio)))
            return invalidValue(ratioProblem, where, ratioCode);
        return Done {};
    };
    ObjectRules rules;
    rules.code = code;
    return readObject(v, at,
                      {{"semanticRatio", "invalid_search_semantic_ratio", ratio},
                       {"embedder", "invalid_search_embedder", into(&out.embedder), "invalid_search_hybrid_query"}},
                      rules);
}

ApiStatus readParam(MatchingStrategy &out, std::string_view text, std::string_view param, std::string_view code)
{
    for (std::size_t i = 0; i < std::size(strategies); ++i) {
        if (text == strategies[i]) {
            out = static_cast<MatchingStrategy>(i);
            return Done {};
        }
    }
    return unknownParamValue(text, strategies, param, code);
}

ReadJson intoRaw(std::optional<std::string> *out)
{
    return [out](const json::Value &v, const Location &, std::string_view) -> ApiStatus {
        if (v.isNull())
            out->reset();
        else
            *out = v.raw();
        return Done {};
    };
}

ReadJson intoThreshold(std::optional<double> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(*out, v, at, code); !s)
            return s;
        if (*out && outsideUnit(**out))
            return invalidValue(thresholdProblem, at, code);
        return Done {};
    };
}

ReadJson intoLocales(std::optional<std::vector<std::string>> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        out->reset();
        if (v.isNull())
            return Done {};
        if (!v.isArray())
            return wrongType(v, AcceptsArray, at, code);
        std::vector<std::string> locales;
        for (const json::Value item : v.items()) {
            std::size_t place = 0;
            if (auto s = readName(place, localeNames(), item, at.item(locales.size()), code); !s)
                return s;
            locales.emplace_back(localeNames()[place]);
        }
        *out = std::move(locales);
        return Done {};
    };
}

ReadJson intoPersonalize(std::optional<std::string> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        out->reset();
        if (v.isNull())
            return Done {};
        std::string context;
        ObjectRules rules;
        rules.code = code;
        const auto status = readObject(v, at,
                                       {{"userContext", "invalid_search_personalize_user_context", into(&context),
                                         "invalid_search_personalize"}},
                                       rules);
        if (!status)
            return status;
        *out = std::move(context);
        return Done {};
    };
}

ReadParam paramIntoThreshold(std::optional<double> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        *out = parseRustDouble(text);
        if (!*out || outsideUnit(**out))
            return invalidParam(thresholdProblem, param, code);
        return Done {};
    };
}

ReadParam paramIntoRatio(std::optional<float> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        const auto number = parseRustDouble(text);
        if (!number || outsideUnit(*number))
            return invalidParam(ratioProblem, param, code);
        *out = static_cast<float>(*number);
        return Done {};
    };
}

ReadParam paramIntoVector(std::optional<std::vector<float>> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        std::vector<std::string> parts;
        if (auto s = readParam(parts, text, param, code); !s)
            return s;
        std::vector<float> &vector = out->emplace();
        for (const std::string &part : parts) {
            const auto number = parseRustDouble(part);
            if (!number)
                return invalidParam("invalid float literal", param, code);
            vector.push_back(static_cast<float>(*number));
        }
        return Done {};
    };
}

ReadParam paramIntoLocales(std::optional<std::vector<std::string>> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        if (auto s = readParam(*out, text, param, code); !s)
            return s;
        for (const std::string &locale : **out) {
            const auto known = localeNames();
            if (std::find(known.begin(), known.end(), std::string_view(locale)) == known.end())
                return invalidParam(localeProblem(locale), param, code);
        }
        return Done {};
    };
}

void writeStrings(json::Writer &out, const std::vector<std::string> &texts)
{
    out.beginArray();
    for (const std::string &text : texts)
        out.string(text);
    out.endArray();
}

void writeVector(json::Writer &out, const std::vector<float> &vector)
{
    out.key("vector").beginArray();
    for (const float number : vector) {
        if (std::isfinite(number)) {
            char buffer[32]; // the shortest text that reads back as the same float
            const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, number);
            out.raw(code == std::errc {} ? std::string_view(buffer, static_cast<std::size_t>(end - buffer)) : "0");
        } else {
            // too large for a float, as the client's number was
            out.raw(number > 0 ? "1e39" : "-1e39");
        }
    }
    out.endArray();
}

void writeHybrid(json::Writer &out, const Hybrid &hybrid)
{
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, hybrid.semanticRatio);
    out.key("hybrid").beginObject();
    if (code == std::errc {} && std::isfinite(hybrid.semanticRatio))
        out.key("semanticRatio").raw(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
    out.key("embedder").string(hybrid.embedder).endObject();
}

void writeFlag(json::Writer &out, std::string_view name, bool value)
{
    if (value)
        out.key(name).boolean(true);
}

void writeRawMember(json::Writer &out, std::string_view name, const std::optional<std::string> &json)
{
    if (json)
        out.key(name).raw(*json);
}

std::string filterParamJson(std::string_view text)
{
    return json::validate(text) ? json::quoted(text) : std::string(text);
}

std::vector<std::string> splitSortParam(std::string_view text)
{
    while (text.starts_with('"'))
        text.remove_prefix(1);
    while (text.ends_with('"'))
        text.remove_suffix(1);
    std::vector<std::string> out;
    bool inPoint = false;
    for (;;) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string part(trimmed(text.substr(0, comma)));
        if (part.starts_with("_geoPoint(")) {
            out.push_back(part);
            inPoint = true;
        } else if (inPoint) {
            out.back() += "," + part;
            inPoint = !part.ends_with("):desc") && !part.ends_with("):asc");
        } else {
            out.push_back(part);
        }
        if (comma == text.size())
            return out;
        text.remove_prefix(comma + 1);
    }
}

bool wantsMetadata(std::string_view headerValue)
{
    std::string value(headerValue);
    std::transform(value.begin(), value.end(), value.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return value == "true" || value == "1";
}

} // namespace miroir::protocol
