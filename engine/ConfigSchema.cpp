// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConfigInternal.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <QHostAddress>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace miroir::config {

namespace {

using Kind = ConfigKey::Kind;
using Apply = std::function<void(Config &, const std::string &)>;
using Show = std::function<std::string(const Config &)>;

std::int64_t toInteger(const std::string &text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string showText(std::string_view text)
{
    return json::quoted(text);
}

std::string showBool(bool value)
{
    return value ? "true" : "false";
}

std::string showSecret(const QByteArray &secret)
{
    return secret.isEmpty() ? "not set" : "set, " + std::to_string(secret.size()) + " bytes";
}

/// The parts of a table row that are alike within a kind.
SchemaEntry entry(Kind kind, std::string_view name, std::string_view defaultText,
    std::string_view meaning, Apply apply, Show show)
{
    ConfigKey key;
    key.name = name;
    key.kind = kind;
    key.defaultText = defaultText;
    key.meaning = meaning;
    return {std::move(key), std::move(apply), std::move(show)};
}

template <typename Field>
SchemaEntry integer(std::string_view name, std::string_view defaultText, double min, double max,
    std::string_view meaning, Field field)
{
    SchemaEntry made = entry(
        Kind::Integer, name, defaultText, meaning,
        [field](Config &config, const std::string &text) {
            auto &target = field(config);
            target = static_cast<std::remove_reference_t<decltype(target)>>(toInteger(text));
        },
        [field](const Config &config) {
            Config copy = config;
            return std::to_string(field(copy));
        });
    made.key.min = min;
    made.key.max = max;
    return made;
}

template <typename Field>
SchemaEntry boolean(
    std::string_view name, std::string_view defaultText, std::string_view meaning, Field field)
{
    return entry(
        Kind::Boolean, name, defaultText, meaning,
        [field](Config &config, const std::string &text) { field(config) = text == "true"; },
        [field](const Config &config) {
            Config copy = config;
            return showBool(field(copy));
        });
}

template <typename Field>
SchemaEntry path(
    std::string_view name, std::string_view defaultText, std::string_view meaning, Field field)
{
    return entry(
        Kind::Path, name, defaultText, meaning,
        [field](Config &config, const std::string &text) { field(config) = toQString(text); },
        [field](const Config &config) {
            Config copy = config;
            return showText(toStd(field(copy)));
        });
}

template <typename Field>
SchemaEntry secret(std::string_view name, std::string_view meaning, Field field)
{
    return entry(
        Kind::Secret, name, "not set", meaning,
        [field](Config &config, const std::string &text) { field(config) = toBytes(text); },
        [field](const Config &config) {
            Config copy = config;
            return showSecret(field(copy));
        });
}

/// The file beside a secret; it sets the secret and leaves nothing of its own in the configuration.
SchemaEntry secretFile(std::string_view name, std::string_view meaning)
{
    return entry(Kind::Path, name, "not set", meaning, {}, {});
}

SchemaEntry choice(std::string_view name, std::string_view defaultText,
    std::vector<std::string_view> choices, std::string_view meaning, Apply apply, Show show)
{
    SchemaEntry made
        = entry(Kind::Choice, name, defaultText, meaning, std::move(apply), std::move(show));
    made.key.choices = std::move(choices);
    return made;
}

void addGeneral(std::vector<SchemaEntry> &all)
{
    all.push_back(choice(
        "env", "development", {"development", "production"},
        "In `production` a master key and, for listed nodes, their master key are demanded, of at "
        "least 16 bytes each; in "
        "`development` that is only warned of.",
        [](Config &c, const std::string &t) {
            c.env = t == "production" ? Environment::Production : Environment::Development;
        },
        [](const Config &c) {
            return c.env == Environment::Production ? "production" : "development";
        }));
    all.push_back(path("data_dir", "miroir-data",
        "Folder of everything the orchestrator keeps; made when missing. Relative paths start at "
        "the working "
        "directory.",
        [](Config &c) -> QString & { return c.dataDir; }));
    all.push_back(secret("master_key",
        "Key of the Meilisearch API: gives every right and derives the other keys. Without it "
        "every route "
        "is open.",
        [](Config &c) -> QByteArray & { return c.masterKey; }));
    all.push_back(secretFile(
        "master_key_file", "File that holds `master_key`; a line end after it is ignored."));
    all.push_back(secret("node_master_key",
        "Master key of the Meilisearch nodes, the same on all. Clients never see it. With "
        "`local_cluster` it "
        "is made by itself.",
        [](Config &c) -> QByteArray & { return c.nodeMasterKey; }));
    all.push_back(secretFile("node_master_key_file", "File that holds `node_master_key`."));
    all.push_back(integer("replication_factor", "2", 1, 16,
        "Copies of each document, on different nodes. Refused when there are fewer nodes; never "
        "lowered "
        "by itself.",
        [](Config &c) -> int & { return c.replicationFactor; }));
    all.push_back(entry(
        Kind::Text, "allowed_ip_networks", "none",
        "Private networks that webhooks and exports may reach, separated by commas: "
        "`10.0.0.0/8,127.0.0.1`; `any` "
        "for all. Public addresses are always allowed.",
        [](Config &c, const std::string &t) { c.allowedIpNetworks = t; },
        [](const Config &c) { return showText(c.allowedIpNetworks); }));
}

void addNodes(std::vector<SchemaEntry> &all)
{
    all.push_back(entry(Kind::Nodes, "nodes", "none",
        "The Meilisearch nodes. In the environment and in the flag: `id=address`, separated by "
        "commas.",
        {}, {}));
    all.push_back(entry(Kind::Text, "nodes[].id", "required",
        "Name of the node: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, unique. Data belongs to the "
        "id, so it must "
        "not change.",
        {}, {}));
    all.push_back(entry(Kind::Text, "nodes[].address", "required",
        "`http://host:port` or `https://host:port`, unique, without path.", {}, {}));
    all.push_back(entry(Kind::Text, "nodes[].zone", "not set",
        "Label such as a rack or a data centre: copies of a document go to different zones where "
        "that is "
        "possible. Other name: `replica_group`.",
        {}, {}));
    SchemaEntry weight = entry(Kind::Number, "nodes[].weight", "1",
        "Share of the data, relative to the other nodes: 2 holds twice as much as 1.", {}, {});
    weight.key.min = 0.01;
    weight.key.max = 100;
    all.push_back(std::move(weight));
}

void addStoreAndAdmin(std::vector<SchemaEntry> &all)
{
    all.push_back(choice(
        "task_store.backend", "sqlite", {"sqlite"},
        "Where the operation log, tasks and shard map are kept.",
        [](Config &c, const std::string &t) { c.taskStore.backend = t; },
        [](const Config &c) { return c.taskStore.backend; }));
    all.push_back(path("task_store.path", "store/miroir.sqlite in data_dir",
        "File of the SQLite database; its lock and large payloads stand beside it.",
        [](Config &c) -> QString & { return c.taskStore.path; }));
    all.push_back(
        boolean("admin.enabled", "true", "Serves the administration API under `/_miroir/`.",
            [](Config &c) -> bool & { return c.admin.enabled; }));
    all.push_back(secret("admin.api_key",
        "Key of the administration API. When not set, one is made at the first start and kept in "
        "`admin.key` "
        "in `data_dir`.",
        [](Config &c) -> QByteArray & { return c.admin.apiKey; }));
    all.push_back(secretFile("admin.api_key_file", "File that holds `admin.api_key`."));
}

void addWatching(std::vector<SchemaEntry> &all)
{
    all.push_back(integer("health.interval_ms", "500", 50, 60'000,
        "Time between two health checks of a node.",
        [](Config &c) -> int & { return c.health.intervalMs; }));
    all.push_back(integer("health.timeout_ms", "2000", 50, 60'000,
        "A health check without answer fails after this time.",
        [](Config &c) -> int & { return c.health.timeoutMs; }));
    all.push_back(integer("health.unhealthy_threshold", "2", 1, 100,
        "Failed checks in a row until a node counts as down.",
        [](Config &c) -> int & { return c.health.unhealthyThreshold; }));
    all.push_back(integer("health.recovery_threshold", "2", 1, 100,
        "Successful checks in a row until a node that was down is used again (once it is up to "
        "date).",
        [](Config &c) -> int & { return c.health.recoveryThreshold; }));
    all.push_back(integer("scatter.node_timeout_ms", "5000", 50, 600'000,
        "Longest wait for one node within a search.",
        [](Config &c) -> int & { return c.scatter.nodeTimeoutMs; }));
    all.push_back(boolean("scatter.retry_on_timeout", "true",
        "Asks other replicas when a node does not answer in time; without it only failures and "
        "refusals "
        "are retried.",
        [](Config &c) -> bool & { return c.scatter.retryOnTimeout; }));
    all.push_back(choice(
        "scatter.unavailable_shard_policy", "error", {"error", "partial"},
        "A search that finds no replica of a shard fails (`error`), or is answered from the rest "
        "and marked (`partial`).",
        [](Config &c, const std::string &t) {
            c.scatter.unavailableShardPolicy
                = t == "partial" ? UnavailableShardPolicy::Partial : UnavailableShardPolicy::Error;
        },
        [](const Config &c) {
            return c.scatter.unavailableShardPolicy == UnavailableShardPolicy::Partial ? "partial"
                                                                                       : "error";
        }));
    all.push_back(integer("write.log_max_bytes", "10000000000", 1'000'000, 1'000'000'000'000'000,
        "Most bytes of writes that are kept for a node that is away; one that is further behind has to be copied anew.",
        [](Config &c) -> std::int64_t & { return c.write.logMaxBytes; }));
    all.push_back(integer("write.log_max_hours", "24", 1, 8760,
        "Longest time for which writes are kept for a node that is away.",
        [](Config &c) -> int & { return c.write.logMaxHours; }));
}

void addServer(std::vector<SchemaEntry> &all)
{
    all.push_back(entry(
        Kind::Text, "server.bind", "127.0.0.1",
        "Address to listen on: an IP address or `localhost`; `0.0.0.0` or `::` for all interfaces.",
        [](Config &c, const std::string &t) { c.server.bind = t; },
        [](const Config &c) { return showText(c.server.bind); }));
    all.push_back(
        integer("server.port", "7700", 0, 65'535, "Port to listen on; 0 takes any free one.",
            [](Config &c) -> std::uint16_t & { return c.server.port; }));
    all.push_back(integer("server.threads", "0", 0, 64,
        "Threads that serve clients; 0: one for each processor, at most 8.",
        [](Config &c) -> int & { return c.server.threads; }));
    all.push_back(integer("server.max_body_bytes", "100000000", 1024, 1'000'000'000,
        "Largest request body, as sent and after decompression.",
        [](Config &c) -> std::int64_t & { return c.server.maxBodyBytes; }));
    all.push_back(integer("server.max_connections", "2048", 1, 65'535,
        "Client connections at one time, over all threads.",
        [](Config &c) -> int & { return c.server.maxConnections; }));
}

void addLocalCluster(std::vector<SchemaEntry> &all)
{
    all.push_back(integer("local_cluster.nodes", "0", 0, 16,
        "Starts and supervises that many nodes on this machine, in place of `nodes`. 0: none.",
        [](Config &c) -> int & { return c.localCluster.nodes; }));
    all.push_back(path("local_cluster.node_program", "found by itself",
        "Program to start as node. When not set: `$MIROIR_MEILISEARCH`, `meilisearch` on the PATH, "
        "else the "
        "bundled `miroir-node`.",
        [](Config &c) -> QString & { return c.localCluster.nodeProgram; }));
    all.push_back(boolean("local_cluster.restart", "true", "Starts a node again that has died.",
        [](Config &c) -> bool & { return c.localCluster.restart; }));
    all.push_back(path("local_cluster.data_dir", "nodes in data_dir",
        "Folder of the nodes' data, key and logs.",
        [](Config &c) -> QString & { return c.localCluster.dataDir; }));
}

std::optional<std::string> numberProblem(const ConfigKey &key, const std::string &text)
{
    const char *end = text.data() + text.size();
    double number = 0;
    if (key.kind == Kind::Integer) {
        std::int64_t whole = 0;
        const auto [at, error] = std::from_chars(text.data(), end, whole);
        if (error != std::errc() || at != end)
            return "expected a " + key.typeText() + ", " + found(text);
        number = static_cast<double>(whole);
    } else {
        const auto [at, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc() || at != end || !std::isfinite(number))
            return "expected a " + key.typeText() + ", " + found(text);
    }
    if (number < key.min || number > key.max)
        return "expected a " + key.typeText() + ", " + found(text);
    return std::nullopt;
}

std::optional<std::string> secretProblem(const std::string &text)
{
    const bool sendable = std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f;
    });
    if (text.empty() || text.size() > 4096 || !sendable)
        return "expected a key of 1 to 4096 characters without spaces and control characters";
    return std::nullopt;
}

} // namespace

