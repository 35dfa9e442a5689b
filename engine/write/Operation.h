// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Shards.h"
#include "protocol/Settings.h"
#include "protocol/Task.h"
#include "store/LogRecord.h"
#include "store/Store.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a log record says beyond its documents, and what it does to the list of indexes. Pure values.
namespace miroir::write {

/// Argument of a log record. Which members are used depends on the kind.
struct Operation {
    std::string uid; ///< logical uid, at the time of the record
    std::string primaryKey; ///< CreateIndex, SetPrimaryKey; empty: none
    std::string newUid; ///< RenameIndex
    std::string settings; ///< ApplySettings: all logical settings afterwards, as text of the store
    std::string nodeSettings; ///< ApplySettings: body for nodes
    std::string ids; ///< DeleteDocuments: JSON array of canonical ids
    std::vector<protocol::TaskSwap> swaps; ///< SwapIndexes
    std::vector<std::string> after; ///< SwapIndexes: physical indexes whose earlier records have to end first
    std::optional<protocol::TaskError> error; ///< Nothing: why the task fails
    std::optional<std::uint32_t> partOf; ///< a step of our own that belongs to that task
    std::uint64_t documents = 0; ///< indexed or deleted documents that the task reports
    std::int64_t atNs = 0; ///< when it was accepted: creation time of an index
    std::uint64_t firstOrder = 0, lastOrder = 0; ///< orders given to new ids; last < first: none (see ordersGiven)
    bool ordersGiven = false;

    [[nodiscard]] QByteArray toJson() const;
    static Result<Operation> fromJson(const QByteArray &text);
};

/// The indexes as they are after some position of the log: one table for what clients see (finished tasks) and one for
/// the head of the log, where new requests are judged.
class IndexTable
{
public:
    /// Carries one record out. What does not fit (an index that is gone) changes nothing.
    void apply(const store::LogRecord &record, const Operation &operation, std::int64_t nowNs);
    void put(store::StoredIndex index);

    [[nodiscard]] const store::StoredIndex *find(std::string_view uid) const;
    [[nodiscard]] const store::StoredIndex *findPhysical(std::string_view physical) const;
    [[nodiscard]] const std::map<std::string, store::StoredIndex, std::less<>> &all() const { return m_indexes; }
    /// Uids that the last apply() changed or removed, for the store.
    [[nodiscard]] std::vector<std::string> takeChanged();

private:
    store::StoredIndex *mutablePhysical(std::string_view physical);
    void swap(const std::vector<protocol::TaskSwap> &swaps, std::int64_t nowNs);
    void rename(std::string_view from, std::string_view to, std::int64_t nowNs);
    std::map<std::string, store::StoredIndex, std::less<>> m_indexes;
    std::vector<std::string> m_changed;
};

/// Shards that the documents of a record belong to; all for records that concern whole indexes.
placement::ShardSet shardsTouched(const store::LogRecord &record);
/// True when nodes have to do something for that kind of record.
bool concernsNodes(store::OperationKind kind);
/// True when the record is about the index itself, so that every node has to carry it out.
bool concernsAllNodes(store::OperationKind kind);

} // namespace miroir::write
