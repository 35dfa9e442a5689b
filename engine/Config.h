// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "base/Result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Configuration of the engine: one YAML file, MIROIR_* environment variables over it, flags over
/// both. Every key stands in one table (configSchema), from which loading, messages, flags and the
/// documentation test are made.
namespace miroir {

enum class Environment : std::uint8_t { Development, Production };
enum class UnavailableShardPolicy : std::uint8_t { Error, Partial };

struct NodeConfig
{
    NodeId id; ///< [A-Za-z0-9._-]{1,64}, unique
    QUrl address; ///< http(s)://host:port, no path; unique
    std::string zone; ///< empty: none
    double weight = 1.0; ///< share of the shards, relative to the other nodes
};

struct TaskStoreConfig
{
    std::string backend = "sqlite";
    QString path; ///< empty: store/miroir.sqlite in the data directory; see storePath()
};

struct AdminConfig
{
    bool enabled = true;
    QByteArray apiKey; ///< empty: see docs/configuration.md, the key is then made and kept in the
                       ///< data directory
};

struct HealthConfig
{
    int intervalMs = 500;
    int timeoutMs = 2000;
    int unhealthyThreshold = 2;
    int recoveryThreshold = 2;
};

struct ScatterConfig
{
    int nodeTimeoutMs = 5000;
    bool retryOnTimeout = true;
    UnavailableShardPolicy unavailableShardPolicy = UnavailableShardPolicy::Error;
};

struct WriteConfig
{
    std::int64_t logMaxBytes = 10'000'000'000; ///< that the log keeps for a node that is away
    int logMaxHours = 24;
};

struct ServerConfig
{
    std::string bind = "127.0.0.1"; ///< address of an interface, or "localhost"
    std::uint16_t port = 7700; ///< 0: any free one
    int threads = 0; ///< 0: as many as processors, at most 8; see frontThreads()
    std::int64_t maxBodyBytes = 100'000'000;
    int maxConnections = 2048;
};

struct LocalClusterConfig
{
    int nodes = 0; ///< 0: no bundled nodes
    QString nodeProgram; ///< empty: meilisearch when found, else miroir-node
    bool restart = true;
    QString dataDir; ///< empty: "nodes" in the data directory; see localClusterDir()
};

struct Config
{
    Environment env = Environment::Development;
    QString dataDir = QStringLiteral("miroir-data");
    QByteArray masterKey; ///< empty: none, every route is open
    QByteArray nodeMasterKey; ///< empty: the nodes have none
    int replicationFactor = 2;
    std::vector<NodeConfig> nodes;
    /// private networks that webhooks and exports may reach: node::AddressPolicy
    std::string allowedIpNetworks;
    TaskStoreConfig taskStore;
    AdminConfig admin;
    HealthConfig health;
    ScatterConfig scatter;
    WriteConfig write;
    ServerConfig server;
    LocalClusterConfig localCluster;

    [[nodiscard]] QString storePath() const;
    [[nodiscard]] QString localClusterDir() const;
    [[nodiscard]] int frontThreads() const;
};

/// What is wrong with a configuration. Never holds the value of a secret.
struct ConfigProblem
{
    std::string where; ///< "miroir.yaml:12", "environment MIROIR_SERVER_PORT", "flag --server-port"
    std::string key; ///< "nodes[1].address"; empty when the file as a whole is meant
    std::string expected; ///< what should stand there, and what does
    bool warning = false; ///< said, but no reason to refuse
    [[nodiscard]] std::string text() const; ///< "miroir.yaml:12: nodes[1].address: expected ..."
};

struct LoadedConfig
{
    Config config; ///< of use only when ok()
    std::vector<ConfigProblem>
        problems; ///< all of them, in the order file, environment, flags, whole
    [[nodiscard]] bool ok() const;
};

/// Where a configuration is read from.
struct ConfigSources
{
    QString file; ///< empty: none
    std::optional<QByteArray> text; ///< when set, stands for the content of the file
    std::map<std::string, std::string>
        environment; ///< MIROIR_* only; an empty value counts as unset
    std::vector<std::pair<std::string, std::string>> flags; ///< key ("server.port") and value

    /// The variables of this process.
    static std::map<std::string, std::string> processEnvironment();
};

/// Takes --config FILE and every flag of the schema (--server-port 7700 or --server-port=7700) out
/// of arguments, adds them to sources and leaves the rest. Fails on a missing value.
Status<> takeConfigArguments(QStringList &arguments, ConfigSources &sources);

/// Reads everything and reports every problem; no exception, no exit, nothing written.
LoadedConfig loadConfig(const ConfigSources &sources);

/// Output of `miroir --check-config`: each problem on a line, then the verdict.
std::string checkConfigText(const LoadedConfig &loaded);
/// The effective configuration as YAML, secrets replaced by their length.
std::string describe(const Config &config);

/// One line of the table of keys.
struct ConfigKey
{
    enum class Kind : std::uint8_t { Text, Secret, Path, Boolean, Integer, Number, Choice, Nodes };
    std::string_view name; ///< "server.port"; of nodes: "nodes[].zone"
    Kind kind = Kind::Text;
    std::string_view defaultText; ///< as the documentation writes it
    std::string_view meaning;
    double min = 0, max = 0; ///< of Integer and Number
    std::vector<std::string_view> choices;
    [[nodiscard]] std::string environmentName() const; ///< MIROIR_SERVER_PORT; empty for nodes[].x
    [[nodiscard]] std::string flagName() const; ///< --server-port; empty for nodes[].x
    [[nodiscard]] std::string typeText() const; ///< "whole number, 0 to 65535"
};
const std::vector<ConfigKey> &configSchema();

/// Reads a secret from a file of mode 0600, or makes one of 32 hex digits and keeps it there.
Result<QByteArray> keptSecret(const QString &path);

} // namespace miroir
