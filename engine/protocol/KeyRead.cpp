// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Key.h"

#include "base/Clock.h"
#include "protocol/Deserr.h"
#include "protocol/TaskTime.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

template <typename T, typename Write>
void writeOr(json::Writer &out, std::string_view key, const std::optional<T> &value, Write write)
{
    out.key(key);
    if (value)
        write(*value);
    else
        out.null();
}

void writeHead(json::Writer &out, const ApiKey &key, const std::string *value)
{
    const auto text = [&](const std::string &s) { out.string(s); };
    out.beginObject();
    writeOr(out, "name", key.name, text);
    writeOr(out, "description", key.description, text);
    if (value != nullptr)
        out.key("key").string(*value);
    out.key("uid").string(key.uid);
    out.key("actions").beginArray();
    for (const Action action : key.actions)
        out.string(actionName(action));
    out.endArray().key("indexes").beginArray();
    for (const std::string &index : key.indexes)
        out.string(index);
    out.endArray();
}

ApiStatus readActions(std::vector<Action> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isArray())
        return wrongType(v, AcceptsArray, at, code);
    std::vector<const char *> names;
    for (int i = 0; i < actionCount; ++i)
        names.push_back(actionName(static_cast<Action>(i)).data());
    for (const json::Value item : v.items()) {
        std::size_t place = 0;
        if (auto s = readName(place, names, item, at.item(out.size()), code); !s)
            return s;
        out.push_back(static_cast<Action>(place));
    }
    return Done {};
}

ApiStatus readIndexes(std::vector<std::string> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isArray())
        return wrongType(v, AcceptsArray, at, code);
    for (const json::Value item : v.items()) {
        std::string pattern;
        const Location place = at.item(out.size());
        if (auto s = readInto(pattern, item, place, code); !s)
            return s;
        if (!isIndexPattern(pattern)) {
            const bool open = pattern.ends_with('*');
            return invalidValue("`" + pattern.substr(0, pattern.size() - (open ? 1 : 0))
                    + "` is not a valid index uid pattern. Index uid patterns can be an integer or a string "
                      "containing only alphanumeric characters, hyphens (-), underscores (_), and optionally "
                      "end with a star (*).",
                place, code);
        }
        out.push_back(std::move(pattern));
    }
    return Done {};
}

std::optional<std::int64_t> parseExpiry(std::string_view text)
{
    if (const auto time = parseRfc3339(text))
        return time;
    if (const auto time = parsePrimitiveDateTime(text, 'T'))
        return time;
    if (const auto time = parsePrimitiveDateTime(text, ' '))
        return time;
    return parseDate(text);
}

ApiStatus readExpiry(std::optional<std::int64_t> &out, std::int64_t nowNs, const json::Value &v, const Location &at,
    std::string_view code)
{
    std::optional<std::string> text;
    if (auto s = readInto(text, v, at, code); !s)
        return s;
    out.reset();
    if (!text)
        return Done {};
    out = parseExpiry(*text);
    if (out && *out > nowNs)
        return Done {};
    return invalidValue("`" + *text
            + "` is not a valid date. It should follow the RFC 3339 format to represents a date or datetime in "
              "the future or specified as a null value. e.g. 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'.\n",
        at, code);
}

ApiStatus readUid(std::string &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::string text;
    if (auto s = readInto(text, v, at, code); !s)
        return s;
    auto uid = parseUuid(text);
    if (!uid)
        return invalidValue(uid.error(), at, code);
    out = std::move(uid).value();
    return Done {};
}

} // namespace

QByteArray keyToJson(const ApiKey &key, std::string_view value)
{
    const std::string shown(value);
    json::Writer out;
    writeHead(out, key, &shown);
    writeOr(out, "expiresAt", key.expiresAtNs, [&](std::int64_t ns) { out.string(rfc3339(ns)); });
    out.key("createdAt").string(rfc3339(key.createdAtNs));
    out.key("updatedAt").string(rfc3339(key.updatedAtNs));
    out.endObject();
    return out.take();
}

QByteArray keyToText(const ApiKey &key)
{
    json::Writer out;
    writeHead(out, key, nullptr);
    writeOr(out, "expiresAtNs", key.expiresAtNs, [&](std::int64_t ns) { out.number(ns); });
    out.key("createdAtNs").number(key.createdAtNs);
    out.key("updatedAtNs").number(key.updatedAtNs);
    out.endObject();
    return out.take();
}

