// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/NodeModel.h"

#include "models/Words.h"
#include "theme/Colours.h"

namespace miroir::ui {

namespace {

bool isNumber(int column)
{
    return column == NodeModel::Shards || column == NodeModel::Documents || column == NodeModel::Size
        || column == NodeModel::Lag || column == NodeModel::Latency;
}

} // namespace

int NodeModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString NodeModel::text(const NodeInfo &node, int column)
{
    switch (column) {
    case Name:
        return node.id;
    case State:
        return Words::state(node.state);
    case Shards:
        return Words::count(node.shards);
    case Documents:
        return Words::count(node.documents);
    case Size:
        return Words::bytes(node.bytes);
    case Lag:
        return node.lag > 0 ? Words::count(node.lag) : QStringLiteral("\u2013");
    case Latency:
        return Words::latency(node.latencyMs);
    case Zone:
        return node.zone.isEmpty() ? QStringLiteral("\u2013") : node.zone;
    case Address:
        return node.address;
    case Version:
        return node.version;
    default:
        return {};
    }
}

QVariant NodeModel::sortKey(const NodeInfo &node, int column)
{
    switch (column) {
    case State:
        return static_cast<int>(node.state);
    case Shards:
        return node.shards;
    case Documents:
        return node.documents;
    case Size:
        return node.bytes.value_or(-1);
    case Lag:
        return node.lag;
    case Latency:
        return node.latencyMs;
    default:
        return text(node, column);
    }
}

QVariant NodeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const NodeInfo &node = rows().at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(node, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == Name ? sentence(node) : text(node, index.column());
    case Qt::ToolTipRole:
        return node.error.isEmpty() ? QVariant() : QVariant(Words::tip(node.error));
    case Qt::TextAlignmentRole:
        return QVariant(
            isNumber(index.column()) ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case roles::Sort:
        return sortKey(node, index.column());
    case roles::Key:
        return node.id;
    case roles::Icon:
        return index.column() == State ? QVariant(Words::icon(node.state)) : QVariant();
    case roles::Tone:
        return static_cast<int>(toneOf(node.state));
    default:
        return {};
    }
}

QVariant NodeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(isNumber(section) ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Node");
    case State:
        return tr("State");
    case Shards:
        return tr("Shards");
    case Documents:
        return tr("Documents");
    case Size:
        return tr("Size");
    case Lag:
        return tr("Lag");
    case Latency:
        return tr("Latency");
    case Zone:
        return tr("Zone");
    case Address:
        return tr("Address");
    default:
        return tr("Version");
    }
}

QString NodeModel::sentence(const NodeInfo &node)
{
    QStringList parts {node.id, Words::state(node.state), tr("%Ln shard(s)", nullptr, node.shards),
        tr("%Ln document(s)", nullptr, Words::plural(node.documents))};
    if (!node.zone.isEmpty())
        parts.insert(2, tr("zone %1").arg(node.zone));
    if (node.lag > 0)
        parts.append(tr("%Ln operation(s) behind", nullptr, Words::plural(node.lag)));
    if (!node.error.isEmpty())
        parts.append(node.error);
    return parts.join(QStringLiteral(", "));
}

} // namespace miroir::ui
