// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "read/Walk.h"
#include "store/GroupCommit.h"
#include "store/Store.h"
#include "write/EditRun.h"
#include "write/Progress.h"
#include "write/Sequencer.h"
#include "write/WaitingRoom.h"

#include <QTimer>

#include <functional>
#include <map>
#include <memory>

namespace miroir::cluster {

/// Requests that wait for a place in the log (write::WaitingRoom), and the reading that turns deletions by filter and
/// edits into operations that may be repeated. Whatever happens on the way, a request stays in the store until its
/// records are in the log, in one transaction; after a crash it is resolved anew. Control thread.
class WaitingLine : public QObject
{
    Q_OBJECT
public:
    struct Parts {
        store::Store &store;
        store::GroupCommit &commit;
        write::Sequencer &sequencer;
        write::Progress &progress;
        node::Transport *transport = nullptr;
        std::function<std::shared_ptr<const read::ClusterView>()> view; ///< as published
        std::function<void()> publishNew; ///< the sequencer has new records
        std::function<void(const protocol::TaskRecord &)> taskChanged;
        std::function<void(const std::string &why)> storeFailed;
    };
    WaitingLine(Parts parts, QObject *parent);

    /// Reads the line from the store and begins anew what was under way.
    Status<> load();
    [[nodiscard]] bool mustWait(const write::WriteRequest &request) const;
    /// Gives the request its task and puts it into the line, within a transaction.
    Result<protocol::TaskRecord> add(const write::WriteRequest &request);
    /// Lets go whoever need not wait any more. Call it when something has ended.
    void advance();
    /// Takes the request out of the line; false when it is not there. Within a transaction.
    Result<bool> cancel(TaskUid task);
    [[nodiscard]] std::size_t size() const { return m_room.size(); }

private:
    struct Resolution {
        TaskUid task;
        std::uint64_t run = 0; ///< answers to an earlier attempt are told from those to this one
        write::WriteRequest request;
        std::string physical;
        std::shared_ptr<const read::ClusterView> view;
        const read::IndexView *index = nullptr; ///< of that view
        std::unique_ptr<read::Walk> walk;
        std::unique_ptr<write::EditRun> edit;
        std::vector<std::string> ids;
    };
    bool tryEntry(const write::WaitingEntry &entry);
    Status<> place(TaskUid task);
    void begin(TaskUid task, const std::string &physical);
    void read(Resolution &resolution);
    [[nodiscard]] Resolution *current(TaskUid task, std::uint64_t run) const;
    bool findView(Resolution &resolution);
    [[nodiscard]] protocol::ApiStatus judge(const Resolution &resolution) const;
    void walk(Resolution &resolution);
    void edit(Resolution &resolution);
    void keepIds(Resolution &resolution, const std::vector<QByteArray> &documents);
    void walked(Resolution &resolution, const std::optional<protocol::ApiError> &error);
    void edited(Resolution &resolution, write::EditRun::Outcome outcome);
    [[nodiscard]] read::ReadContext readContext(const Resolution &resolution);
    using Place = std::function<Status<>(protocol::TaskRecord &task, const Resolution &resolution)>;
    /// The request's last step: its records, and out of the line.
    void conclude(TaskUid task, const Place &place);
    void refuse(TaskUid task, const protocol::ApiError &error);
    void tryAgain(TaskUid task, const std::string &why);
    void drop(TaskUid task);
    Status<> leave(TaskUid task);

    Parts m_parts;
    write::WaitingRoom m_room;
    std::map<TaskUid, std::unique_ptr<Resolution>> m_resolutions;
    std::uint64_t m_runs = 0;
    std::string m_lastTrouble;
    QTimer m_again;
};

} // namespace miroir::cluster
