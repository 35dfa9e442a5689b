// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/Icons.h"
#include "theme/MiroirStyle.h"
#include "theme/SystemScheme.h"
#include "theme/Theme.h"
#include "widgets/Parts.h"

#include "support/GuiMain.h"

#include <QDir>
#include <QFile>
#include <QPainter>
#include <QRegularExpression>
#include <QSignalSpy>

#include <cmath>

using namespace miroir::ui;

class TestGuiTheme : public QObject
{
    Q_OBJECT

private:
    // Relative luminance and contrast after WCAG 2.1, 1.4.3.
    static double luminance(const QColor &colour)
    {
        const auto part = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
        return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
    }
    static double contrast(const QColor &a, const QColor &b)
    {
        const double x = luminance(a);
        const double y = luminance(b);
        return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
    }

private Q_SLOTS:
    void init() { Theme::instance().choose(Theme::Choice::Light); }
    void textIsReadable_data();
    void textIsReadable();
    void choiceAndSystem();
    void labelsFollow();
    void iconsHaveOneStroke();
    void iconsFollowTheScheme();
    void noBusIsNoProblem();
};

void TestGuiTheme::textIsReadable_data()
{
    QTest::addColumn<Theme::Scheme>("scheme");
    QTest::addColumn<double>("least");
    QTest::newRow("light") << Theme::Scheme::Light << 4.5;
    QTest::newRow("dark") << Theme::Scheme::Dark << 4.5;
    QTest::newRow("high contrast") << Theme::Scheme::HighContrast << 7.0;
}

void TestGuiTheme::textIsReadable()
{
    QFETCH(Theme::Scheme, scheme);
    QFETCH(double, least);
    const auto c = [scheme](Colour name) { return Theme::colour(scheme, name); };
    for (const Colour ground : {Colour::Window, Colour::Surface, Colour::Raised}) {
        for (const Colour ink : {Colour::Text, Colour::Faint, Colour::Accent, Colour::Ok, Colour::Warning,
                 Colour::Error, Colour::Info, Colour::Moving, Colour::Spare}) {
            const double value = contrast(c(ink), c(ground));
            QVERIFY2(
                value >= least, qPrintable(QStringLiteral("%1 on %2: %3").arg(int(ink)).arg(int(ground)).arg(value)));
        }
        for (const Colour fill : {Colour::CoverFull, Colour::CoverReduced, Colour::CoverNone})
            QVERIFY2(contrast(c(fill), c(ground)) >= 2.8, qPrintable(QString::number(contrast(c(fill), c(ground)))));
    }
    QVERIFY(contrast(c(Colour::AccentText), c(Colour::Accent)) >= 4.5);
    QVERIFY(contrast(c(Colour::Text), c(Colour::AccentSoft)) >= least);
    QVERIFY(contrast(c(Colour::Accent), c(Colour::AccentSoft)) >= 4.5);
    QVERIFY(contrast(c(Colour::Text), c(Colour::Mark)) >= 4.5);
}

void TestGuiTheme::choiceAndSystem()
{
    Theme &theme = Theme::instance();
    QSignalSpy changed(&theme, &Theme::changed);
    theme.choose(Theme::Choice::System);
    theme.setSystemDark(true);
    QCOMPARE(theme.scheme(), Theme::Scheme::Dark);
    QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::colour(Theme::Scheme::Dark, Colour::Window));
    theme.choose(Theme::Choice::Light);
    QCOMPARE(theme.scheme(), Theme::Scheme::Light);
    theme.setSystemDark(false);
    theme.choose(Theme::Choice::HighContrast);
    QCOMPARE(theme.scheme(), Theme::Scheme::HighContrast);
    QCOMPARE(QApplication::palette().color(QPalette::Text), QColor(Qt::white));
    QCOMPARE(changed.size(), 3); // dark, light, contrast; what changes nothing is silent
    theme.choose(Theme::Choice::Light);
}

void TestGuiTheme::labelsFollow()
{
    QWidget parent;
    ToneLabel label(QStringLiteral("x"), Colour::Warning, ToneLabel::Size::Normal, &parent);
    parent.show();
    Theme::instance().choose(Theme::Choice::Dark);
    QCOMPARE(label.palette().color(QPalette::WindowText), Theme::colour(Theme::Scheme::Dark, Colour::Warning));
    QTRY_COMPARE(label.palette().color(QPalette::Window), Theme::colour(Theme::Scheme::Dark, Colour::Window));
    Theme::instance().choose(Theme::Choice::Light);
    QCOMPARE(label.palette().color(QPalette::WindowText), Theme::colour(Theme::Scheme::Light, Colour::Warning));
    QCOMPARE(label.textFormat(), Qt::PlainText);
}

void TestGuiTheme::iconsHaveOneStroke()
{
    const QStringList names = QDir(QStringLiteral(":/icons")).entryList();
    QVERIFY(names.size() > 25);
    static const QRegularExpression stroke(QStringLiteral("stroke-width=\"([^\"]*)\""));
    for (const QString &name : names) {
        if (name == QStringLiteral("miroir.svg"))
            continue;
        QFile file(QStringLiteral(":/icons/") + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        auto found = stroke.globalMatch(QString::fromUtf8(file.readAll()));
        QVERIFY2(found.hasNext(), qPrintable(name));
        while (found.hasNext())
            QCOMPARE(found.next().captured(1), QStringLiteral("1.75"));
        QVERIFY2(!icon(name.chopped(4)).pixmap(16).isNull(), qPrintable(name));
    }
}

void TestGuiTheme::iconsFollowTheScheme()
{
    const QIcon table = icon(QStringLiteral("table"), Colour::Error);
    const auto has = [&](const QColor &colour) {
        const QImage image = table.pixmap(32, 32).toImage();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (pixel.alpha() > 200 && std::abs(pixel.red() - colour.red()) < 4
                    && std::abs(pixel.green() - colour.green()) < 4 && std::abs(pixel.blue() - colour.blue()) < 4)
                    return true;
            }
        }
        return false;
    };
    QVERIFY(has(Theme::colour(Theme::Scheme::Light, Colour::Error)));
    Theme::instance().choose(Theme::Choice::Dark);
    QVERIFY(has(Theme::colour(Theme::Scheme::Dark, Colour::Error)));
    Theme::instance().choose(Theme::Choice::Light);
}

void TestGuiTheme::noBusIsNoProblem()
{
    SystemScheme scheme;
    QSignalSpy dark(&scheme, &SystemScheme::dark);
    QCoreApplication::processEvents();
    QVERIFY(dark.isEmpty());
    QVERIFY(!SystemScheme::paletteIsDark());
}

MIROIR_GUI_MAIN(TestGuiTheme)
#include "tst_gui_theme.moc"
