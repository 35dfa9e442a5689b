// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Config.h"

#include "ConfigInternal.h"
#include "base/Bytes.h"
#include "json/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSaveFile>
#include <QThread>

#include <algorithm>
#include <array>
#include <sstream>

#include <unistd.h>

namespace miroir {

namespace {

/// Short names of flags that people type often.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> shortFlags {
    {{"--port", "server.port"}, {"--bind", "server.bind"},
        {"--local-nodes", "local_cluster.nodes"}}};

std::string keyOfFlag(const std::string &flag)
{
    for (const auto &[name, key] : shortFlags) {
        if (name == flag)
            return std::string(key);
    }
    for (const ConfigKey &key : configSchema()) {
        if (key.flagName() == flag)
            return std::string(key.name);
    }
    return {};
}

bool isNodeKey(std::string_view name)
{
    return name.find('[') != std::string_view::npos;
}

} // namespace

QString Config::storePath() const
{
    return taskStore.path.isEmpty() ? QDir(dataDir).filePath(QStringLiteral("store/miroir.sqlite"))
                                    : taskStore.path;
}

QString Config::localClusterDir() const
{
    return localCluster.dataDir.isEmpty() ? QDir(dataDir).filePath(QStringLiteral("nodes"))
                                          : localCluster.dataDir;
}

int Config::frontThreads() const
{
    return server.threads > 0 ? server.threads : std::clamp(QThread::idealThreadCount(), 1, 8);
}

std::string ConfigProblem::text() const
{
    std::string out;
    for (const std::string &part : {where, key}) {
        if (!part.empty())
            out += part + ": ";
    }
    return out + (warning ? "warning: " : "") + expected;
}

bool LoadedConfig::ok() const
{
    return std::all_of(
        problems.begin(), problems.end(), [](const ConfigProblem &each) { return each.warning; });
}

std::map<std::string, std::string> ConfigSources::processEnvironment()
{
    constexpr std::string_view prefix = "MIROIR_";
    std::map<std::string, std::string> found;
    for (char **entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (text.starts_with(prefix) && equals != std::string_view::npos)
            found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

Status<> takeConfigArguments(QStringList &arguments, ConfigSources &sources)
{
    QStringList rest;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        const qsizetype equals = argument.indexOf(QLatin1Char('='));
        const std::string flag = toStd(equals < 0 ? argument : argument.left(equals));
        const std::string key = keyOfFlag(flag);
        if (!argument.startsWith(QLatin1String("--")) || (key.empty() && flag != "--config")) {
            rest.append(argument);
            continue;
        }
        if (equals < 0 && i + 1 >= arguments.size())
            return fail("flag " + flag + ": expected a value after it");
        const QString value = equals < 0 ? arguments[++i] : argument.mid(equals + 1);
        if (key.empty())
            sources.file = value;
        else
            sources.flags.emplace_back(key, toStd(value));
    }
    arguments = rest;
    return Done {};
}

std::string checkConfigText(const LoadedConfig &loaded)
{
    std::string out;
    std::size_t errors = 0;
    for (const ConfigProblem &each : loaded.problems) {
        out += each.text() + "\n";
        errors += each.warning ? 0U : 1U;
    }
    const std::size_t warnings = loaded.problems.size() - errors;
    const auto counted = [](std::size_t count, const char *one, const char *many) {
        return std::to_string(count) + " " + (count == 1 ? one : many);
    };
    out += errors == 0 ? "the configuration is good"
                       : "the configuration is refused: " + counted(errors, "error", "errors");
    if (warnings > 0)
        out += ", " + counted(warnings, "warning", "warnings");
    return out + "\n";
}

std::string describe(const Config &config)
{
    std::ostringstream out;
    std::string section;
    for (const config::SchemaEntry &entry : config::schemaEntries()) {
        const std::string_view name = entry.key.name;
        if (entry.key.kind == ConfigKey::Kind::Nodes) {
            out << "nodes:" << (config.nodes.empty() ? " []" : "") << "\n";
            for (const NodeConfig &node : config.nodes) {
                out << "  - {id: " << json::quoted(node.id)
                    << ", address: " << json::quoted(toStd(node.address.toString()))
                    << ", zone: " << json::quoted(node.zone)
                    << ", weight: " << json::formatDouble(node.weight) << "}\n";
            }
        }
        if (!entry.show)
            continue;
        const std::size_t dot = name.find('.');
        const std::string_view head
            = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
        if (head != section && !head.empty())
            out << head << ":\n";
        section = head;
        out << (head.empty() ? "" : "  ")
            << name.substr(dot == std::string_view::npos ? 0 : dot + 1) << ": "
            << entry.show(config) << "\n";
    }
    return out.str();
}

std::string ConfigKey::environmentName() const
{
    if (isNodeKey(name))
        return {};
    std::string out = "MIROIR_";
    for (const char c : name)
        out += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return out;
}

std::string ConfigKey::flagName() const
{
    if (isNodeKey(name))
        return {};
    std::string out = "--";
    for (const char c : name)
        out += c == '.' || c == '_' ? '-' : c;
    return out;
}

std::string ConfigKey::typeText() const
{
    const auto bound = [](double number) {
        return number == static_cast<double>(static_cast<std::int64_t>(number))
            ? std::to_string(static_cast<std::int64_t>(number))
            : json::formatDouble(number);
    };
    switch (kind) {
    case Kind::Text:
        return "text";
    case Kind::Secret:
        return "secret text";
    case Kind::Path:
        return "path";
    case Kind::Boolean:
        return "true or false";
    case Kind::Integer:
        return "whole number from " + bound(min) + " to " + bound(max);
    case Kind::Number:
        return "number from " + bound(min) + " to " + bound(max);
    case Kind::Choice: {
        std::string out;
        for (const std::string_view choice : choices)
            out += (out.empty() ? "" : " or ") + std::string(choice);
        return out;
    }
    case Kind::Nodes:
        return "list of nodes";
    }
    return {};
}

Result<QByteArray> keptSecret(const QString &path)
{
    constexpr qint64 longest = 4096;
    QFile file(path);
    if (file.exists()) {
        if (!file.open(QIODevice::ReadOnly))
            return fail("cannot read " + toStd(path) + ": " + toStd(file.errorString()));
        const QByteArray secret = file.read(longest).trimmed();
        if (secret.isEmpty())
            return fail("the key file " + toStd(path) + " is empty");
        return secret;
    }
    std::array<quint32, 4> numbers {};
    QRandomGenerator::system()->fillRange(numbers.data(), static_cast<qsizetype>(numbers.size()));
    QByteArray secret;
    for (const quint32 number : numbers)
        secret += QByteArray::number(number, 16).rightJustified(8, '0');
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile made(path); // never half a key, and never one that others could read meanwhile
    if (!made.open(QIODevice::WriteOnly)
        || !made.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || made.write(secret + '\n') < 0 || !made.commit())
        return fail("cannot write " + toStd(path) + ": " + toStd(made.errorString()));
    return secret;
}

} // namespace miroir
