// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/LogsRequest.h"

#include "protocol/Deserr.h"

#include <array>

namespace miroir::protocol {

namespace {

constexpr const char *logsCode = "bad_request";
constexpr std::array<const char *, 3> modes {"human", "json", "profile"};
enum Mode : std::size_t { Human, Json, Profile };
constexpr std::array<const char *, 3> modeTypes {"Human", "Json", "Profile"};
constexpr std::size_t targetBytes = 4096;

ReadJson intoTargets(LogTargets *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view) -> ApiStatus {
        std::string text;
        if (auto s = readInto(text, v, at, logsCode); !s)
            return s;
        if (text.empty()) {
            return invalidValue("Empty string is not a valid target. If you want to get no logs use `OFF`. Usage: "
                                "`info`, `meilisearch=info`, or you can write multiple filters in one target: "
                                "`index_scheduler=info,milli=trace`",
                at, logsCode);
        }
        if (text.size() > targetBytes)
            return invalidValue("targets of more than " + std::to_string(targetBytes) + " bytes", at, logsCode);
        auto targets = LogTargets::parse(text);
        if (!targets)
            return invalidValue(targets.error(), at, logsCode);
        *out = std::move(*targets);
        return Done {};
    };
}

LogTargets defaultTargets() { return *LogTargets::parse("info"); }

} // namespace

ApiResult<LogsStream> parseLogsStream(const json::Value &body)
{
    LogsStream request {defaultTargets(), false, false};
    std::size_t mode = Human;
    bool profileMemory = false;
    const ReadJson readMode = [&mode](const json::Value &v, const Location &at, std::string_view) {
        return readName(mode, modes, v, at, logsCode);
    };
    const auto read = readObject(body, {},
        {{"target", logsCode, intoTargets(&request.targets)}, {"mode", logsCode, readMode},
            {"profileMemory", logsCode, into(&profileMemory)}});
    if (!read)
        return read.err();
    if (profileMemory && mode != Profile) {
        // the code is that of a node
        return invalidValue("`profile_memory` can only be used while profiling code and is not compatible with the "
                + std::string(modeTypes[mode]) + " mode.",
            {}, "invalid_settings_typo_tolerance");
    }
    request.json = mode == Json;
    request.profile = mode == Profile;
    return request;
}

ApiResult<LogTargets> parseLogsStderr(const json::Value &body)
{
    LogTargets targets = defaultTargets();
    const auto read = readObject(body, {}, {{"target", logsCode, intoTargets(&targets)}});
    if (!read)
        return read.err();
    return targets;
}

} // namespace miroir::protocol
