// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/Colours.h"

#include <QColor>
#include <QObject>
#include <QPalette>

namespace miroir::ui {

/// The look of the window: one semantic palette table for each scheme, applied to the whole application. The choice
/// "System" follows the desktop (see SystemScheme). Used in the GUI thread only.
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Scheme { Light, Dark, HighContrast };
    enum class Choice { System, Light, Dark, HighContrast };
    Q_ENUM(Scheme)
    Q_ENUM(Choice)

    static Theme &instance();
    static QColor colour(Scheme scheme, Colour colour);
    /// Hue of the n-th zone, from the Okabe-Ito set, which people with any colour vision tell apart.
    static QColor zoneHue(Scheme scheme, int zone);
    /// "over" shines through "under" by the given share, 0..1.
    static QColor mixed(const QColor &over, const QColor &under, double share);

    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] Choice choice() const { return m_choice; }
    void choose(Choice choice);
    /// What the desktop says; counts while the choice is System.
    void setSystemDark(bool dark);
    /// Puts style and palette on the application; once, before the first window.
    void install();

    static constexpr int unit = 8; ///< px; all distances are multiples or halves of it
    static constexpr double corner = 6;

Q_SIGNALS:
    void changed();

private:
    Theme() = default;
    void update();
    [[nodiscard]] QPalette palette() const;

    Scheme m_scheme = Scheme::Light;
    Choice m_choice = Choice::System;
    bool m_systemDark = false;
    bool m_installed = false;
};

/// Short for the colour of the scheme in use.
inline QColor tint(Colour colour)
{
    return Theme::colour(Theme::instance().scheme(), colour);
}

} // namespace miroir::ui
