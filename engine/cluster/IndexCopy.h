// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/NodeClient.h"
#include "placement/Shards.h"
#include "store/Store.h"
#include "write/QueueWatch.h"

#include <QTimer>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace miroir::cluster {

/// Makes one index on one node anew from other replicas: removes what is there, makes it with its settings, and copies
/// its documents. They are named by the directory of ids and read in pages, each from a node that holds their shards.
///
/// A page is what its node held at that moment, and writes go on meanwhile. That is no harm: the target applies the
/// log from before the first page on again afterwards, and a suffix of the log, applied to any state that it has led
/// through, ends in the same state for each document. So nothing has to be held but the target's own pipe.
///
/// Control thread; may be deleted at any time. Ends with one of finished(), failed(), targetBeganAnew().
class IndexCopy : public QObject
{
    Q_OBJECT
public:
    enum class Stage : std::uint8_t { Preparing, Copying, Finishing };
    struct Source {
        NodeId node;
        QUrl url;
        placement::ShardSet shards; ///< read from this node; disjoint from those of the others
    };
    struct Plan {
        NodeId target;
        QUrl url; ///< of the target
        QByteArray key; ///< of all nodes
        std::shared_ptr<write::QueueWatch> queue; ///< of the target
        std::string index; ///< physical
        std::string primaryKey; ///< empty: none yet
        QByteArray settings; ///< all of them, as nodes have them
        std::vector<Source> sources;
    };
    IndexCopy(Plan plan, store::Store &store, node::Transport *transport, QObject *parent);

    void start();
    [[nodiscard]] const Plan &plan() const { return m_plan; }
    [[nodiscard]] Stage stage() const { return m_stage; }
    [[nodiscard]] std::uint64_t copied() const { return m_copied; } ///< documents that the target has taken

Q_SIGNALS:
    void advanced();
    void finished(); ///< the target has applied all of it
    void failed(const QString &why);
    void targetBeganAnew(); ///< the target has lost its data once more

private:
    struct Write {
        node::Call call;
        std::string harmlessError; ///< of its task
        std::uint64_t documents = 0;
    };
    struct InFlight {
        std::uint32_t task = 0;
        std::string harmlessError;
    };
    void prepare();
    void step();
    void nextPage();
    [[nodiscard]] bool gather();
    void readPage();
    void pageHeard(const node::Answer &answer);
    [[nodiscard]] Status<> take(const QByteArray &body);
    void sendWrite();
    void writeHeard(const node::Answer &answer, std::int64_t newestBefore);
    void poll();
    void pollHeard(const node::Tasks &answer, const std::vector<std::uint32_t> &asked);
    void again(const std::string &why);
    void giveUp(const std::string &why);

    Plan m_plan;
    store::Store &m_store;
    node::Transport *m_transport;
    node::NodeClient m_target;
    Stage m_stage = Stage::Preparing;
    std::deque<Write> m_writes; // to be sent, in order
    std::vector<InFlight> m_inFlight; // taken by the target, not ended
    std::size_t m_source = 0;
    std::uint64_t m_fromOrder = 0; // of the directory
    std::deque<std::string> m_ids; // of the current source, to be read
    std::size_t m_pageIds; // in one request; follows the size of the documents
    std::size_t m_asked = 0; // ids in the request under way
    bool m_busy = false; // a request is under way to a source or the target
    bool m_over = false;
    bool m_directoryRead = false; // for the current source
    int m_tries = 0; // of the present request
    int m_pollMs;
    std::uint64_t m_copied = 0;
    QTimer m_stepTimer;
    QTimer m_pollTimer;
};

const char *copyStageName(IndexCopy::Stage stage); ///< "preparing", "copying", "finishing"

} // namespace miroir::cluster
