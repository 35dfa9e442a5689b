// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/IndexWalk.h"
#include "protocol/ExportRequest.h"

#include <vector>

namespace miroir::jobs {

/// POST /export: sends logical indexes with their settings to another Meilisearch, one after the other. Documents are
/// read from the whole cluster, without hidden fields; nothing that is written meanwhile waits. Job thread.
class ExportJob : public Job
{
public:
    ExportJob(const JobContext &context, protocol::TaskRecord &task, Ended ended);
    void start() override;

private:
    struct Target {
        std::string uid, physical;
        protocol::ExportIndex what;
        bool exists = false; ///< at the other server
        std::uint64_t documents = 0; ///< sent
    };
    using OnAnswer = std::function<void(const node::Answer &)>;
    /// Sends to the other server, again for a bounded time when it is busy or away. Refusals go to onRefusal.
    void send(const char *method, const std::string &path, const QByteArray &body, OnAnswer onSuccess,
        OnAnswer onRefusal = {});
    void trySend(const node::OutsideCall &call, int tries, OnAnswer onSuccess, OnAnswer onRefusal);
    void refused(const node::Answer &answer);

    void nextIndex();
    void lookForIndex();
    void createIndex();
    void setPrimaryKey();
    void sendSettings();
    void sendDocuments();
    void take(std::vector<QByteArray> documents, std::function<void()> goOn);
    void flush(std::function<void()> then);
    void indexDone();
    [[nodiscard]] Target &target() { return m_targets[m_at]; }
    [[nodiscard]] std::string indexPath() const { return "/indexes/" + m_targets[m_at].uid; }

    protocol::ExportRequest m_request;
    std::vector<Target> m_targets;
    std::size_t m_at = 0;
    QByteArray m_lines; // documents on the way, one a line
    std::uint64_t m_lineCount = 0;
    std::uint64_t m_payloadBytes = 0;
};

} // namespace miroir::jobs
