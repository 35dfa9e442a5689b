// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/FrontServer.h"
#include "http/Http.h"
#include "http/Options.h"

#include <QByteArray>
#include <QObject>
#include <QThread>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace miroir::http {

class Connection;
class FrontLink;
using ConnectionId = std::uint64_t;

/// What the connections of one front share. Belongs to the front's thread.
struct FrontCore {
    FrontCore(Handler &handlerOfAll, Options given, std::shared_ptr<SharedCounters> shared,
              std::shared_ptr<FrontLink> ownLink)
        : handler(handlerOfAll), options(std::move(given)), counters(std::move(shared)), link(std::move(ownLink))
    {
    }

    Handler &handler;
    Options options;
    std::shared_ptr<SharedCounters> counters;
    std::shared_ptr<FrontLink> link;
    std::unordered_map<ConnectionId, Connection *> connections; ///< each is the child of the front
    std::function<void()> connectionEnded;
    bool stopping = false;

    /// nullptr when it has ended.
    [[nodiscard]] Connection *find(ConnectionId id) const;
    [[nodiscard]] static std::int64_t nowMs(); ///< monotonic
    [[nodiscard]] QByteArray date(); ///< of the Date field; made once in a second

private:
    QByteArray m_date;
    std::int64_t m_dateSecond = -1;
};

/// The way from responders, which live as long as they like and anywhere, to the front, which may be gone. Thread-safe.
class FrontLink
{
public:
    /// context: lives in the front's thread until detach().
    explicit FrontLink(QObject *context) : m_context(context), m_thread(QThread::currentThread()) { }

    void attach(FrontCore *core);
    void detach(); ///< from now on nothing is delivered
    /// The core when the caller is in the front's thread and the front lives; else nullptr.
    [[nodiscard]] FrontCore *here() const;
    [[nodiscard]] bool inThread() const { return QThread::currentThread() == m_thread; }
    /// Runs work in the front's thread: now when that is the caller's, else from its event loop; never when it is gone.
    template <typename Work>
    static void run(const std::shared_ptr<FrontLink> &link, Work work)
    {
        if (!link->inThread()) {
            return link->post([link, work = std::move(work)]() mutable {
                if (FrontCore *core = link->here())
                    work(*core);
            });
        }
        if (FrontCore *core = link->here())
            work(*core);
    }

private:
    void post(std::function<void()> work);

    mutable std::mutex m_mutex;
    FrontCore *m_core = nullptr;
    QObject *m_context;
    QThread *m_thread;
};

} // namespace miroir::http
