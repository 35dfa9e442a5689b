// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Job.h"
#include "read/Search.h"

namespace miroir::jobs {

/// Goes through the documents of one index in the order of first insertion, in which one server would rank what is
/// alike, portion after portion, as fast as they are taken: ids from the directory of the store, documents from nodes.
/// One that is written meanwhile is met in its newest form or not at all; one that is deleted and comes again may be
/// met twice, last in its newest form. Nodes that fail are waited for, for a bounded time. Job thread.
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
    struct Ids {
        std::vector<std::string> ids;
        std::uint64_t next = 0; ///< order from which the next ones begin
    };
    void nextIds();
    void fetch();
    [[nodiscard]] static std::vector<QByteArray> documentsOf(const QByteArray &body);
    void failed(const protocol::ApiError &error);

    const JobContext &m_context;
    What m_what;
    OnPortion m_onPortion;
    OnEnd m_onEnd;
    std::vector<std::string> m_ids; // of the portion; none: the filter is judged
    std::uint64_t m_next = 0; // order
    std::uint64_t m_left = 0; // as many documents as there were at the start: what comes later may come for ever
    int m_tries = 0;
};

} // namespace miroir::jobs
