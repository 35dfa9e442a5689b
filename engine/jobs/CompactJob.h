// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Job.h"

#include <vector>

namespace miroir::jobs {

/// POST /indexes/{uid}/compact: on every node that holds the index and is alive, one node after the other, so that at
/// most one replica is busy with it. Sizes are added up over the nodes. Job thread.
class CompactJob : public Job
{
public:
    using Job::Job;
    void start() override;

private:
    void nextNode();
    void accepted(const node::Accepted &accepted);
    void poll();
    void heard(const node::Tasks &tasks);
    void finished(const node::NodeTask &task);
    void skip(const std::string &why);

    std::string m_physical;
    std::vector<read::NodeView> m_nodes;
    std::size_t m_at = 0;
    QByteArray m_key;
    std::unique_ptr<node::NodeClient> m_client;
    std::uint32_t m_taskUid = 0; // of the node
    std::uint64_t m_before = 0, m_after = 0; // bytes
    std::size_t m_compacted = 0; // nodes
    int m_failures = 0; // in a row
    std::string m_lastTrouble;
};

} // namespace miroir::jobs
