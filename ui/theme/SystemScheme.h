// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace miroir::ui {

/// Asks the desktop whether it is dark and follows it: the portal's setting org.freedesktop.appearance color-scheme
/// over D-Bus (1 = dark), without waiting. Where there is no portal the palette Qt came with decides.
class SystemScheme : public QObject
{
    Q_OBJECT
public:
    explicit SystemScheme(QObject *parent = nullptr);
    /// The background of the palette the platform gave, before the theme changed it.
    static bool paletteIsDark();

Q_SIGNALS:
    void dark(bool isDark);

private Q_SLOTS:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void take(const QVariant &value);
};

} // namespace miroir::ui
