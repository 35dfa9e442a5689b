// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConsoleApp.h"
#include "Pictures.h"

#include <QApplication>
#include <QDir>
#include <QLocale>
#include <QSettings>
#include <QTemporaryDir>

#include <cstdio>

/// Takes the pictures of the documentation: `miroir-screenshots FOLDER [--only NAME,NAME...] [URL KEY]`. Without an
/// address the window shows a served example; with one, a running cluster.
int main(int argc, char **argv)
{
    QTemporaryDir home;
    qputenv("XDG_CONFIG_HOME", home.path().toUtf8()); // settings and connections of the person stay out of the pictures
    QApplication app(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("miroir"));
    QCoreApplication::setApplicationName(QStringLiteral("miroir"));
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    miroir::ui::installLanguage();
    QStringList arguments = QCoreApplication::arguments();
    QStringList wanted;
    if (arguments.size() > 3 && arguments[2] == QStringLiteral("--only")) {
        wanted = arguments[3].split(u',');
        arguments.remove(2, 2);
    }
    if (arguments.size() != 2 && arguments.size() != 4) {
        std::fputs("usage: miroir-screenshots FOLDER [--only NAME,NAME...] [URL KEY]\n", stderr);
        return 2;
    }
    if (!QDir().mkpath(arguments[1])) {
        std::fputs("the folder cannot be made\n", stderr);
        return 1;
    }
    Pictures pictures(arguments[1], wanted);
    if (arguments.size() == 4)
        return pictures.take({QUrl(arguments[2]), arguments[3].toUtf8(), QStringLiteral("Local cluster"), true}) ? 0
                                                                                                                 : 1;
    return pictures.takeExample() ? 0 : 1;
}
