// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "http/FrontGroup.h"
#include "http/Http.h"

#include <QCryptographicHash>
#include <QPointer>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>

/// A handler with one path for each way to answer, and a front around it.
namespace miroir::http::testing {

/// What the handlers of all threads saw; thread-safe.
struct Seen {
    std::atomic<int> requests {0};
    std::atomic<int> handlersAlive {0};
    std::atomic<int> openStreams {0};
    std::atomic<int> gone {0}; // kept requests whose client was seen to go
    std::atomic<int> malformed {0};
    std::mutex mutex;
    std::set<QThread *> threads; // guarded by mutex
};

/// GET /echo            method, target and body, at once
/// GET /size            length and hash of the body
/// GET /later?ms=N      as /echo, after N ms
/// GET /big?bytes=N     N bytes of text
/// GET /drop            nobody answers
/// GET /twice           two answers
/// GET /elsewhere       answered from another thread; /dropelsewhere dropped there
/// GET /keep            answered never, the responder is kept until the client goes or /release comes
/// GET /events?ms=N     an event each N ms; stops after ?count=
/// GET /flood           events until the sink is closed
class TestHandler final : public Handler
{
public:
    explicit TestHandler(Seen &seen) : m_seen(seen), m_context(std::make_unique<QObject>())
    {
        ++m_seen.handlersAlive;
        const std::lock_guard lock(m_seen.mutex);
        m_seen.threads.insert(QThread::currentThread());
    }
    ~TestHandler() override { --m_seen.handlersAlive; }

    void handle(Request request, Responder responder) override
    {
        ++m_seen.requests;
        check(request);
        const QByteArray &path = request.path;
        const auto query = parseQuery(sv(request.query));
        const int ms = numberIn(query, "ms");
        if (path == "/size")
            responder.send(text(QByteArray::number(request.body.size()) + ' '
                                + QCryptographicHash::hash(request.body, QCryptographicHash::Sha1).toHex()));
        else if (path == "/later")
            later(ms, [this, request, responder] { responder.send(echo(request)); });
        else if (path == "/big")
            responder.send(text(QByteArray("0123456789abcdef").repeated(numberIn(query, "bytes") / 16)));
        else if (path == "/drop")
            return;
        else if (path == "/twice")
            answerTwice(responder);
        else if (path == "/elsewhere" || path == "/dropelsewhere")
            elsewhere(path == "/elsewhere", std::move(responder));
        else if (path == "/keep")
            keep(std::move(responder));
        else if (path == "/events")
            events(responder.stream(), std::max(ms, 1), numberIn(query, "count"));
        else if (path == "/flood")
            flood(responder.stream());
        else if (path == "/status")
            responder.send({numberIn(query, "code"), "application/json", "{}", {}});
        else
            responder.send(echo(request));
    }

private:
    static Response text(QByteArray body) { return {200, "text/plain", std::move(body), {}}; }
    static Response echo(const Request &request)
    {
        return text(request.method + ' ' + request.target + '\n' + request.body);
    }
    static int numberIn(const std::vector<std::pair<std::string, std::string>> &query, std::string_view name)
    {
        for (const auto &[key, value] : query) {
            if (key == name)
                return QByteArray::fromStdString(value).toInt();
        }
        return 0;
    }
    /// What the guard promises of every request.
    void check(const Request &request)
    {
        bool fine = !request.method.isEmpty() && !request.target.isEmpty() && !request.peer.isNull();
        fine = fine && (request.path.startsWith('/') || request.path == "*") && !request.path.contains('?');
        for (const char c : request.target)
            fine = fine && static_cast<unsigned char>(c) > ' ' && c != '\x7f';
        for (const auto &[name, value] : request.fields) {
            fine = fine && !name.isEmpty() && name == name.toLower() && !name.contains(' ') && !name.contains(':');
            fine = fine && !value.contains('\r') && !value.contains('\n') && !value.contains('\0');
        }
        if (!fine)
            ++m_seen.malformed;
    }
    void later(int ms, std::function<void()> work)
    {
        // a timer with less than nothing never ends, and mutated requests ask for that and for hours, too
        constexpr int msMax = 2000;
        QTimer::singleShot(std::clamp(ms, 0, msMax), m_context.get(), std::move(work));
    }
    static void answerTwice(const Responder &responder)
    {
        responder.send(text("first"));
        responder.send(text("second"));
    }
    static void elsewhere(bool answer, Responder responder)
    {
        QThread *thread = QThread::create([answer, held = std::make_shared<Responder>(std::move(responder))]() mutable {
            if (answer)
                held->send(text("from elsewhere"));
            held.reset();
        });
        QObject::connect(thread, &QThread::finished, thread, &QObject::deleteLater);
        thread->start();
    }
    void keep(Responder responder)
    {
        auto *timer = new QTimer(m_context.get());
        QObject::connect(timer, &QTimer::timeout, timer, [this, timer, responder] {
            if (responder.clientGone()) {
                ++m_seen.gone;
                responder.send(text("to nobody"));
                timer->deleteLater();
                timer->stop();
            }
        });
        timer->start(1);
    }
    void events(std::shared_ptr<EventSink> sink, int everyMs, int count)
    {
        ++m_seen.openStreams;
        auto *timer = new QTimer(m_context.get());
        QObject::connect(timer, &QTimer::timeout, timer, [this, timer, sink, count, n = 0]() mutable {
            ++n;
            const bool more = count == 0 || n <= count;
            if (more && sink->send("tick", QByteArray::number(n)))
                return;
            sink->close();
            --m_seen.openStreams;
            timer->stop();
            timer->deleteLater();
        });
        timer->start(everyMs);
    }
    void flood(const std::shared_ptr<EventSink> &sink)
    {
        ++m_seen.openStreams;
        const QByteArray data(10'000, 'x');
        int sent = 0;
        while (sent < 100'000 && sink->send("flood", data))
            ++sent;
        if (!sink->open())
            --m_seen.openStreams;
    }

    Seen &m_seen;
    std::unique_ptr<QObject> m_context;
};

/// Fronts with test handlers on a free port.
class TestFront
{
public:
    explicit TestFront(Options options = {}, int threads = 1)
        : m_group([this] { return std::make_unique<TestHandler>(seen); })
    {
        const Result<quint16> started = m_group.start(QHostAddress::LocalHost, 0, threads, std::move(options));
        MIROIR_ASSERT(started.ok());
        port = *started;
    }
    FrontGroup &group() { return m_group; }

    Seen seen; // before the group: its threads use it until they have ended
    quint16 port = 0;

private:
    FrontGroup m_group;
};

} // namespace miroir::http::testing
