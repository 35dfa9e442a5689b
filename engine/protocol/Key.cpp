// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Key.h"

#include "base/Assert.h"
#include "protocol/IndexRequests.h"

#include <algorithm>
#include <array>

namespace miroir::protocol {

namespace {

constexpr std::array<std::string_view, actionCount> ActionNames {
    "*",
    "search",
    "documents.*",
    "documents.add",
    "documents.get",
    "documents.delete",
    "indexes.*",
    "indexes.create",
    "indexes.get",
    "indexes.update",
    "indexes.delete",
    "indexes.swap",
    "tasks.*",
    "tasks.cancel",
    "tasks.delete",
    "tasks.get",
    "settings.*",
    "settings.get",
    "settings.update",
    "stats.*",
    "stats.get",
    "metrics.*",
    "metrics.get",
    "dumps.*",
    "dumps.create",
    "snapshots.*",
    "snapshots.create",
    "version",
    "keys.create",
    "keys.get",
    "keys.update",
    "keys.delete",
    "experimental.get",
    "experimental.update",
    "export",
    "network.get",
    "network.update",
    "chatCompletions",
    "chats.*",
    "chats.get",
    "chats.delete",
    "chatsSettings.*",
    "chatsSettings.get",
    "chatsSettings.update",
    "*.get",
    "webhooks.get",
    "webhooks.update",
    "webhooks.delete",
    "webhooks.create",
    "webhooks.*",
    "indexes.compact",
    "fields.post",
    "tasks.compact",
    "dynamicSearchRules.get",
    "dynamicSearchRules.create",
    "dynamicSearchRules.update",
    "dynamicSearchRules.delete",
    "dynamicSearchRules.*",
};

/// Covered by `*.get`. keys.get is not, so that a reading key cannot get at stronger ones.
bool isRead(Action action)
{
    using enum Action;
    switch (action) {
    case Search:
    case DocumentsGet:
    case Export:
    case IndexesGet:
    case TasksGet:
    case SettingsGet:
    case StatsGet:
    case MetricsGet:
    case Version:
    case ExperimentalGet:
    case NetworkGet:
    case ChatsGet:
    case ChatsSettingsGet:
    case WebhooksGet:
    case FieldsPost:
    case DynamicSearchRulesGet:
        return true;
    default:
        return false;
    }
}

} // namespace

std::string_view actionName(Action action) { return ActionNames[static_cast<std::size_t>(action)]; }

std::optional<Action> actionByName(std::string_view name)
{
    const auto found = std::find(ActionNames.begin(), ActionNames.end(), name);
    if (found == ActionNames.end())
        return std::nullopt;
    return static_cast<Action>(found - ActionNames.begin());
}

bool actionCovers(Action granted, Action wanted)
{
    if (granted == Action::All || granted == wanted)
        return true;
    if (granted == Action::AllGet)
        return isRead(wanted);
    const std::string_view family = actionName(granted);
    // "documents.*" covers what starts with "documents."
    return family.ends_with(".*") && actionName(wanted).starts_with(family.substr(0, family.size() - 1));
}

bool isGlobalAction(Action action)
{
    const std::string_view name = actionName(action);
    constexpr std::array<std::string_view, 9> families {"metrics.", "dumps.", "snapshots.", "keys.", "experimental.",
        "network.", "chats.", "chatsSettings.", "webhooks."};
    if (action == Action::Version || action == Action::Export || action == Action::TasksCompact)
        return true;
    return name.starts_with("dynamicSearchRules.")
        || std::any_of(
            families.begin(), families.end(), [&](std::string_view family) { return name.starts_with(family); });
}

bool routeSortsOutIndexes(Action action)
{
    using enum Action;
    switch (action) {
    case Search:
    case DocumentsGet:
    case IndexesCreate:
    case IndexesGet:
    case IndexesSwap:
    case TasksCancel:
    case TasksDelete:
    case TasksGet:
    case SettingsGet:
    case StatsAll:
    case StatsGet:
    case ChatCompletions:
        return true;
    default:
        return false;
    }
}

bool indexPatternMatches(std::string_view pattern, std::string_view uid)
{
    if (pattern.ends_with('*'))
        return uid.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == uid;
}

bool isIndexPattern(std::string_view text)
{
    if (text == "*")
        return true;
    return isIndexUid(text.ends_with('*') ? text.substr(0, text.size() - 1) : text);
}

bool ApiKey::allIndexes() const { return std::find(indexes.begin(), indexes.end(), "*") != indexes.end(); }

bool ApiKey::allowsIndex(std::string_view uid_) const
{
    return std::any_of(indexes.begin(), indexes.end(),
        [&](const std::string &pattern) { return indexPatternMatches(pattern, uid_); });
}

std::vector<ApiKey> defaultKeys(const std::vector<std::string> &uids, std::int64_t nowNs)
{
    struct Default
    {
        const char *name;
        const char *description;
        std::vector<Action> actions;
    };
    const std::array<Default, 4> defaults {{
        {"Default Chat API Key", "Use it to chat and search from the frontend",
            {Action::ChatCompletions, Action::Search}},
        {"Default Read-Only Admin API Key",
            "Use it to read information across the whole database. Caution! Do not expose this key on a public "
            "frontend",
            {Action::AllGet, Action::KeysGet}},
        {"Default Admin API Key",
            "Use it for anything that is not a search operation. Caution! Do not expose it on a public frontend",
            {Action::All}},
        {"Default Search API Key", "Use it to search from the frontend", {Action::Search}},
    }};
    MIROIR_ASSERT(uids.size() == defaults.size());
    std::vector<ApiKey> keys;
    for (std::size_t i = 0; i < defaults.size(); ++i) {
        ApiKey key;
        key.name = defaults[i].name;
        key.description = defaults[i].description;
        key.uid = uids[i];
        key.actions = defaults[i].actions;
        key.indexes = {"*"};
        // rising, so that lists show them in the order of a node
        key.createdAtNs = key.updatedAtNs = nowNs + static_cast<std::int64_t>(i) * 1000;
        keys.push_back(std::move(key));
    }
    return keys;
}

void sortKeysForList(std::vector<ApiKey> &keys)
{
    std::sort(keys.begin(), keys.end(), [](const ApiKey &a, const ApiKey &b) {
        return a.createdAtNs != b.createdAtNs ? a.createdAtNs > b.createdAtNs : a.uid < b.uid;
    });
}

void KeyPatch::applyTo(ApiKey &key, std::int64_t nowNs) const
{
    if (givesName)
        key.name = name;
    if (givesDescription)
        key.description = description;
    key.updatedAtNs = nowNs;
}

ApiError keyNotFound(std::string_view uidOrKey)
{
    return apiError("api_key_not_found", "API key `" + std::string(uidOrKey) + "` not found.");
}

ApiError keyAlreadyExists(std::string_view uid)
{
    return apiError(
        "api_key_already_exists", "`uid` field value `" + std::string(uid) + "` is already an existing API key.");
}

} // namespace miroir::protocol
