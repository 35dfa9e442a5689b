// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/HitModel.h"

namespace miroir::ui {

void HitModel::setAnswer(const SearchAnswer &answer)
{
    m_asked = false;
    m_total = answer.total;
    if (answer.offset == 0) {
        beginResetModel();
        m_hits = answer.hits;
        endResetModel();
        return;
    }
    if (answer.offset != m_hits.size())
        return; // an answer to a page of another list
    if (answer.hits.isEmpty()) {
        m_total = m_hits.size(); // the estimate was too high: this is the end
        return;
    }
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(answer.hits.size()) - 1);
    m_hits += answer.hits;
    endInsertRows();
}

void HitModel::clear()
{
    beginResetModel();
    m_hits.clear();
    m_total = 0;
    m_asked = false;
    endResetModel();
}

void HitModel::stop()
{
    m_asked = false;
    m_total = m_hits.size();
}

int HitModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
}

QVariant HitModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Hit &hit = m_hits.at(index.row());
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
        return plainText(hit.title);
    return role == HitRole ? QVariant::fromValue(hit) : QVariant();
}

bool HitModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_asked && !m_hits.isEmpty() && m_hits.size() < qMin<qint64>(m_total, hitsMax);
}

void HitModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    m_asked = true;
    Q_EMIT moreWanted(rowCount());
}

} // namespace miroir::ui
