// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/ProfileStore.h"
#include "widgets/Buttons.h"
#include "widgets/Parts.h"

#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace miroir::ui {

/// A large button: picture, what it does, what happens then.
class StartCard : public QAbstractButton
{
    Q_OBJECT
public:
    StartCard(const QString &iconName, const QString &title, const QString &text, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_iconName;
    QString m_description;
};

/// What a person sees without a connection: try locally, connect, read the guide; below, saved connections. While a
/// local cluster starts, its progress in sentences.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(bool canStartLocal, QWidget *parent = nullptr);
    void setProfiles(const QVector<Profile> &profiles);
    void showChoices(const QString &error = {});
    void showProgress(const QString &sentence);

Q_SIGNALS:
    void localWanted();
    void connectWanted();
    void guideWanted();
    void cancelWanted();
    void profileWanted(const QString &name);
    void profileUnwanted(const QString &name);

private:
    QWidget *makeChoices(bool canStartLocal);
    QWidget *makeProgress();
    void showProfiles(bool on);

    QStackedWidget *m_middle;
    ToneLabel *m_error;
    ToneLabel *m_sentence;
    // Directly in the page's own layout: a container of its own would be laid out one turn of the event loop after the
    // page is shown, and its buttons be flat until then.
    QVBoxLayout *m_profiles;
    QVector<QWidget *> m_profileWidgets;
    static constexpr int profilesShown = 6;
};

} // namespace miroir::ui
