// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"

#include "base/Bytes.h"

#include <QCoreApplication>

#include <cstdio>
#include <optional>

namespace {

using namespace miroir::ctl;

struct Arguments {
    QString command, url, keyFile, dataDir;
    bool json = false, help = false, version = false;
    std::optional<std::string> problem;
};

Arguments parse(const QStringList &list)
{
    Arguments arguments;
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString &word = list[i];
        const auto value = [&](QString &out) {
            if (i + 1 < list.size())
                out = list[++i];
            else
                arguments.problem = miroir::toStd(word) + " needs a value";
        };
        if (word == QStringLiteral("--json"))
            arguments.json = true;
        else if (word == QStringLiteral("--help") || word == QStringLiteral("-h"))
            arguments.help = true;
        else if (word == QStringLiteral("--version"))
            arguments.version = true;
        else if (word == QStringLiteral("--url"))
            value(arguments.url);
        else if (word == QStringLiteral("--key-file"))
            value(arguments.keyFile);
        else if (word == QStringLiteral("--data-dir"))
            value(arguments.dataDir);
        else if (word.startsWith(u'-') || !arguments.command.isEmpty())
            arguments.problem = "unknown argument '" + miroir::toStd(word) + "'";
        else
            arguments.command = word;
    }
    return arguments;
}

std::string usage()
{
    std::string text
        = "Usage: miroir-ctl COMMAND [--json] [--url URL] [--key-file FILE] [--data-dir DIR]\n"
          "       miroir-ctl --help | --version\n\nCommands:\n";
    for (const auto &command : allCommands()) {
        std::string name = command->name();
        name.resize(10, ' ');
        text += "  " + name + command->summary() + '\n';
    }
    return text
        + "\nThe engine is found by --url (or MIROIR_URL) and its admin key (--key-file or MIROIR_ADMIN_API_KEY), or "
          "by the\n"
          "endpoint.json that an engine keeps in its data folder (--data-dir, MIROIR_DATA_DIR, ./miroir-data).\n"
          "Exit codes: 0 well, 1 failed, 2 wrong usage, 3 cannot be reached, 4 key refused.\n";
}

int complain(ExitCode code, const std::string &message)
{
    std::fprintf(stderr, "miroir-ctl: %s\n", message.c_str());
    return code;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const Arguments arguments = parse(QCoreApplication::arguments().mid(1));
    if (arguments.help) {
        std::fputs(usage().c_str(), stdout);
        return Success;
    }
    if (arguments.version) {
        std::puts("miroir-ctl " MIROIR_VERSION);
        return Success;
    }
    if (arguments.problem)
        return complain(WrongUsage, *arguments.problem + "; try miroir-ctl --help");
    for (const auto &command : allCommands()) {
        if (arguments.command != QString::fromLatin1(command->name()))
            continue;
        const auto endpoint = Endpoint::find(arguments.url, arguments.keyFile, arguments.dataDir);
        if (!endpoint)
            return complain(endpoint.error().code, endpoint.error().message);
        const auto answer = ask(*endpoint, command->target());
        if (!answer)
            return complain(answer.error().code, answer.error().message);
        const std::string out
            = arguments.json ? std::string(answer->root().raw()) + '\n' : command->human(answer->root());
        std::fwrite(out.data(), 1, out.size(), stdout);
        return command->verdict(answer->root());
    }
    return complain(WrongUsage,
        arguments.command.isEmpty()
            ? "a command is needed; try miroir-ctl --help"
            : "unknown command '" + miroir::toStd(arguments.command) + "'; try miroir-ctl --help");
}
