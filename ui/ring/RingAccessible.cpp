// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingAccessible.h"

#include "ring/RingView.h"

#include <QPointer>

namespace miroir::ui {

namespace {

/// One node or shard, known by its number in the view, so that it stays true when the data changes.
class Item final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    Item(RingView *view, int number) : m_view(view), m_number(number) { }

    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] bool isValid() const override { return m_view != nullptr && m_number < m_view->subjectCount(); }
    [[nodiscard]] QObject *object() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface *parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_view);
    }
    [[nodiscard]] QAccessibleInterface *child(int) const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::ListItem; }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? m_view->ring()->sentenceOf(subject()) : QString();
    }
    void setText(QAccessible::Text, const QString &) override { }
    [[nodiscard]] QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect inView = m_view->mapFromScene(m_view->ring()->rectOf(subject())).boundingRect();
        return {m_view->viewport()->mapToGlobal(inView.topLeft()), inView.size()};
    }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State s;
        if (!isValid()) {
            s.invalid = true;
            return s;
        }
        s.focusable = true;
        s.selectable = true;
        s.selected = m_view->ring()->selected() == subject();
        s.focused = m_view->ring()->cursorVisible() && m_view->ring()->cursor() == subject();
        return s;
    }
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }
    [[nodiscard]] QStringList actionNames() const override { return {pressAction(), setFocusAction()}; }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        if (name == pressAction())
            m_view->select(subject());
        else if (name == setFocusAction())
            m_view->moveCursor(subject());
    }
    [[nodiscard]] QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    [[nodiscard]] Subject subject() const { return m_view->subjectNumber(m_number); }
    QPointer<RingView> m_view;
    int m_number;
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<RingView *>(object);
    return view != nullptr ? new RingAccessible(view) : nullptr;
}

} // namespace

RingAccessible::RingAccessible(RingView *view) : QAccessibleWidget(view, QAccessible::List) { }

RingAccessible::~RingAccessible()
{
    for (const auto &[number, id] : m_children)
        QAccessible::deleteAccessibleInterface(id);
}

void RingAccessible::install()
{
    static const bool once = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    Q_UNUSED(once)
}

RingView *RingAccessible::view() const
{
    return static_cast<RingView *>(widget());
}

int RingAccessible::childCount() const
{
    return view() != nullptr ? view()->subjectCount() : 0;
}

QAccessibleInterface *RingAccessible::child(int index) const
{
    if (index < 0 || index >= childCount())
        return nullptr;
    const auto known = m_children.find(index);
    if (known != m_children.end())
        return QAccessible::accessibleInterface(known->second);
    auto *item = new Item(view(), index);
    m_children.emplace(index, QAccessible::registerAccessibleInterface(item));
    return item;
}

int RingAccessible::indexOfChild(const QAccessibleInterface *child) const
{
    const auto *item = dynamic_cast<const Item *>(child);
    return item != nullptr ? item->number() : -1;
}

QAccessibleInterface *RingAccessible::childAt(int x, int y) const
{
    const QPoint local = view()->viewport()->mapFromGlobal(QPoint(x, y));
    return child(view()->numberOf(view()->ring()->subjectAt(view()->mapToScene(local))));
}

QAccessibleInterface *RingAccessible::focusChild() const
{
    return view()->ring()->cursorVisible() ? child(view()->numberOf(view()->ring()->cursor())) : nullptr;
}

} // namespace miroir::ui
