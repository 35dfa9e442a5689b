// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "StatusStrip.h"

#include "models/Words.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

namespace miroir::ui {

using Link = AdminClient::Link;

StatusStrip::StatusStrip(Session *session, QWidget *parent)
    : QWidget(parent), m_session(session), m_connection(new QPushButton),
      m_icon(new IconLabel(QStringLiteral("connect"), Colour::Spare, 20)), m_sentence(new ToneLabel),
      m_line(new ToneLabel({}, Colour::Faint)), m_retry(new QPushButton(tr("Try now")))
{
    setObjectName(QStringLiteral("statusStrip"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::unit, Theme::unit, 2 * Theme::unit, Theme::unit);
    row->setSpacing(Theme::unit + 4);
    m_connection->setObjectName(QStringLiteral("connectionButton"));
    m_connection->setAccessibleName(tr("Connection"));
    m_connection->setIcon(icon(QStringLiteral("server")));
    m_connection->setFlat(true);
    row->addWidget(m_connection);
    row->addWidget(m_icon);
    m_sentence->setObjectName(QStringLiteral("statusSentence"));
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setWordWrap(true);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_sentence, 1);
    m_line->setObjectName(QStringLiteral("lineState"));
    row->addWidget(m_line);
    m_retry->setObjectName(QStringLiteral("retryButton"));
    row->addWidget(m_retry);
    connect(m_retry, &QPushButton::clicked, this, [this] { m_session->client.retryNow(); });
    connect(session, &Session::changed, this, &StatusStrip::refresh);
    m_countdown.setInterval(1000);
    connect(&m_countdown, &QTimer::timeout, this, &StatusStrip::refresh);
    refresh();
}

void StatusStrip::refresh()
{
    const Link link = m_session->client.link();
    const QString sentence = m_session->sentence();
    const Host::Endpoint &endpoint = m_session->client.endpoint();
    const bool named = !endpoint.name.isEmpty() && endpoint.name != endpoint.url.toString();
    m_connection->setText(link == Link::Idle ? tr("Connections") : named ? endpoint.name : endpoint.url.authority());
    m_icon->setIcon(m_session->iconName(), m_session->tone());
    m_sentence->setText(sentence);
    m_sentence->setToolTip(Words::tip(sentence));
    QString line;
    if (link == Link::Lost)
        line = m_session->client.retrySeconds() > 0 ? tr("next try in %1 s").arg(m_session->client.retrySeconds())
                                                    : tr("trying");
    else if (link == Link::Live)
        line = tr("live");
    else if (link == Link::Polling)
        line = tr("each second");
    m_line->setText(line);
    m_line->setToolTip(
        link == Link::Polling ? tr("Events do not pass; the state is asked for each second.") : QString());
    m_retry->setVisible(link == Link::Lost || link == Link::Refused);
    if (link == Link::Lost)
        m_countdown.start();
    else
        m_countdown.stop();
    if (sentence != std::exchange(m_said, sentence)) {
        m_sentence->setAccessibleName(sentence);
        QAccessibleEvent alert(m_sentence, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
    update();
}

void StatusStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Colour tone = m_session->tone();
    const QColor ground = tint(Colour::Window);
    const bool alarm = tone == Colour::Warning || tone == Colour::Error;
    painter.fillRect(rect(), alarm ? Theme::mixed(tint(tone), ground, 0.10) : ground);
}

} // namespace miroir::ui
