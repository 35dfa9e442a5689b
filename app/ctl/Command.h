// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "AdminConnection.h"
#include "verify/Table.h"

#include <QStringList>

#include <memory>
#include <string>
#include <vector>

namespace miroir::ctl {

/// One subcommand. Help is made from what it says of itself.
class Command
{
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual const char *name() const = 0;
    [[nodiscard]] virtual const char *summary() const = 0;
    /// Lines of help about arguments of its own, ended; empty when it has the common ones only.
    [[nodiscard]] virtual std::string help() const { return {}; }
    /// words: all arguments but its name. Gives the exit code; complains on stderr.
    [[nodiscard]] virtual int run(const QStringList &words) const = 0;
};

/// A command that shows one answer of the admin API.
class ShowCommand : public Command
{
public:
    /// Path and query of the admin API that it shows.
    [[nodiscard]] virtual QByteArray target() const = 0;
    /// What a person reads, lines ended.
    [[nodiscard]] virtual std::string human(const json::Value &answer) const = 0;
    /// Exit code for an answer that came: scripts may test the state of the cluster by it.
    [[nodiscard]] virtual ExitCode verdict(const json::Value &) const { return Success; }
    [[nodiscard]] int run(const QStringList &words) const final;
};

std::vector<std::unique_ptr<Command>> allCommands();
std::unique_ptr<Command> makeVerifyCommand();

/// Says it on stderr and gives the code.
int complain(int code, const std::string &message);

} // namespace miroir::ctl
