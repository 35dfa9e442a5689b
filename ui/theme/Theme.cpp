// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/Theme.h"

#include "base/Assert.h"
#include "theme/MiroirStyle.h"

#include <QApplication>
#include <QStyleFactory>
#include <QToolTip>

#include <array>

namespace miroir::ui {

namespace {

using Table = std::array<QRgb, static_cast<std::size_t>(Colour::Count)>;

// Text and tones reach 4.5:1 on window and surface (7:1 in high contrast); the theme test computes it.
constexpr Table lightTable {
    0xFFF5F6F8, // Window
    0xFFFFFFFF, // Surface
    0xFFFBFBFC, // Raised
    0xFFDDE1E7, // Line
    0xFF1C2128, // Text
    0xFF5A6572, // Faint
    0xFF3453D1, // Accent
    0xFFFFFFFF, // AccentText
    0xFFE4E9FB, // AccentSoft
    0xFFFFE49B, // Mark
    0xFF13795B, // Ok
    0xFF9A5B00, // Warning
    0xFFC62839, // Error
    0xFF1769AA, // Info
    0xFF7A3FC4, // Moving
    0xFF626D7A, // Spare
    0xFF1F9A76, // CoverFull
    0xFFC98500, // CoverReduced
    0xFFD03548, // CoverNone
};
constexpr Table darkTable {
    0xFF15181D, // Window
    0xFF1C2026, // Surface
    0xFF242930, // Raised
    0xFF333A44, // Line
    0xFFE6E9EE, // Text
    0xFF9BA6B3, // Faint
    0xFF8AA2FF, // Accent
    0xFF10131A, // AccentText
    0xFF2A3354, // AccentSoft
    0xFF6B5413, // Mark
    0xFF4CC79A, // Ok
    0xFFE7AC4B, // Warning
    0xFFFF7B80, // Error
    0xFF66B5F2, // Info
    0xFFBE9BFF, // Moving
    0xFF98A3B0, // Spare
    0xFF3DB98C, // CoverFull
    0xFFDDA23F, // CoverReduced
    0xFFF0686E, // CoverNone
};
constexpr Table contrastTable {
    0xFF000000, // Window
    0xFF000000, // Surface
    0xFF101010, // Raised
    0xFFB8B8B8, // Line
    0xFFFFFFFF, // Text
    0xFFE2E2E2, // Faint
    0xFFFFE600, // Accent
    0xFF000000, // AccentText
    0xFF3A3600, // AccentSoft
    0xFF6A5C00, // Mark
    0xFF4DFFB0, // Ok
    0xFFFFC940, // Warning
    0xFFFF9090, // Error
    0xFF7FD0FF, // Info
    0xFFDDBBFF, // Moving
    0xFFD0D0D0, // Spare
    0xFF4DFFB0, // CoverFull
    0xFFFFC940, // CoverReduced
    0xFFFF9090, // CoverNone
};

// Okabe and Ito, "Color Universal Design", 2008; the black of the set stands for grey here.
constexpr std::array<QRgb, zoneHues> zoneTable {0xFFE69F00, 0xFF56B4E9, 0xFF009E73, 0xFFCC79A7, 0xFF0072B2, 0xFFD55E00,
    0xFFF0E442, 0xFF8C8C8C};

} // namespace

Theme &Theme::instance()
{
    static Theme theme;
    return theme;
}

QColor Theme::colour(Scheme scheme, Colour colour)
{
    MIROIR_ASSERT(colour < Colour::Count);
    const Table &table = scheme == Scheme::Light ? lightTable : scheme == Scheme::Dark ? darkTable : contrastTable;
    return QColor::fromRgb(table[static_cast<std::size_t>(colour)]);
}

QColor Theme::zoneHue(Scheme scheme, int zone)
{
    MIROIR_ASSERT(zone >= 0);
    const QColor hue = QColor::fromRgb(zoneTable[static_cast<std::size_t>(zone % zoneHues)]);
    return scheme == Scheme::HighContrast ? hue.lighter(120) : hue;
}

QColor Theme::mixed(const QColor &over, const QColor &under, double share)
{
    const auto part = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share) + 0.5); };
    return {part(over.red(), under.red()), part(over.green(), under.green()), part(over.blue(), under.blue())};
}

void Theme::choose(Choice choice)
{
    m_choice = choice;
    update();
}

void Theme::setSystemDark(bool dark)
{
    m_systemDark = dark;
    update();
}

void Theme::install()
{
    QApplication::setStyle(new MiroirStyle);
    m_installed = true;
    update();
    QApplication::setPalette(palette());
}

void Theme::update()
{
    Scheme scheme = m_systemDark ? Scheme::Dark : Scheme::Light;
    if (m_choice != Choice::System) {
        scheme = m_choice == Choice::Light ? Scheme::Light
            : m_choice == Choice::Dark     ? Scheme::Dark
                                           : Scheme::HighContrast;
    }
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    if (m_installed) {
        QApplication::setPalette(palette());
        QToolTip::setPalette(palette());
    }
    Q_EMIT changed();
}

QPalette Theme::palette() const
{
    const auto c = [this](Colour name) { return colour(m_scheme, name); };
    QPalette p;
    p.setColor(QPalette::Window, c(Colour::Window));
    p.setColor(QPalette::WindowText, c(Colour::Text));
    p.setColor(QPalette::Base, c(Colour::Surface));
    p.setColor(QPalette::AlternateBase, c(Colour::Raised));
    p.setColor(QPalette::Text, c(Colour::Text));
    p.setColor(QPalette::Button, c(Colour::Raised));
    p.setColor(QPalette::ButtonText, c(Colour::Text));
    p.setColor(QPalette::BrightText, c(Colour::AccentText));
    p.setColor(QPalette::ToolTipBase, c(Colour::Raised));
    p.setColor(QPalette::ToolTipText, c(Colour::Text));
    p.setColor(QPalette::PlaceholderText, c(Colour::Faint));
    p.setColor(QPalette::Highlight, c(Colour::AccentSoft));
    p.setColor(QPalette::HighlightedText, c(Colour::Text));
    p.setColor(QPalette::Link, c(Colour::Accent));
    p.setColor(QPalette::LinkVisited, c(Colour::Accent));
    p.setColor(QPalette::Light, c(Colour::Line));
    p.setColor(QPalette::Midlight, c(Colour::Line));
    p.setColor(QPalette::Mid, c(Colour::Line));
    p.setColor(QPalette::Dark, c(Colour::Line));
    p.setColor(QPalette::Shadow, c(Colour::Line));
    const QColor pale = mixed(c(Colour::Faint), c(Colour::Window), 0.6);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, pale);
    return p;
}

} // namespace miroir::ui
