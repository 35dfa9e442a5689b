// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/StartPage.h"

#include "theme/Icons.h"
#include "theme/MiroirStyle.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QSvgRenderer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace miroir::ui {

namespace {

constexpr int cardWidth = 30 * Theme::unit;

QFont titleFont(QFont font)
{
    font.setWeight(QFont::DemiBold);
    font.setPointSizeF(font.pointSizeF() * 1.1);
    return font;
}

// With the gap below it.
int titleHeight(const QFont &font)
{
    return std::max(28, QFontMetrics(titleFont(font)).height() + 8);
}

class Logo final : public QWidget
{
public:
    explicit Logo(int side) : m_picture(QStringLiteral(":/icons/miroir.svg")) { setFixedSize(side, side); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        m_picture.render(&painter, QRectF(rect()));
    }

private:
    QSvgRenderer m_picture;
};

} // namespace

StartCard::StartCard(const QString &iconName, const QString &title, const QString &text, QWidget *parent)
    : QAbstractButton(parent), m_iconName(iconName), m_description(text)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize StartCard::sizeHint() const
{
    const QRect words = fontMetrics().boundingRect(QRect(0, 0, cardWidth - 4 * Theme::unit, 1000), Qt::TextWordWrap,
        m_description);
    return {cardWidth, words.height() + 28 + titleHeight(font()) + 8 * Theme::unit};
}

void StartCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool lively = underMouse() || showsFocus(this);
    const QColor fill = isDown() ? tint(Colour::AccentSoft) : tint(Colour::Surface);
    drawPlate(&painter, QRectF(rect()), fill, tint(lively ? Colour::Accent : Colour::Line), showsFocus(this) ? 2 : 1);
    const QRect room = rect().adjusted(2 * Theme::unit, 2 * Theme::unit + 4, -2 * Theme::unit, -2 * Theme::unit);
    drawIcon(&painter, QRectF(room.left(), room.top(), 28, 28), m_iconName, tint(Colour::Accent));
    painter.setFont(titleFont(font()));
    painter.setPen(tint(Colour::Text));
    const int titleTop = room.top() + 28 + Theme::unit + 4;
    const int title = titleHeight(font());
    painter.drawText(QRect(room.left(), titleTop, room.width(), title - 4), Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(font());
    painter.setPen(tint(Colour::Faint));
    painter.drawText(QRect(room.left(), titleTop + title, room.width(), room.bottom() - titleTop - title),
        Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_description);
}

StartPage::StartPage(bool canStartLocal, QWidget *parent)
    : QWidget(parent), m_middle(new QStackedWidget), m_error(new ToneLabel({}, Colour::Error)),
      m_sentence(new ToneLabel), m_profiles(new QVBoxLayout)
{
    setObjectName(QStringLiteral("startPage"));
    auto *column = new QVBoxLayout(this);
    column->addStretch(2);
    column->addWidget(new Logo(72), 0, Qt::AlignHCenter);
    column->addSpacing(Theme::unit);
    column->addWidget(new ToneLabel(tr("Miroir"), Colour::Text, ToneLabel::Size::Title), 0, Qt::AlignHCenter);
    auto *tagline = new ToneLabel(
        tr("One index over several Meilisearch nodes, with replicas and exact results."), Colour::Faint);
    column->addWidget(tagline, 0, Qt::AlignHCenter);
    column->addSpacing(3 * Theme::unit);
    m_middle->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    m_middle->addWidget(makeChoices(canStartLocal));
    m_middle->addWidget(makeProgress());
    column->addWidget(m_middle);
    m_error->setObjectName(QStringLiteral("startError"));
    m_error->setWordWrap(true);
    m_error->setAlignment(Qt::AlignHCenter);
    m_error->hide();
    column->addWidget(m_error);
    column->addSpacing(2 * Theme::unit);
    m_profiles->setSpacing(Theme::unit / 2);
    column->addLayout(m_profiles);
    column->addStretch(3);
}

