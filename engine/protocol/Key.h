// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "protocol/Error.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// API keys of Meilisearch v1.50: what they may do, how they look, how clients make them. Pure values: times and uids
/// come from the caller.
namespace miroir::protocol {

/// In the order in which a node lists them in its error texts.
enum class Action : std::uint8_t {
    All,
    Search,
    DocumentsAll,
    DocumentsAdd,
    DocumentsGet,
    DocumentsDelete,
    IndexesAll,
    IndexesCreate,
    IndexesGet,
    IndexesUpdate,
    IndexesDelete,
    IndexesSwap,
    TasksAll,
    TasksCancel,
    TasksDelete,
    TasksGet,
    SettingsAll,
    SettingsGet,
    SettingsUpdate,
    StatsAll,
    StatsGet,
    MetricsAll,
    MetricsGet,
    DumpsAll,
    DumpsCreate,
    SnapshotsAll,
    SnapshotsCreate,
    Version,
    KeysCreate,
    KeysGet,
    KeysUpdate,
    KeysDelete,
    ExperimentalGet,
    ExperimentalUpdate,
    Export,
    NetworkGet,
    NetworkUpdate,
    ChatCompletions,
    ChatsAll,
    ChatsGet,
    ChatsDelete,
    ChatsSettingsAll,
    ChatsSettingsGet,
    ChatsSettingsUpdate,
    AllGet,
    WebhooksGet,
    WebhooksUpdate,
    WebhooksDelete,
    WebhooksCreate,
    WebhooksAll,
    IndexesCompact,
    FieldsPost,
    TasksCompact,
    DynamicSearchRulesGet,
    DynamicSearchRulesCreate,
    DynamicSearchRulesUpdate,
    DynamicSearchRulesDelete,
    DynamicSearchRulesAll,
};
inline constexpr int actionCount = 58;
std::string_view actionName(Action action); ///< "documents.add"
std::optional<Action> actionByName(std::string_view name);
/// True when a key that lists `granted` may do `wanted` (a concrete action): `*`, `*.get`, `documents.*`.
bool actionCovers(Action granted, Action wanted);
/// Actions that make no sense for some indexes only; a key restricted to indexes may not hold them.
bool isGlobalAction(Action action);
/// Actions of routes without an index in their path, which sort out indexes themselves (lists, searches, tasks).
bool routeSortsOutIndexes(Action action);

/// `*`, `m*` or an exact uid.
bool indexPatternMatches(std::string_view pattern, std::string_view uid);
bool isIndexPattern(std::string_view text); ///< well-formed

struct ApiKey
{
    std::optional<std::string> name, description;
    std::string uid; ///< hyphenated, lower case
    std::vector<Action> actions;
    std::vector<std::string> indexes; ///< patterns
    std::optional<std::int64_t> expiresAtNs;
    std::int64_t createdAtNs = 0;
    std::int64_t updatedAtNs = 0;

    bool operator==(const ApiKey &) const = default;
    [[nodiscard]] bool allIndexes() const; ///< lists `*`
    [[nodiscard]] bool allowsIndex(std::string_view uid) const;
    [[nodiscard]] bool expired(std::int64_t nowNs) const { return expiresAtNs && nowNs >= *expiresAtNs; }
};

/// The four keys of a new instance, in the order in which a node makes them (so lists, newest first, show Search
/// first). Give four fresh uids and a rising time for each.
std::vector<ApiKey> defaultKeys(const std::vector<std::string> &uids, std::int64_t nowNs);

/// The object clients see; `value` is keyValue() or empty (an instance without master key shows "").
QByteArray keyToJson(const ApiKey &key, std::string_view value);
QByteArray keyToText(const ApiKey &key); ///< for the store: reads back equal
Result<ApiKey> keyFromText(const QByteArray &text);
/// Newest first; equal times by uid, so that pages do not overlap.
void sortKeysForList(std::vector<ApiKey> &keys);

/// Body of POST /keys. `freshUid` is used when none is given. Checks that need the store (duplicate uid) are the
/// caller's.
ApiResult<ApiKey> parseKeyCreate(const json::Value &body, std::string freshUid, std::int64_t nowNs);
/// Body of PATCH /keys/{..}: name and description only. Gives the changed key.
struct KeyPatch
{
    bool givesName = false, givesDescription = false;
    std::optional<std::string> name, description;
    void applyTo(ApiKey &key, std::int64_t nowNs) const;
};
ApiResult<KeyPatch> parseKeyPatch(const json::Value &body);
ApiError keyNotFound(std::string_view uidOrKey);
ApiError keyAlreadyExists(std::string_view uid);

/// Lower-case hyphenated form of any spelling that Rust's uuid accepts (hyphens or none, braces, urn:uuid:), or the
/// reason in its words ("invalid character: found `x` at 0").
Result<std::string, std::string> parseUuid(std::string_view text);

} // namespace miroir::protocol
