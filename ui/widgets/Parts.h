// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/Colours.h"

#include <QFrame>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QTreeView>

#include <optional>

QT_BEGIN_NAMESPACE
class QPushButton;
class QVBoxLayout;
QT_END_NAMESPACE

namespace miroir::ui {

class SortProxy;

/// A label in a meaning of the theme and a step of the type scale; follows both when they change.
class ToneLabel : public QLabel
{
    Q_OBJECT
public:
    enum class Size { Small, Normal, Large, Title };
    explicit ToneLabel(const QString &text = {}, Colour colour = Colour::Text, Size size = Size::Normal,
        QWidget *parent = nullptr);
    void setTone(Colour colour);

protected:
    void changeEvent(QEvent *event) override;

private:
    void apply();
    Colour m_colour;
    Size m_size;
    bool m_applying = false;
};

/// A picture of the icon set as a widget.
class IconLabel : public QWidget
{
    Q_OBJECT
public:
    IconLabel(const QString &name, Colour colour, int side, QWidget *parent = nullptr);
    void setIcon(const QString &name, Colour colour);
    [[nodiscard]] const QString &iconName() const { return m_name; }
    [[nodiscard]] QSize sizeHint() const override { return {m_side, m_side}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_name;
    Colour m_colour;
    int m_side;
};

/// What an empty list teaches: a picture, what is missing, the next step, and its button.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    EmptyState(const QString &iconName, const QString &title, const QString &text, QWidget *parent = nullptr);
    void setTexts(const QString &title, const QString &text);
    void setIcon(const QString &name);
    /// A command to run in a terminal, with a button that copies it.
    void setCommand(const QString &command);
    QPushButton *addButton(const QString &text, const QString &name);

private:
    IconLabel *m_icon;
    ToneLabel *m_title;
    ToneLabel *m_text;
    ToneLabel *m_command = nullptr;
    QVBoxLayout *m_below; ///< in the layout of the page, so that all is in place when the page is shown
};

/// A thin line that moves while something of unknown length is done. Works only while visible.
class BusyBar : public QWidget
{
    Q_OBJECT
public:
    explicit BusyBar(QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {160, 4}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QTimer m_ticker;
    int m_step = 0;
};

/// Draws the picture of roles::Icon in the colour of roles::Tone before the text of a cell.
class ToneDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// A table of the window: flat, sorted by click, whole rows, keyboard first.
class TableView : public QTreeView
{
    Q_OBJECT
public:
    TableView(SortProxy *model, const QString &name, const QString &accessibleName, QWidget *parent = nullptr);
    [[nodiscard]] SortProxy *proxy() const { return m_proxy; }
    [[nodiscard]] QString currentKey() const;
    void selectKey(const QString &key); ///< an empty or unknown key clears the selection
    /// Wide enough for their texts; the given column takes what is left.
    void fitColumns(const QVector<int> &characters, int stretched);

Q_SIGNALS:
    void keySelected(const QString &key); ///< by a person, not by selectKey()

private:
    SortProxy *m_proxy;
    bool m_quiet = false;
};

/// Read-only JSON in a fixed font with quiet colours.
class JsonView : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit JsonView(QWidget *parent = nullptr);
    void setJson(const QString &text);

protected:
    void changeEvent(QEvent *event) override;

private:
    class Highlighter;
    Highlighter *m_highlighter;
};

/// A horizontal or vertical hairline.
QFrame *hairline(Qt::Orientation orientation, QWidget *parent = nullptr);

} // namespace miroir::ui
