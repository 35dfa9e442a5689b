// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentId.h"

#include "base/Bytes.h"
#include "base/Limits.h"
#include "protocol/RawJson.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

std::string idProblem(std::string_view shownId)
{
    return "Document identifier `" + std::string(shownId)
        + "` is invalid. A document identifier can be of type integer or string, only composed of alphanumeric "
          "characters "
          "(a-z A-Z 0-9), hyphens (-) and underscores (_), and can not be more than 511 bytes.";
}

/// As a node prints a value; what cannot be read (a number out of range) as it was written.
std::string shown(std::string_view json)
{
    const auto doc = json::Document::parse(json);
    return doc ? json::compact(doc->root()) : std::string(json);
}

Err<ApiError> wrongId(std::string_view json, std::string_view code)
{
    return refuse(code, idProblem(shown(json)));
}

bool isIntegerText(std::string_view json)
{
    const std::size_t first = json.starts_with('-') ? 1 : 0;
    return json.size() > first
        && std::all_of(json.begin() + static_cast<std::ptrdiff_t>(first), json.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
}

/// The last value of each name at its first place, as a node reads the members of a JSON document.
std::vector<std::pair<std::string, std::string_view>> namedMembers(std::string_view object)
{
    std::vector<std::pair<std::string, std::string_view>> out;
    for (const RawMember &member : rawMembers(object))
        out.emplace_back(rawString(member.key), member.value);
    return out;
}

struct Search {
    std::string_view document;
    std::string_view primaryKey;
    std::optional<std::string> id;
};

/// Takes the ids that the path names inside an object: `a.b` may be written {"a":{"b":..}} or {"a.b":..}.
ApiStatus searchId(Search &search, std::string_view object, std::string_view path, bool top)
{
    const auto members = namedMembers(object);
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto &[name, value] = members[i];
        const bool within = path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '.');
        if (!within || name.empty())
            continue;
        // of a repeated name at the top the last value counts
        const auto same = [&, &key = name](const auto &other) { return other.first == key; };
        if (top && std::any_of(members.begin() + static_cast<std::ptrdiff_t>(i) + 1, members.end(), same))
            continue;
        const std::optional<std::string> before = std::exchange(search.id, std::nullopt);
        if (path.size() == name.size()) {
            auto id = canonicalIdJson(value);
            if (!id)
                return id.err();
            search.id = std::move(id).value();
        } else if (auto s = searchId(search, value, path.substr(name.size() + 1), false); !s) {
            return s;
        }
        if (before && search.id) {
            return refuse("invalid_document_id",
                          "Document have too many matching `" + std::string(search.primaryKey) + "` attribute: `"
                              + shown(search.document) + "`.");
        }
        if (before)
            search.id = before;
    }
    return Done {};
}

/// Rust's to_lowercase can only make a name end in `id` when its last two letters do so.
bool endsWithId(std::string_view name)
{
    return toQString(name).toLower().endsWith(QLatin1String("id"));
}

} // namespace

bool isDocumentId(std::string_view text)
{
    return !text.empty() && text.size() <= limits::documentIdBytes
        && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
                   || c == '_';
           });
}

std::string documentIdProblem(const json::Value &id)
{
    return idProblem(json::compact(id));
}

ApiResult<std::string> canonicalId(const json::Value &id, std::string_view code)
{
    return canonicalIdJson(id.raw(), code);
}

ApiResult<std::string> canonicalIdJson(std::string_view json, std::string_view code)
{
    if (json.starts_with('"')) {
        std::string text = rawString(json);
        if (isDocumentId(text))
            return text;
        return wrongId(json, code);
    }
    if (!isIntegerText(json))
        return wrongId(json, code);
    // integers that fit neither 64 bits nor a sign are floats for a node
    const auto doc = json::Document::parse(json);
    if (!doc || !doc->root().isInteger())
        return wrongId(json, code);
    return std::string(json);
}

ApiResult<std::string> documentId(std::string_view document, std::string_view primaryKey)
{
    Search search {document, primaryKey, std::nullopt};
    if (auto s = searchId(search, document, primaryKey, true); !s)
        return s.err();
    if (search.id)
        return std::move(*search.id);
    return refuse("missing_document_id",
                  "Document doesn't have a `" + std::string(primaryKey) + "` attribute: `" + shown(document)
                      + "`.");
}

ApiResult<std::string> documentId(const json::Value &document, std::string_view primaryKey)
{
    return documentId(document.raw(), primaryKey);
}

ApiResult<std::string> inferPrimaryKey(const json::Value &firstDocument)
{
    return inferPrimaryKeyJson(firstDocument.exists() ? firstDocument.raw() : std::string_view {});
}

ApiResult<std::string> inferPrimaryKeyJson(std::string_view firstDocument)
{
    std::vector<std::string> candidates;
    for (const RawMember &member : rawMembers(firstDocument)) {
        std::string name = rawString(member.key);
        if (endsWithId(name) && std::find(candidates.begin(), candidates.end(), name) == candidates.end())
            candidates.push_back(std::move(name));
    }
    std::sort(candidates.begin(), candidates.end());
    if (candidates.size() == 1)
        return std::move(candidates[0]);
    static constexpr const char *advice =
        "Please specify the primary key manually using the `primaryKey` query parameter.";
    if (candidates.empty()) {
        return refuse(
            "index_primary_key_no_candidate_found",
            "The primary key inference failed as the engine did not find any field ending with `id` in its name. "
                + std::string(advice));
    }
    return refuse("index_primary_key_multiple_candidates_found",
                  "The primary key inference failed as the engine found " + std::to_string(candidates.size())
                      + " fields ending with `id` in their names: '" + candidates[0] + "' and '" + candidates[1]
                      + "'. " + advice);
}

ApiError primaryKeyAlreadyExists(std::string_view primaryKey)
{
    return apiError("index_primary_key_already_exists",
                    "Index already has a primary key: `" + std::string(primaryKey) + "`.");
}

ApiError documentNotFound(std::string_view id)
{
    return apiError("document_not_found", "Document `" + std::string(id) + "` not found.");
}

} // namespace miroir::protocol
