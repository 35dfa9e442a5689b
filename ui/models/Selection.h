// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace miroir::ui {

/// What a person can point at. The key is an id: of a node, a shard (its number), an index, a task (its uid); for a hit
/// it is the document itself as text.
struct Subject {
    enum class Kind { None, Node, Shard, Index, Task, Hit };
    Kind kind = Kind::None;
    QString key;

    static Subject node(const QString &id) { return {Kind::Node, id}; }
    static Subject shard(int id) { return {Kind::Shard, QString::number(id)}; }
    static Subject index(const QString &uid) { return {Kind::Index, uid}; }
    static Subject task(qint64 uid) { return {Kind::Task, QString::number(uid)}; }
    [[nodiscard]] bool isNone() const { return kind == Kind::None; }
    [[nodiscard]] int number() const { return key.toInt(); }
    bool operator==(const Subject &) const = default;
};

/// The one selection of the window: the ring, its table twin and the inspector show the same.
class Selection : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    [[nodiscard]] const Subject &subject() const { return m_subject; }
    void select(const Subject &subject)
    {
        if (subject == m_subject)
            return;
        m_subject = subject;
        Q_EMIT changed(m_subject);
    }
    void clear() { select({}); }

Q_SIGNALS:
    void changed(const miroir::ui::Subject &subject);

private:
    Subject m_subject;
};

} // namespace miroir::ui
