// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QDateTime>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

/// What the admin API says, as values. Pure: read from bytes, compared, shown. Members a server does not send keep
/// their default; members this version does not know are ignored, so that console and engine may differ in age.
namespace miroir::ui {

enum class NodeState { Serving, CatchingUp, Copying, Draining, Spare, Down, Refused, Unknown };
enum class ClusterState { Healthy, Degraded, Unavailable };
/// How many of its replicas a shard has: all, some, none.
enum class Cover { Full, Reduced, None };

struct NodeInfo {
    QString id;
    QString address;
    QString zone; ///< empty = none
    double weight = 1;
    NodeState state = NodeState::Unknown;
    QDateTime stateSince; ///< UTC
    QString version;
    double latencyMs = -1; ///< below 0 = not measured
    int shards = 0; ///< copies it holds
    qint64 documents = 0;
    std::optional<qint64> bytes;
    qint64 lag = 0; ///< operations not applied yet
    QString error; ///< why it is down or refused
    bool operator==(const NodeInfo &) const = default;
};

struct IndexInfo {
    QString uid;
    QString primaryKey; ///< empty = not known yet
    qint64 documents = 0;
    QDateTime createdAt;
    QDateTime updatedAt;
    bool isIndexing = false;
    bool operator==(const IndexInfo &) const = default;
};

struct TaskCounts {
    qint64 enqueued = 0, processing = 0, succeeded = 0, failed = 0, canceled = 0;
    bool operator==(const TaskCounts &) const = default;
};

struct ClusterInfo {
    QString name;
    QString version;
    ClusterState state = ClusterState::Unavailable;
    QString sentence; ///< the state in words, for the status bar and the window title
    qint64 epoch = 0;
    int shards = 0;
    int replicationFactor = 0;
    bool local = false;
    QVector<NodeInfo> nodes;
    QVector<IndexInfo> indexes;
    TaskCounts tasks;
    [[nodiscard]] const NodeInfo *node(const QString &id) const;
    bool operator==(const ClusterInfo &) const = default;
};

struct ShardInfo {
    int id = 0;
    QStringList nodes; ///< ids of the nodes that own a copy
    Cover cover = Cover::None;
    qint64 documents = 0;
    bool operator==(const ShardInfo &) const = default;
};

struct ShardMap {
    QString index; ///< the index whose documents are counted; empty = all
    qint64 epoch = 0;
    QVector<ShardInfo> shards;
};

/// An error as the APIs send it, or one of our own (then code and link are empty).
struct ApiError {
    QString message;
    QString code;
    QString type;
    QString link;
    bool operator==(const ApiError &) const = default;
};

struct TaskPending {
    QString node;
    qint64 operations = 0;
    bool operator==(const TaskPending &) const = default;
};

struct TaskInfo {
    qint64 uid = 0;
    QString indexUid; ///< empty = a task of the whole cluster
    QString type;
    QString status; ///< enqueued, processing, succeeded, failed, canceled
    QDateTime enqueuedAt;
    QDateTime finishedAt;
    std::optional<ApiError> error;
    QVector<TaskPending> pending;
    bool operator==(const TaskInfo &) const = default;
};

Result<ClusterInfo> readCluster(const QByteArray &json);
Result<ShardMap> readShards(const QByteArray &json);
Result<QVector<TaskInfo>> readTasks(const QByteArray &json);
Result<TaskInfo> readTask(const QByteArray &json);
/// The key for the ordinary API; empty when it needs none.
Result<QByteArray> readAccess(const QByteArray &json);
/// The error in an answer's body, if it is one.
std::optional<ApiError> readError(const QByteArray &json);

} // namespace miroir::ui

Q_DECLARE_METATYPE(miroir::ui::NodeState)
Q_DECLARE_METATYPE(miroir::ui::Cover)
