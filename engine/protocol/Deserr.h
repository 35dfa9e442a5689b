// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"
#include "protocol/Query.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Reads request bodies and query parameters and refuses them in Meilisearch's words. The order of refusals is part
/// of the wire: keys in the order they were written (of a repeated key the last value at the first place), then
/// missing fields in the order in which they are declared; the first refusal is the answer. Pure.
namespace miroir::protocol {

/// Where a value stands inside a body. A child points to its parent, so the parent must outlive it.
class Location
{
public:
    Location() = default; ///< the body itself
    [[nodiscard]] Location key(std::string_view name) const;
    [[nodiscard]] Location item(std::size_t index) const;
    [[nodiscard]] bool isOrigin() const { return m_parent == nullptr; }
    [[nodiscard]] std::string text() const; ///< ".queries[1].filter"; empty for the body itself

private:
    const Location *m_parent = nullptr;
    std::string_view m_key;
    std::size_t m_index = 0;
    bool m_isItem = false;
};

/// Kinds of JSON values that a reader accepts, joined with `|`.
enum Accepts : unsigned {
    AcceptsNull = 1,
    AcceptsBoolean = 2,
    AcceptsPositiveInteger = 4,
    AcceptsNegativeInteger = 8,
    AcceptsFloat = 16,
    AcceptsString = 32,
    AcceptsArray = 64,
    AcceptsObject = 128,
    AcceptsInteger = AcceptsPositiveInteger | AcceptsNegativeInteger,
    AcceptsNumber = AcceptsInteger | AcceptsFloat
};

// The refusals of a JSON body.
/// "Invalid value type at `.q`: expected a string, but found a positive integer: `3`"
Err<ApiError> wrongType(const json::Value &found, unsigned accepted, const Location &at, std::string_view code);
/// "Invalid value at `.uid`: message"
Err<ApiError> invalidValue(std::string_view message, const Location &at, std::string_view code);
/// "Missing field `uid` inside `.queries[0]`"
Err<ApiError> missingField(std::string_view field, const Location &inside, std::string_view code);
/// "Unknown field `x` inside `.a`: did you mean `y`? expected one of `y`, `z`"
Err<ApiError> unknownField(std::string_view field, std::span<const char *const> accepted, const Location &inside,
                           std::string_view code);
/// "Unknown value `x` at `.a`: expected one of `y`, `z`"
Err<ApiError> unknownValue(std::string_view value, std::span<const char *const> accepted, const Location &at,
                           std::string_view code);
/// "Invalid array len at `.a`. Received 1 elements instead of 2: `[1]`"
Err<ApiError> wrongLength(const json::Value &found, std::size_t expected, const Location &at,
                          std::string_view code);
/// "did you mean `x`? " or nothing (Damerau-Levenshtein distance, bound by the length).
std::string didYouMean(std::string_view received, std::span<const char *const> accepted);
/// "`a`, `b`"
std::string listInBackticks(std::span<const char *const> names);
std::string listInBackticks(const std::vector<std::string> &names);

// The readers: one overload for a type; add your own beside your types (found by argument-dependent look-up).
ApiStatus readInto(bool &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::uint8_t &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::uint16_t &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::uint32_t &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::uint64_t &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::int64_t &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(double &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(float &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(std::string &out, const json::Value &v, const Location &at, std::string_view code);
/// Any value; it lives as long as its document.
ApiStatus readInto(json::Value &out, const json::Value &v, const Location &at, std::string_view code);

/// null gives nothing.
template <typename T>
ApiStatus readInto(std::optional<T> &out, const json::Value &v, const Location &at, std::string_view code)
{
    out.reset();
    if (v.isNull())
        return Done {};
    T item {};
    if (auto s = readInto(item, v, at, code); !s)
        return s.err();
    out = std::move(item);
    return Done {};
}

template <typename T>
ApiStatus readInto(std::vector<T> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isArray())
        return wrongType(v, AcceptsArray, at, code);
    out.clear();
    out.reserve(v.size());
    for (const json::Value entry : v.items()) {
        T item {};
        if (auto s = readInto(item, entry, at.item(out.size()), code); !s)
            return s.err();
        out.push_back(std::move(item));
    }
    return Done {};
}

/// The members of an object in written order; of a repeated key the last value at the first place.
std::vector<std::pair<std::string, json::Value>> uniqueMembers(const json::Value &object);

template <typename T>
ApiStatus readInto(std::map<std::string, T> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isObject())
        return wrongType(v, AcceptsObject, at, code);
    out.clear();
    for (const auto &[name, value] : uniqueMembers(v)) {
        T item {};
        if (auto s = readInto(item, value, at.key(name), code); !s)
            return s.err();
        out.insert_or_assign(name, std::move(item));
    }
    return Done {};
}

/// An enumeration: the value is one of the names; out is its place in them.
ApiStatus readName(std::size_t &out, std::span<const char *const> names, const json::Value &v, const Location &at,
                   std::string_view code);

using ReadJson = std::function<ApiStatus(const json::Value &, const Location &, std::string_view code)>;

template <typename T>
ReadJson into(T *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) {
        return readInto(*out, v, at, code);
    };
}
/// Reads into an optional that stays empty for an absent key, but refuses null (a field with a default value).
template <typename T>
ReadJson intoPresent(std::optional<T> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        T item {};
        if (auto s = readInto(item, v, at, code); !s)
            return s.err();
        *out = std::move(item);
        return Done {};
    };
}
/// Accepts anything and forgets it.
ReadJson ignored();

struct Field {
    const char *name;
    const char *code; ///< of the refusals of its value
    ReadJson read;
    const char *missing = nullptr; ///< code when the key is absent; without one the field is optional
};

struct ObjectRules {
    std::string_view code = "bad_request"; ///< of a wrong type and of unknown fields
    bool denyUnknown = true;
    /// Replaces the refusal of an unknown field when it gives one (immutable fields).
    std::function<std::optional<ApiError>(std::string_view key, const std::vector<const char *> &accepted)>
        onUnknown = {};
};

ApiStatus readObject(const json::Value &v, const Location &at, std::span<const Field> fields,
                     const ObjectRules &rules = {});
inline ApiStatus readObject(const json::Value &v, const Location &at, std::initializer_list<Field> fields,
                            const ObjectRules &rules = {})
{
    return readObject(v, at, std::span<const Field>(fields.begin(), fields.size()), rules);
}

// Bodies of JSON routes.
/// missing_content_type or invalid_content_type unless it is a JSON media type.
ApiStatus checkJsonContentType(std::optional<std::string_view> contentType);
/// Also missing_payload and malformed_payload.
ApiResult<json::Document> parseJsonBody(std::optional<std::string_view> contentType, const QByteArray &body);

/// The text in front of a refusal: {"Inside `.queries[1]`", ": "} as multi-search words it.
ApiError prefixed(ApiError error, std::string_view prefix);

/// The refusal of a route or parameter whose experimental feature is off.
/// "Using `x` requires enabling the `y` experimental feature. See https://.."
ApiError featureNotEnabled(std::string_view action, std::string_view feature, std::string_view issueLink);

} // namespace miroir::protocol