Result<ApiKey> keyFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("a stored key is no JSON: " + doc.error().message());
    const json::Value v = doc->root();
    const auto optionalText = [&](std::string_view name) {
        const json::Value member = v.find(name);
        return member.isString() ? std::optional(member.toString()) : std::nullopt;
    };
    ApiKey key;
    key.name = optionalText("name");
    key.description = optionalText("description");
    key.uid = v["uid"].toString();
    for (const json::Value item : v["actions"].items()) {
        const auto action = actionByName(item.toString());
        if (!action)
            return fail("a stored key has an action that is not known");
        key.actions.push_back(*action);
    }
    for (const json::Value item : v["indexes"].items())
        key.indexes.push_back(item.toString());
    key.expiresAtNs = v["expiresAtNs"].toI64();
    key.createdAtNs = v["createdAtNs"].toI64().value_or(0);
    key.updatedAtNs = v["updatedAtNs"].toI64().value_or(0);
    if (key.uid.empty())
        return fail("a stored key has no uid");
    return key;
}

ApiResult<ApiKey> parseKeyCreate(const json::Value &body, std::string freshUid, std::int64_t nowNs)
{
    ApiKey key;
    key.uid = std::move(freshUid);
    key.createdAtNs = key.updatedAtNs = nowNs;
    const auto reader = [](auto read) {
        return [read](const json::Value &v, const Location &at, std::string_view code) { return read(v, at, code); };
    };
    const ReadJson actions = reader([&](auto &&...args) { return readActions(key.actions, args...); });
    const ReadJson indexes = reader([&](auto &&...args) { return readIndexes(key.indexes, args...); });
    const ReadJson expiry = reader([&](auto &&...args) { return readExpiry(key.expiresAtNs, nowNs, args...); });
    const ReadJson uid = reader([&](auto &&...args) { return readUid(key.uid, args...); });
    const auto s = readObject(body, {},
        {{"description", "invalid_api_key_description", into(&key.description)},
            {"name", "invalid_api_key_name", into(&key.name)}, {"uid", "invalid_api_key_uid", uid},
            {"actions", "invalid_api_key_actions", actions, "missing_api_key_actions"},
            {"indexes", "invalid_api_key_indexes", indexes, "missing_api_key_indexes"},
            {"expiresAt", "invalid_api_key_expires_at", expiry, "missing_api_key_expires_at"}});
    if (!s)
        return s.err();
    const auto global = std::find_if(key.actions.begin(), key.actions.end(), isGlobalAction);
    if (!key.indexes.empty() && !key.allIndexes() && global != key.actions.end()) {
        const std::string name = "`\"" + std::string(actionName(*global)) + "\"`";
        return refuse("index_scoped_api_key_with_global_action",
            "cannot create index-scoped API key with global action " + name + "\n  - Hint: remove action " + name
                + " from the action list, or remove `indexes` to make the key global");
    }
    return key;
}

ApiResult<KeyPatch> parseKeyPatch(const json::Value &body)
{
    static constexpr std::pair<std::string_view, std::string_view> immutable[]
        = {{"uid", "immutable_api_key_uid"}, {"actions", "immutable_api_key_actions"},
            {"indexes", "immutable_api_key_indexes"}, {"expiresAt", "immutable_api_key_expires_at"},
            {"createdAt", "immutable_api_key_created_at"}, {"updatedAt", "immutable_api_key_updated_at"}};
    KeyPatch patch;
    const auto reader = [](bool *given, std::optional<std::string> *out) {
        return [=](const json::Value &v, const Location &at, std::string_view code) {
            *given = true;
            return readInto(*out, v, at, code);
        };
    };
    ObjectRules rules;
    rules.onUnknown
        = [](std::string_view name, const std::vector<const char *> &accepted) -> std::optional<ApiError> {
        for (const auto &[field, code] : immutable) {
            if (field == name) {
                return apiError(code,
                    "Immutable field `" + std::string(name) + "`: expected one of "
                        + listInBackticks(std::span<const char *const>(accepted)));
            }
        }
        return std::nullopt;
    };
    const auto s = readObject(body, {},
        {{"description", "invalid_api_key_description", reader(&patch.givesDescription, &patch.description)},
            {"name", "invalid_api_key_name", reader(&patch.givesName, &patch.name)}},
        rules);
    if (!s)
        return s.err();
    return patch;
}

} // namespace miroir::protocol
