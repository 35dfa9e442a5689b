// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/IndexWalk.h"
#include "jobs/TarGz.h"

#include <QFile>

#include <vector>

namespace miroir::jobs {

/// POST /dumps: the whole logical content as one dump of Meilisearch (version 6), which one Meilisearch can import:
/// indexes with settings and documents, keys, experimental features, dynamic search rules, webhooks. The task history
/// is left out. Documents go to a file each index first, because an archive tells a file's size before its content. Job
/// thread.
class DumpJob : public Job
{
public:
    DumpJob(const JobContext &context, protocol::TaskRecord &task, Ended ended);
    ~DumpJob() override; ///< removes what is unfinished
    void start() override;

private:
    struct Part {
        std::string uid, physical;
        QByteArray metadata, settings;
        QString file; ///< documents, one a line
    };
    void nextIndex();
    void take(const std::vector<QByteArray> &documents, const std::function<void()> &goOn);
    void pack(const cluster::Control::Webhooks &webhooks);
    [[nodiscard]] Status<> packHead(const cluster::Control::Webhooks &webhooks);
    [[nodiscard]] Status<> packRules();
    void packIndex();
    void packDocuments();
    void failWith(const std::string &why);
    void finish();

    std::shared_ptr<const read::ClusterView> m_view; // of the beginning
    QString m_folder; // unfinished files
    QString m_name;
    std::vector<Part> m_parts;
    std::size_t m_at = 0;
    QFile m_documents;
    TarGz m_archive;
};

} // namespace miroir::jobs