const std::vector<SchemaEntry> &schemaEntries()
{
    static const std::vector<SchemaEntry> entries = [] {
        std::vector<SchemaEntry> all;
        addGeneral(all);
        addNodes(all);
        addStoreAndAdmin(all);
        addWatching(all);
        addServer(all);
        addLocalCluster(all);
        return all;
    }();
    return entries;
}

const SchemaEntry *schemaEntry(std::string_view name)
{
    const auto &all = schemaEntries();
    const auto at = std::find_if(
        all.begin(), all.end(), [name](const SchemaEntry &e) { return e.key.name == name; });
    return at == all.end() ? nullptr : &*at;
}

std::optional<std::string> textProblem(const ConfigKey &key, const std::string &text)
{
    switch (key.kind) {
    case Kind::Integer:
    case Kind::Number:
        return numberProblem(key, text);
    case Kind::Boolean:
        if (text != "true" && text != "false")
            return "expected true or false, " + found(text);
        return std::nullopt;
    case Kind::Choice:
        if (std::find(key.choices.begin(), key.choices.end(), text) == key.choices.end())
            return "expected " + key.typeText() + ", " + found(text);
        return std::nullopt;
    case Kind::Secret:
        return secretProblem(text);
    case Kind::Text:
        if (key.name == "server.bind" && text != "localhost"
            && QHostAddress(toQString(text)).isNull())
            return "expected an IP address or localhost, " + found(text);
        [[fallthrough]];
    case Kind::Path:
        if (text.empty() || text.find('\0') != std::string::npos)
            return "expected " + key.typeText() + ", found nothing";
        return std::nullopt;
    case Kind::Nodes:
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace miroir::config

namespace miroir {

const std::vector<ConfigKey> &configSchema()
{
    static const std::vector<ConfigKey> keys = [] {
        std::vector<ConfigKey> all;
        for (const config::SchemaEntry &entry : config::schemaEntries())
            all.push_back(entry.key);
        return all;
    }();
    return keys;
}

} // namespace miroir
