// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConsoleApp.h"

#include "MainWindow.h"
#include "theme/SystemScheme.h"
#include "theme/Theme.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QTranslator>

namespace miroir::ui {

void installLanguage()
{
    const auto load = [](const QLocale &locale, const QString &name, const QString &folder) {
        auto *translator = new QTranslator(qApp);
        if (translator->load(locale, name, QStringLiteral("_"), folder))
            QCoreApplication::installTranslator(translator);
        else
            delete translator;
    };
    // English has plurals too ("1 shard", "2 shards"); it stands behind whatever the person speaks.
    load(QLocale(QLocale::English), QStringLiteral("miroir"), QStringLiteral(":/i18n"));
    load(QLocale(), QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    load(QLocale(), QStringLiteral("miroir"), QStringLiteral(":/i18n"));
}

int runConsole(int argc, char **argv, Host *host)
{
    QApplication app(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("miroir"));
    QCoreApplication::setApplicationName(QStringLiteral("miroir"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MIROIR_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Miroir"));
    QGuiApplication::setDesktopFileName(QStringLiteral("miroir"));
    installLanguage();

    Theme &theme = Theme::instance();
    theme.setSystemDark(SystemScheme::paletteIsDark());
    SystemScheme system;
    QObject::connect(&system, &SystemScheme::dark, &theme, &Theme::setSystemDark);
    theme.install();

    MainWindow window(host);
    window.show();
    window.start();
    return QApplication::exec();
}

} // namespace miroir::ui
