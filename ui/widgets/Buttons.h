// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QButtonGroup>
#include <QWidget>

namespace miroir::ui {

/// A place in the rail: picture above word; the chosen one has a bar at its edge.
class RailButton : public QAbstractButton
{
    Q_OBJECT
public:
    RailButton(const QString &iconName, const QString &text, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }
    /// A small number in the corner; 0 shows none.
    void setBadge(int count);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_iconName;
    int m_badge = 0;
};

/// A small rounded button: filter, facet value, mode. Checkable ones show a check by fill and outline.
class Chip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit Chip(const QString &text, QWidget *parent = nullptr);
    void setIconName(const QString &name);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_iconName;
};

/// Two or more ways to see the same, side by side in one frame; exactly one is on. Arrows change it.
class SwitchBar : public QWidget
{
    Q_OBJECT
public:
    explicit SwitchBar(QWidget *parent = nullptr);
    QAbstractButton *add(const QString &iconName, const QString &text, const QString &name);
    [[nodiscard]] int current() const { return m_group.checkedId(); }
    void setCurrent(int index);

Q_SIGNALS:
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup m_group;
};

} // namespace miroir::ui
