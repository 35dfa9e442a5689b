// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Deserr.h"

#include "base/Bytes.h"
#include "protocol/MediaType.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace miroir::protocol {

Location Location::key(std::string_view name) const
{
    Location child;
    child.m_parent = this;
    child.m_key = name;
    return child;
}

Location Location::item(std::size_t index) const
{
    Location child;
    child.m_parent = this;
    child.m_index = index;
    child.m_isItem = true;
    return child;
}

std::string Location::text() const
{
    if (m_parent == nullptr)
        return {};
    if (m_isItem)
        return m_parent->text() + "[" + std::to_string(m_index) + "]";
    return m_parent->text() + "." + std::string(m_key);
}

namespace {

std::string describe(const Location &where, std::string_view article)
{
    return where.isOrigin() ? std::string {} : std::string(article) + " `" + where.text() + "`";
}

/// Kinds in the order of the wire; integers and floats fold into "an integer" and "a number".
std::string describeKinds(unsigned kinds)
{
    std::vector<const char *> parts;
    if (kinds & AcceptsNull)
        parts.push_back("null");
    if (kinds & AcceptsBoolean)
        parts.push_back("a boolean");
    if (kinds & AcceptsFloat)
        parts.push_back("a number");
    else if ((kinds & AcceptsInteger) == AcceptsInteger)
        parts.push_back("an integer");
    else if (kinds & AcceptsPositiveInteger)
        parts.push_back("a positive integer");
    else if (kinds & AcceptsNegativeInteger)
        parts.push_back("a negative integer");
    if (kinds & AcceptsString)
        parts.push_back("a string");
    if (kinds & AcceptsArray)
        parts.push_back("an array");
    if (kinds & AcceptsObject)
        parts.push_back("an object");
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            out += i + 1 < parts.size() ? ", " : (i == 1 ? " or " : ", or ");
        out += parts[i];
    }
    return out.empty() ? "a different value" : out;
}

std::string describeValue(const json::Value &v)
{
    unsigned kind = AcceptsObject;
    switch (v.kind()) {
    case json::Kind::Null:
        return "null";
    case json::Kind::Bool:
        kind = AcceptsBoolean;
        break;
    case json::Kind::PositiveInteger:
        kind = AcceptsPositiveInteger;
        break;
    case json::Kind::NegativeInteger:
        kind = AcceptsNegativeInteger;
        break;
    case json::Kind::Float:
        kind = AcceptsFloat;
        break;
    case json::Kind::String:
        kind = AcceptsString;
        break;
    case json::Kind::Array:
        kind = AcceptsArray;
        break;
    case json::Kind::Object:
        break;
    }
    return describeKinds(kind) + ": `" + json::compact(v) + "`";
}

std::u32string codePoints(std::string_view text)
{
    return toQString(text).toStdU32String();
}

/// The distance with transpositions of any far letters (not the optimal string alignment one), as the strsim crate
/// has it: https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance#Distance_with_adjacent_transpositions
std::size_t damerauLevenshtein(const std::u32string &a, const std::u32string &b)
{
    if (a.empty() || b.empty())
        return a.size() + b.size();
    const std::size_t width = a.size() + 2;
    const std::size_t far = a.size() + b.size();
    std::vector<std::size_t> table(width * (b.size() + 2), 0);
    const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t & { return table[j * width + i]; };
    cell(0, 0) = far;
    for (std::size_t i = 0; i <= a.size(); ++i) {
        cell(i + 1, 0) = far;
        cell(i + 1, 1) = i;
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
        cell(0, j + 1) = far;
        cell(1, j + 1) = j;
    }
    std::unordered_map<char32_t, std::size_t> lastRow;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t lastMatch = 0;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto seen = lastRow.find(b[j - 1]);
            const std::size_t k = seen == lastRow.end() ? 0 : seen->second;
            const std::size_t swap = cell(k, lastMatch) + (i - k - 1) + 1 + (j - lastMatch - 1);
            std::size_t substitution = cell(i, j) + 1;
            if (a[i - 1] == b[j - 1]) {
                lastMatch = j;
                --substitution;
            }
            cell(i + 1, j + 1) = std::min({substitution, cell(i, j + 1) + 1, cell(i + 1, j) + 1, swap});
        }
        lastRow[a[i - 1]] = i;
    }
    return cell(a.size() + 1, b.size() + 1);
}