QWidget *StartPage::makeChoices(bool canStartLocal)
{
    auto *choices = new QWidget;
    auto *row = new QHBoxLayout(choices);
    row->setSpacing(2 * Theme::unit);
    row->addStretch(1);
    auto *local = new StartCard(QStringLiteral("play"), tr("Try locally"),
        tr("Starts three nodes with two replicas on this computer. Nothing to set up; it stops with the window."));
    local->setObjectName(QStringLiteral("startLocalButton"));
    local->setVisible(canStartLocal);
    auto *connectCard = new StartCard(QStringLiteral("connect"), tr("Connect"),
        tr("To a Miroir that runs already: its address and the admin key."));
    connectCard->setObjectName(QStringLiteral("startConnectButton"));
    auto *guide = new StartCard(QStringLiteral("book"), tr("Read the guide"),
        tr("What the window shows, how the ring is read, and every key of the keyboard."));
    guide->setObjectName(QStringLiteral("startGuideButton"));
    int height = 0;
    for (const StartCard *card : {local, connectCard, guide})
        height = std::max(height, card->sizeHint().height());
    for (StartCard *card : {local, connectCard, guide}) {
        card->setFixedHeight(height);
        row->addWidget(card);
    }
    row->addStretch(1);
    connect(local, &QAbstractButton::clicked, this, &StartPage::localWanted);
    connect(connectCard, &QAbstractButton::clicked, this, &StartPage::connectWanted);
    connect(guide, &QAbstractButton::clicked, this, &StartPage::guideWanted);
    return choices;
}

QWidget *StartPage::makeProgress()
{
    auto *progress = new QWidget;
    auto *column = new QVBoxLayout(progress);
    column->setSpacing(2 * Theme::unit);
    m_sentence->setObjectName(QStringLiteral("startProgress"));
    m_sentence->setAlignment(Qt::AlignHCenter);
    column->addWidget(m_sentence);
    auto *bar = new BusyBar;
    bar->setFixedWidth(40 * Theme::unit);
    column->addWidget(bar, 0, Qt::AlignHCenter);
    auto *cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("startCancelButton"));
    connect(cancel, &QPushButton::clicked, this, &StartPage::cancelWanted);
    column->addWidget(cancel, 0, Qt::AlignHCenter);
    return progress;
}

void StartPage::showChoices(const QString &error)
{
    m_middle->setCurrentIndex(0);
    m_error->setText(error);
    m_error->setVisible(!error.isEmpty());
    showProfiles(true);
}

void StartPage::showProgress(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_middle->setCurrentIndex(1);
    m_error->hide();
    showProfiles(false);
}

void StartPage::showProfiles(bool on)
{
    for (QWidget *widget : std::as_const(m_profileWidgets))
        widget->setVisible(on);
}

void StartPage::setProfiles(const QVector<Profile> &profiles)
{
    for (QWidget *old : std::exchange(m_profileWidgets, {})) {
        m_profiles->removeWidget(old);
        old->hide();
        old->setObjectName({}); // its successor has the name
        old->deleteLater(); // it may be the sender
    }
    const auto add = [this](QWidget *widget) {
        m_profiles->addWidget(widget, 0, Qt::AlignHCenter);
        m_profileWidgets.append(widget);
    };
    if (!profiles.isEmpty())
        add(new ToneLabel(tr("Saved connections"), Colour::Faint));
    int width = 45 * Theme::unit; // of all of them, so that they stand as a column
    for (int i = 0; i < profiles.size() && i < profilesShown; ++i) {
        const Profile &profile = profiles[i];
        QString text = QStringLiteral("%1   %2").arg(profile.name, profile.url.authority());
        auto *button = new QPushButton(text.replace(u'&', QStringLiteral("&&")));
        button->setObjectName(QStringLiteral("profile_") + profile.name);
        button->setIcon(icon(QStringLiteral("server"), Colour::Faint));
        button->setContextMenuPolicy(Qt::ActionsContextMenu);
        auto *forget = new QAction(tr("Forget “%1”").arg(profile.name), button);
        button->addAction(forget);
        connect(forget, &QAction::triggered, this, [this, name = profile.name] { Q_EMIT profileUnwanted(name); },
            Qt::QueuedConnection);
        connect(button, &QPushButton::clicked, this, [this, name = profile.name] { Q_EMIT profileWanted(name); },
            Qt::QueuedConnection);
        add(button);
        width = std::max(width, button->sizeHint().width());
    }
    for (qsizetype i = 1; i < m_profileWidgets.size(); ++i)
        m_profileWidgets[i]->setFixedWidth(std::min(width, 2 * cardWidth));
    showProfiles(m_middle->currentIndex() == 0);
}

} // namespace miroir::ui
