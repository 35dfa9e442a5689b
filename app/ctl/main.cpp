// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"

#include "base/Bytes.h"

#include <QCoreApplication>

#include <cstdio>

namespace {

using namespace miroir::ctl;

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
          "miroir-ctl COMMAND --help tells more of a command.\n"
          "Exit codes: 0 well, 1 failed, 2 wrong usage, 3 cannot be reached, 4 key refused.\n";
}

/// Place of the command among the words: options of all commands may stand before it.
qsizetype placeOfCommand(const QStringList &words)
{
    for (qsizetype i = 0; i < words.size(); ++i) {
        const bool hasValue = words[i] == QStringLiteral("--url") || words[i] == QStringLiteral("--key-file")
            || words[i] == QStringLiteral("--data-dir");
        if (hasValue)
            ++i;
        else if (!words[i].startsWith(u'-'))
            return i;
    }
    return -1;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QStringList words = QCoreApplication::arguments().mid(1);
    const qsizetype place = placeOfCommand(words);
    const QString name = place < 0 ? QString() : words.takeAt(place);
    const bool help = words.contains(QStringLiteral("--help")) || words.contains(QStringLiteral("-h"));
    for (const auto &command : allCommands()) {
        if (name != QString::fromLatin1(command->name()))
            continue;
        if (!help)
            return command->run(words);
        const std::string own = command->help();
        std::fputs((own.empty() ? usage() : own).c_str(), stdout);
        return Success;
    }
    if (help) {
        std::fputs(usage().c_str(), stdout);
        return Success;
    }
    if (words.contains(QStringLiteral("--version"))) {
        std::puts("miroir-ctl " MIROIR_VERSION);
        return Success;
    }
    return complain(WrongUsage,
        name.isEmpty() ? "a command is needed; try miroir-ctl --help"
                       : "unknown command '" + miroir::toStd(name) + "'; try miroir-ctl --help");
}
