// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ConnectDialog.h"

#include "theme/Theme.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace miroir::ui {

ConnectDialog::ConnectDialog(const Profile &start, QWidget *parent)
    : QDialog(parent)
    , m_url(new QLineEdit(start.url.toString()))
    , m_key(new QLineEdit(QString::fromUtf8(start.adminKey)))
    , m_name(new QLineEdit(start.name))
    , m_save(new QCheckBox(tr("Remember this connection")))
    , m_production(new QCheckBox(tr("Production: draw a frame around the window")))
    , m_problem(new ToneLabel({}, Colour::Faint))
    , m_connect(new QPushButton(tr("Connect")))
{
    setObjectName(QStringLiteral("connectDialog"));
    setWindowTitle(tr("Connect to a Miroir"));
    setMinimumWidth(56 * Theme::unit);
    auto *column = new QVBoxLayout(this);
    column->setSpacing(2 * Theme::unit);
    auto *form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setVerticalSpacing(Theme::unit + 4);
    form->setHorizontalSpacing(2 * Theme::unit);
    m_url->setObjectName(QStringLiteral("connectUrl"));
    m_url->setPlaceholderText(QStringLiteral("http://localhost:7700"));
    form->addRow(tr("&Address"), m_url);
    m_problem->setObjectName(QStringLiteral("connectProblem"));
    m_problem->setWordWrap(true);
    form->addRow(QString(), m_problem);
    auto *keyRow = new QHBoxLayout;
    m_key->setObjectName(QStringLiteral("connectKey"));
    m_key->setEchoMode(QLineEdit::Password);
    keyRow->addWidget(m_key, 1);
    auto *reveal = new QPushButton(tr("Show"));
    reveal->setCheckable(true);
    reveal->setAutoDefault(false);
    reveal->setAccessibleName(tr("Show the key"));
    connect(reveal, &QPushButton::toggled, this,
        [this](bool on) { m_key->setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password); });
    keyRow->addWidget(reveal);
    form->addRow(tr("Admin &key"), keyRow);
    m_name->setObjectName(QStringLiteral("connectName"));
    m_name->setPlaceholderText(tr("As the address"));
    form->addRow(tr("&Name"), m_name);
    column->addLayout(form);
    m_save->setObjectName(QStringLiteral("connectSave"));
    m_save->setChecked(true);
    m_save->setToolTip(tr("Address and key are kept in a file that only you can read."));
    m_production->setObjectName(QStringLiteral("connectProduction"));
    m_production->setChecked(start.production);
    column->addWidget(m_save);
    column->addWidget(m_production);
    auto *buttons = new QDialogButtonBox;
    m_connect->setObjectName(QStringLiteral("connectButton"));
    m_connect->setDefault(true);
    QPushButton *cancel = buttons->addButton(QDialogButtonBox::Cancel);
    cancel->setText(tr("Cancel"));
    cancel->setAutoDefault(false);
    buttons->addButton(m_connect, QDialogButtonBox::AcceptRole);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_url, &QLineEdit::textChanged, this, &ConnectDialog::check);
    check();
}

void ConnectDialog::check()
{
    const QString problem = urlProblem(m_url->text());
    m_connect->setEnabled(problem.isEmpty());
    m_problem->setTone(m_url->text().isEmpty() || problem.isEmpty() ? Colour::Faint : Colour::Error);
    m_problem->setText(problem.isEmpty() ? tr("The key is sent to %1 only.").arg(serverUrl(m_url->text()).authority())
                                         : problem);
}

Profile ConnectDialog::profile() const
{
    Profile p;
    p.url = serverUrl(m_url->text());
    p.adminKey = m_key->text().trimmed().toUtf8();
    p.name = m_name->text().trimmed();
    if (p.name.isEmpty())
        p.name = p.url.authority();
    p.production = m_production->isChecked();
    return p;
}

} // namespace miroir::ui
