// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/NodeClient.h"
#include "read/Walk.h"
#include "write/Sequencer.h"

#include <QTimer>

#include <functional>
#include <memory>
#include <unordered_map>

namespace miroir::write {

/// Runs the function of an edit without touching the index: the matching documents are copied, without the hidden
/// fields, into an index of one node that exists for this only; the node runs the function there; what it changed and
/// removed is read back, to be logged as replacements and deletions. Whatever is lost on the way, the copy is thrown
/// away and the run begins anew from the untouched documents, so the function is applied once. Control thread.
class EditRun : public QObject
{
public:
    struct Setup {
        read::ReadContext context; ///< with the index as it is when everything before the edit is applied
        QUrl node; ///< the one that runs the function
        QByteArray nodeKey;
        std::string scratch; ///< uid of the index for it
        std::string indexUid; ///< what clients call the index
        std::string primaryKey;
        std::optional<std::string> filter; ///< JSON text
        std::optional<std::string> argument; ///< `context` of the function: JSON text
        std::string function;
    };
    struct Outcome {
        Sequencer::Edition edition;
        std::optional<protocol::ApiError> failure; ///< what the task fails with
        std::string interrupted; ///< not empty: nothing can be said, try again
    };
    using OnEnd = std::function<void(Outcome)>;

    /// onEnd is called once, from the event loop; it must not destroy this at once (deleteLater).
    EditRun(Setup setup, OnEnd onEnd, QObject *parent);
    void start();

private:
    using Step = void (EditRun::*)();
    void createScratch();
    void copyDocuments();
    void heardPage(const std::vector<QByteArray> &documents);
    void sendBuffer(Step then);
    void readBefore();
    void runFunction();
    void readAfter();
    void readScratch(std::uint64_t offset, bool before, Step then);
    [[nodiscard]] bool take(const json::Value &document, bool before);
    void conclude();

    /// A write on the node; goes on when its task has succeeded.
    void send(QByteArray method, QByteArray target, QByteArray body, Step then, const std::string &harmless = {});
    void sendKept();
    void await(std::uint32_t task);
    void poll();
    void fail(node::NodeError error);
    void interrupt(const std::string &why);
    void end();

    Setup m_setup;
    node::NodeClient m_client;
    OnEnd m_onEnd;
    std::unique_ptr<read::Walk> m_walk;
    QByteArray m_buffer;
    QTimer m_timer;
    int m_intervalMs = 0;
    std::uint32_t m_task = 0;
    Step m_then = nullptr;
    std::string m_harmless;
    std::unordered_map<std::string, std::uint64_t> m_before; ///< hash of each document by id
    DocumentBatch m_batch;
    std::uint64_t m_changedBytes = 0;
    Outcome m_outcome;
};

} // namespace miroir::write
