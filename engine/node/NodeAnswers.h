// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "node/Transport.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What nodes answer, as values. A node may be broken or hostile: whatever does not have the
/// expected form is a Failure.
namespace miroir::node {

/// Error object of a node.
struct NodeError
{
    std::string message;
    std::string code; ///< "index_not_found"
    std::string type; ///< "invalid_request", "internal", "auth", "system"
};

struct NodeTask
{
    enum class Status : std::uint8_t { Enqueued, Processing, Succeeded, Failed, Canceled };
    std::uint32_t uid = 0;
    std::optional<std::uint32_t> batchUid;
    std::string indexUid; ///< empty: null
    Status status = Status::Enqueued;
    std::string type; ///< "documentAdditionOrUpdate"
    std::optional<NodeError> error;
    std::string customMetadata; ///< empty: none
    QByteArray raw; ///< the whole task view as the node wrote it
    QByteArray details; ///< raw JSON; empty when absent or null

    [[nodiscard]] bool finished() const { return status >= Status::Succeeded; }
};

struct TaskPage
{
    std::vector<NodeTask> tasks;
    std::uint64_t total = 0;
    std::optional<std::uint32_t> next; ///< give it as `from` to get the next page
};

/// Answer of a write: taskUid is set exactly when the node accepted it.
struct Accepted
{
    Answer answer;
    std::optional<std::uint32_t> taskUid;
    std::string failure; ///< for people, when taskUid is not set
};

struct Tasks
{
    Answer answer;
    std::optional<TaskPage> page;
    std::string failure; ///< for people, when page is not set
};

struct NodeKey
{
    std::string uid;
    std::string key; ///< a secret
    std::string name;
    std::string description;
};

struct NodeStats
{
    struct Index
    {
        std::string uid;
        std::uint64_t documents = 0;
        bool indexing = false;
        QByteArray raw; ///< its object as the node wrote it
    };
    std::uint64_t databaseBytes = 0;
    std::uint64_t usedDatabaseBytes = 0;
    std::vector<Index> indexes;
};

/// The error object of an answer; nullopt when it holds none.
std::optional<NodeError> nodeError(const Answer &answer);
/// Why an answer is no success, for people: the failure of the transport, the node's message, or
/// the status.
std::string whyNot(const Answer &answer);

Result<std::uint32_t> parseTaskUid(const QByteArray &summary);
Result<NodeTask> parseTask(const QByteArray &body);
Result<TaskPage> parseTasks(const QByteArray &body);
Result<std::vector<NodeKey>> parseKeys(const QByteArray &body); ///< of GET /keys
Result<NodeKey> parseKey(const QByteArray &body); ///< of POST /keys
Result<std::string> parseVersion(const QByteArray &body); ///< pkgVersion of GET /version
Result<NodeStats> parseStats(const QByteArray &body); ///< of GET /stats
const char *taskStatusName(NodeTask::Status status);

} // namespace miroir::node
