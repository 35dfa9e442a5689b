// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessibleWidget>

#include <unordered_map>

namespace miroir::ui {

class RingView;

/// What a screen reader sees of the ring: a list whose items are the nodes, clockwise, and then the shards; each says
/// in a sentence what the drawing shows. Items of a graphics scene are invisible to it by themselves.
class RingAccessible : public QAccessibleWidget
{
public:
    explicit RingAccessible(RingView *view);
    ~RingAccessible() override;
    /// Makes Qt use this class for each RingView; once is enough.
    static void install();

    [[nodiscard]] int childCount() const override;
    [[nodiscard]] QAccessibleInterface *child(int index) const override;
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *child) const override;
    [[nodiscard]] QAccessibleInterface *childAt(int x, int y) const override;
    [[nodiscard]] QAccessibleInterface *focusChild() const override;

private:
    [[nodiscard]] RingView *view() const;
    mutable std::unordered_map<int, QAccessible::Id> m_children;
};

} // namespace miroir::ui
