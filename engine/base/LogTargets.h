// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace miroir {

enum class LogLevel : std::uint8_t { Off, Error, Warn, Info, Debug, Trace };
const char *logLevelName(LogLevel level); ///< "WARN"

/// Which log lines are wanted, in the words of the tracing crate that Meilisearch takes: `info`, `off`,
/// `miroir.pipe=debug,warn`. A target is the beginning of the name of a logging category. Pure.
class LogTargets
{
public:
    /// The targets, or the sentence that a client of Meilisearch gets.
    static Result<LogTargets, std::string> parse(std::string_view text);
    /// Decided by the longest target that fits. The lines have the field `message` and no other.
    [[nodiscard]] bool enabled(std::string_view category, LogLevel level) const;

private:
    struct Directive {
        std::string target; ///< empty: any
        bool bare = false; ///< no target was written
        std::vector<std::string> fields; ///< that a line must have
        LogLevel level = LogLevel::Trace;
    };
    static Result<Directive, std::string> directive(std::string_view text);
    void add(Directive directive);

    std::vector<Directive> m_directives; // the most specific first
};

} // namespace miroir
