// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

QT_BEGIN_NAMESPACE
class QTextBrowser;
QT_END_NAMESPACE

namespace miroir::ui {

/// docs/console.md inside the window: works without a network and without a cluster.
class GuidePane : public QWidget
{
    Q_OBJECT
public:
    explicit GuidePane(QWidget *parent = nullptr);

Q_SIGNALS:
    void closeWanted();

private:
    void format();
    QTextBrowser *m_text;
};

} // namespace miroir::ui
