// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"

#include "base/Bytes.h"

#include <cmath>
#include <cstdio>
#include <optional>

namespace miroir::ctl {

namespace {

std::string number(const json::Value &value)
{
    return value.exists() && value.isNumber() ? std::string(value.raw()) : "-";
}

std::string text(const json::Value &value)
{
    return value.isString() && !value.toString().empty() ? value.toString() : "-";
}

std::string bytes(const json::Value &value)
{
    if (!value.isNumber())
        return "-";
    static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double size = value.toDouble();
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < std::size(units); ++unit)
        size /= 1024;
    char out[40];
    std::snprintf(out, sizeof out, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return out;
}

class StatusCommand final : public ShowCommand
{
public:
    [[nodiscard]] const char *name() const override { return "status"; }
    [[nodiscard]] const char *summary() const override { return "is the cluster well (exit 1 when it cannot answer)"; }
    [[nodiscard]] QByteArray target() const override { return "/_miroir/cluster"; }
    [[nodiscard]] std::string human(const json::Value &answer) const override
    {
        std::string out = answer["sentence"].toString() + '\n';
        out += "epoch " + number(answer["epoch"]) + ", " + std::to_string(answer["indexes"].size())
            + " indexes, tasks: ";
        bool first = true;
        for (const json::Member count : answer["tasks"].members()) {
            out += first ? "" : ", ";
            out += std::string(count.value.raw()) + ' ' + count.key();
            first = false;
        }
        return out + '\n';
    }
    [[nodiscard]] ExitCode verdict(const json::Value &answer) const override
    {
        return answer["state"].toString() == "unavailable" ? Failed : Success;
    }
};

class NodesCommand final : public ShowCommand
{
public:
    [[nodiscard]] const char *name() const override { return "nodes"; }
    [[nodiscard]] const char *summary() const override { return "every node with its state and what it holds"; }
    [[nodiscard]] QByteArray target() const override { return "/_miroir/nodes"; }
    [[nodiscard]] std::string human(const json::Value &answer) const override
    {
        std::vector<std::vector<std::string>> rows {
            {"NODE", "STATE", "ZONE", "SHARDS", "DOCUMENTS", "SIZE", "LAG", "LATENCY", "PID", "ADDRESS", "ERROR"}};
        for (const json::Value node : answer["nodes"].items()) {
            rows.push_back({text(node["id"]), text(node["state"]), text(node["zone"]), number(node["shards"]),
                number(node["documents"]), bytes(node["bytes"]), number(node["lag"]), number(node["latencyMs"]) + " ms",
                number(node["pid"]), text(node["address"]), text(node["error"])});
        }
        return table(rows);
    }
};

class IndexesCommand final : public ShowCommand
{
public:
    [[nodiscard]] const char *name() const override { return "indexes"; }
    [[nodiscard]] const char *summary() const override { return "every index with its documents"; }
    [[nodiscard]] QByteArray target() const override { return "/_miroir/indexes"; }
    [[nodiscard]] std::string human(const json::Value &answer) const override
    {
        std::vector<std::vector<std::string>> rows {{"INDEX", "DOCUMENTS", "PRIMARY KEY", "INDEXING", "UPDATED"}};
        for (const json::Value index : answer["indexes"].items()) {
            rows.push_back({text(index["uid"]), number(index["documents"]), text(index["primaryKey"]),
                index["isIndexing"].toBool() ? "yes" : "no", text(index["updatedAt"])});
        }
        return table(rows);
    }
};

class TasksCommand final : public ShowCommand
{
public:
    [[nodiscard]] const char *name() const override { return "tasks"; }
    [[nodiscard]] const char *summary() const override { return "the newest tasks, and what they still wait for"; }
    [[nodiscard]] QByteArray target() const override { return "/_miroir/tasks?limit=20"; }
    [[nodiscard]] std::string human(const json::Value &answer) const override
    {
        std::vector<std::vector<std::string>> rows {
            {"TASK", "STATUS", "TYPE", "INDEX", "ENQUEUED", "WAITS FOR", "ERROR"}};
        for (const json::Value task : answer["tasks"].items()) {
            std::string waits;
            for (const json::Value node : task["pending"].items())
                waits += waits.empty() ? node["node"].toString() : ',' + node["node"].toString();
            rows.push_back({number(task["uid"]), text(task["status"]), text(task["type"]), text(task["indexUid"]),
                text(task["enqueuedAt"]), waits.empty() ? "-" : waits, text(task["error"]["code"])});
        }
        return table(rows);
    }
};

} // namespace

std::vector<std::unique_ptr<Command>> allCommands()
{
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<StatusCommand>());
    commands.push_back(std::make_unique<NodesCommand>());
    commands.push_back(std::make_unique<IndexesCommand>());
    commands.push_back(std::make_unique<TasksCommand>());
    commands.push_back(makeVerifyCommand());
    return commands;
}

int complain(int code, const std::string &message)
{
    std::fprintf(stderr, "miroir-ctl: %s\n", message.c_str());
    return code;
}

namespace {

struct ShowArguments {
    QString url, keyFile, dataDir;
    bool json = false;
    std::optional<std::string> problem;
};

ShowArguments parse(const QStringList &words)
{
    ShowArguments arguments;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        const auto value = [&](QString &out) {
            if (i + 1 < words.size())
                out = words[++i];
            else
                arguments.problem = toStd(word) + " needs a value";
        };
        if (word == QStringLiteral("--json"))
            arguments.json = true;
        else if (word == QStringLiteral("--url"))
            value(arguments.url);
        else if (word == QStringLiteral("--key-file"))
            value(arguments.keyFile);
        else if (word == QStringLiteral("--data-dir"))
            value(arguments.dataDir);
        else
            arguments.problem = "unknown argument '" + toStd(word) + "'";
    }
    return arguments;
}

} // namespace

int ShowCommand::run(const QStringList &words) const
{
    const ShowArguments arguments = parse(words);
    if (arguments.problem)
        return complain(WrongUsage, *arguments.problem + "; try miroir-ctl --help");
    const auto endpoint = Endpoint::find(arguments.url, arguments.keyFile, arguments.dataDir);
    if (!endpoint)
        return complain(endpoint.error().code, endpoint.error().message);
    const auto answer = ask(*endpoint, target());
    if (!answer)
        return complain(answer.error().code, answer.error().message);
    const std::string out = arguments.json ? std::string(answer->root().raw()) + '\n' : human(answer->root());
    std::fwrite(out.data(), 1, out.size(), stdout);
    return verdict(answer->root());
}

} // namespace miroir::ctl
