// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ConsoleApp.h"
#include "theme/Theme.h"

#include <QApplication>
#include <QLocale>
#include <QTemporaryDir>
#include <QTest>

/// main() of a test of the window: settings, caches and connections go to a folder of its own, texts are English, no
/// display and no session bus is needed.
#define MIROIR_GUI_MAIN(Test)                                                                                          \
    int main(int argc, char **argv)                                                                                    \
    {                                                                                                                  \
        QTemporaryDir home;                                                                                            \
        for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "HOME"})     \
            qputenv(name, home.path().toUtf8());                                                                       \
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");                                                 \
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))                                                            \
            qputenv("QT_QPA_PLATFORM", "offscreen");                                                                   \
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));                                         \
        QApplication app(argc, argv);                                                                                  \
        QCoreApplication::setOrganizationName(QStringLiteral("miroir"));                                               \
        QCoreApplication::setApplicationName(QStringLiteral("miroir"));                                                \
        miroir::ui::installLanguage();                                                                                 \
        miroir::ui::Theme::instance().choose(miroir::ui::Theme::Choice::Light);                                        \
        miroir::ui::Theme::instance().install();                                                                       \
        Test test;                                                                                                     \
        return QTest::qExec(&test, argc, argv);                                                                        \
    }
