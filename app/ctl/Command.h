// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "AdminConnection.h"

#include <memory>
#include <string>
#include <vector>

namespace miroir::ctl {

/// One subcommand. Help and completion are made from what it says of itself.
class Command
{
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual const char *name() const = 0;
    [[nodiscard]] virtual const char *summary() const = 0;
    /// Path and query of the admin API that it shows.
    [[nodiscard]] virtual QByteArray target() const = 0;
    /// What a person reads, lines ended.
    [[nodiscard]] virtual std::string human(const json::Value &answer) const = 0;
    /// Exit code for an answer that came: scripts may test the state of the cluster by it.
    [[nodiscard]] virtual ExitCode verdict(const json::Value &) const { return Success; }
};

std::vector<std::unique_ptr<Command>> allCommands();

/// Columns aligned with spaces; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>> &rows);

} // namespace miroir::ctl