template <typename Names>
std::string joinInBackticks(const Names &names)
{
    std::string out;
    for (const auto &name : names) {
        if (!out.empty())
            out += ", ";
        out += "`";
        out += name;
        out += "`";
    }
    return out;
}

template <typename T>
ApiStatus readUnsigned(T &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (v.kind() != json::Kind::PositiveInteger || !v.exists())
        return wrongType(v, AcceptsPositiveInteger, at, code);
    const std::uint64_t n = v.toU64().value_or(0);
    constexpr T max = std::numeric_limits<T>::max();
    if (n > max) {
        return invalidValue("value: `" + std::to_string(n)
                                + "` is too large to be deserialized, maximum value authorized is `"
                                + std::to_string(max) + "`",
                            at, code);
    }
    out = static_cast<T>(n);
    return Done {};
}

} // namespace

Err<ApiError> wrongType(const json::Value &found, unsigned accepted, const Location &at, std::string_view code)
{
    return refuse(code,
                  "Invalid value type" + describe(at, " at") + ": expected " + describeKinds(accepted)
                      + ", but found " + describeValue(found));
}

Err<ApiError> invalidValue(std::string_view message, const Location &at, std::string_view code)
{
    return refuse(code, "Invalid value" + describe(at, " at") + ": " + std::string(message));
}

Err<ApiError> missingField(std::string_view field, const Location &inside, std::string_view code)
{
    return refuse(code, "Missing field `" + std::string(field) + "`" + describe(inside, " inside"));
}

Err<ApiError> unknownField(std::string_view field, std::span<const char *const> accepted, const Location &inside,
                           std::string_view code)
{
    return refuse(code,
                  "Unknown field `" + std::string(field) + "`" + describe(inside, " inside") + ": "
                      + didYouMean(field, accepted) + "expected one of " + listInBackticks(accepted));
}

Err<ApiError> unknownValue(std::string_view value, std::span<const char *const> accepted, const Location &at,
                           std::string_view code)
{
    return refuse(code,
                  "Unknown value `" + std::string(value) + "`" + describe(at, " at") + ": "
                      + didYouMean(value, accepted) + "expected one of " + listInBackticks(accepted));
}

Err<ApiError> wrongLength(const json::Value &found, std::size_t expected, const Location &at, std::string_view code)
{
    return refuse(code,
                  "Invalid array len" + describe(at, " at") + ". Received " + std::to_string(found.size())
                      + " elements instead of " + std::to_string(expected) + ": `" + json::compact(found) + "`");
}

std::string didYouMean(std::string_view received, std::span<const char *const> accepted)
{
    const std::size_t length = received.size();
    if (length <= 3)
        return {};
    const std::size_t allowed = length <= 7 ? 1 : length <= 12 ? 2 : length <= 17 ? 3 : length <= 24 ? 4 : 5;
    const char *best = nullptr;
    std::size_t bestDistance = allowed + 1;
    std::u32string letters;
    for (const char *name : accepted) {
        // a name much longer or shorter is farther than allowed; this also bounds the work for a huge key
        const std::size_t other = std::string_view(name).size();
        if (length > 4 * (other + allowed))
            continue;
        if (letters.empty())
            letters = codePoints(received);
        const std::size_t distance = damerauLevenshtein(letters, codePoints(name));
        if (distance < bestDistance) {
            best = name;
            bestDistance = distance;
        }
    }
    return best == nullptr ? std::string {} : "did you mean `" + std::string(best) + "`? ";
}

std::string listInBackticks(std::span<const char *const> names)
{
    return joinInBackticks(names);
}

std::string listInBackticks(const std::vector<std::string> &names)
{
    return joinInBackticks(names);
}

ApiStatus readInto(bool &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isBool())
        return wrongType(v, AcceptsBoolean, at, code);
    out = v.toBool();
    return Done {};
}

ApiStatus readInto(std::uint8_t &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readUnsigned(out, v, at, code);
}

ApiStatus readInto(std::uint16_t &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readUnsigned(out, v, at, code);
}

ApiStatus readInto(std::uint32_t &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readUnsigned(out, v, at, code);
}

ApiStatus readInto(std::uint64_t &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readUnsigned(out, v, at, code);
}

ApiStatus readInto(std::int64_t &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isInteger())
        return wrongType(v, AcceptsInteger, at, code);
    const auto n = v.toI64();
    if (!n) {
        return invalidValue(
            "value: `" + std::string(v.raw())
                + "` is too large to be deserialized, maximum value authorized is `9223372036854775807`",
            at, code);
    }
    out = *n;
    return Done {};
}

