// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/ProfileStore.h"
#include "widgets/Parts.h"

#include <QCheckBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>

namespace miroir::ui {

/// Address and key of a server. What is wrong with the address is said under the field, while it is typed.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ConnectDialog(const Profile &start, QWidget *parent = nullptr);
    [[nodiscard]] Profile profile() const;
    [[nodiscard]] bool save() const { return m_save->isChecked(); }

private:
    void check();

    QLineEdit *m_url;
    QLineEdit *m_key;
    QLineEdit *m_name;
    QCheckBox *m_save;
    QCheckBox *m_production;
    ToneLabel *m_problem;
    QPushButton *m_connect;
};

} // namespace miroir::ui
