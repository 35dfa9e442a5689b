// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Job.h"
#include "read/WholeIndex.h"

namespace miroir::jobs {

/// Goes through the documents of one index, shard after shard, portion after portion, as fast as they are taken. A
/// document is met at most once; one that is written meanwhile is met in its newest form or not at all. Nodes that
/// fail are waited for, for a bounded time. Job thread.
class IndexWalk : public std::enable_shared_from_this<IndexWalk>
{
public:
    struct What {
        std::string physical;
        std::optional<std::string> filter; ///< JSON text
        bool vectors = true; ///< documents carry `_vectors`
    };
    /// Documents, and what to call when the next ones may come.
    using OnPortion = std::function<void(std::vector<QByteArray>, std::function<void()>)>;
    using OnEnd = std::function<void(protocol::ApiStatus)>;

    IndexWalk(const JobContext &context, What what, OnPortion onPortion, OnEnd onEnd);
    void start();

private:
    void nextShard();
    void listShard();
    void nextPortion();
    void fetch();
    void failed(const protocol::ApiError &error, void (IndexWalk::*again)());

    const JobContext &m_context;
    What m_what;
    OnPortion m_onPortion;
    OnEnd m_onEnd;
    std::uint16_t m_shard = 0;
    std::vector<std::string> m_ids; // of the shard
    std::size_t m_at = 0; // of m_ids
    int m_tries = 0;
};

} // namespace miroir::jobs