ApiStatus readInto(double &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isNumber())
        return wrongType(v, AcceptsNumber, at, code);
    out = v.toDouble();
    return Done {};
}

ApiStatus readInto(float &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isNumber())
        return wrongType(v, AcceptsNumber, at, code);
    out = static_cast<float>(v.toDouble());
    return Done {};
}

ApiStatus readInto(std::string &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isString())
        return wrongType(v, AcceptsString, at, code);
    out = v.toString();
    return Done {};
}

ApiStatus readInto(json::Value &out, const json::Value &v, const Location &, std::string_view)
{
    out = v;
    return Done {};
}

std::vector<std::pair<std::string, json::Value>> uniqueMembers(const json::Value &object)
{
    std::vector<std::pair<std::string, json::Value>> out;
    out.reserve(object.size());
    std::unordered_map<std::string, std::size_t> places;
    for (const json::Member &member : object.members()) {
        std::string key = member.key();
        const auto [place, isNew] = places.try_emplace(key, out.size());
        if (isNew)
            out.emplace_back(std::move(key), member.value);
        else
            out[place->second].second = member.value;
    }
    return out;
}

ApiStatus readName(std::size_t &out, std::span<const char *const> names, const json::Value &v, const Location &at,
                   std::string_view code)
{
    if (!v.isString())
        return wrongType(v, AcceptsString, at, code);
    const std::string text = v.toString();
    const auto found = std::find_if(names.begin(), names.end(), [&](const char *name) { return text == name; });
    if (found == names.end())
        return unknownValue(text, names, at, code);
    out = static_cast<std::size_t>(found - names.begin());
    return Done {};
}

ReadJson ignored()
{
    return [](const json::Value &, const Location &, std::string_view) -> ApiStatus { return Done {}; };
}

ApiStatus readObject(const json::Value &v, const Location &at, std::span<const Field> fields,
                     const ObjectRules &rules)
{
    if (!v.isObject())
        return wrongType(v, AcceptsObject, at, rules.code);
    std::vector<bool> seen(fields.size(), false);
    for (const auto &[name, value] : uniqueMembers(v)) {
        std::size_t i = 0;
        while (i < fields.size() && name != fields[i].name)
            ++i;
        if (i < fields.size()) {
            seen[i] = true;
            if (auto s = fields[i].read(value, at.key(name), fields[i].code); !s)
                return s;
        } else if (rules.denyUnknown) {
            std::vector<const char *> accepted;
            for (const Field &field : fields)
                accepted.push_back(field.name);
            if (rules.onUnknown) {
                if (auto error = rules.onUnknown(name, accepted))
                    return Err {std::move(*error)};
            }
            return unknownField(name, accepted, at, rules.code);
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!seen[i] && fields[i].missing != nullptr)
            return missingField(fields[i].name, at, fields[i].missing);
    }
    return Done {};
}

ApiStatus checkJsonContentType(std::optional<std::string_view> contentType)
{
    static constexpr std::string_view accepted =
        "Accepted values for the Content-Type header are: `application/json`";
    if (!contentType)
        return refuse("missing_content_type", "A Content-Type header is missing. " + std::string(accepted));
    // any JSON media type passes: text/json, application/ld+json
    const auto media = parseMediaType(*contentType);
    if (media && (media->subtype == "json" || media->suffix == "json"))
        return Done {};
    return refuse("invalid_content_type",
                  "The Content-Type `" + std::string(*contentType) + "` is invalid. " + std::string(accepted));
}

ApiResult<json::Document> parseJsonBody(std::optional<std::string_view> contentType, const QByteArray &body)
{
    if (auto s = checkJsonContentType(contentType); !s)
        return s.err();
    auto doc = json::Document::parse(body);
    if (doc)
        return std::move(doc).value();
    const json::ParseError &error = doc.error();
    if (error.eof && error.line == 1 && error.column == 0)
        return refuse("missing_payload", "A json payload is missing.");
    return refuse("malformed_payload", "The json payload provided is malformed. `" + error.message() + "`.");
}

ApiError prefixed(ApiError error, std::string_view prefix)
{
    error.message.insert(0, prefix);
    return error;
}

ApiError featureNotEnabled(std::string_view action, std::string_view feature, std::string_view issueLink)
{
    return apiError("feature_not_enabled",
                    std::string(action) + " requires enabling the `" + std::string(feature)
                        + "` experimental feature. See " + std::string(issueLink));
}

} // namespace miroir::protocol
