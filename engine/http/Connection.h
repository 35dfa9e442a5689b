// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/AnswerWriter.h"
#include "http/BodyReader.h"
#include "http/Exchange.h"
#include "http/FrontCore.h"
#include "http/HeadParser.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QTcpSocket;
QT_END_NAMESPACE

namespace miroir::http {

class FeedSocket;

/// The guard of one connection: reads, examines, hands on one request at a time, writes the answers in order, keeps the
/// deadlines. Lives in the front's thread; deletes itself when the socket is disconnected.
class Connection final : public QObject
{
public:
    /// Takes the socket, which is connected. counted: it holds one of the group's places, which it gives back.
    Connection(FrontCore &core, ConnectionId id, QTcpSocket *socket, bool counted, QObject *parent);
    ~Connection() override;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    [[nodiscard]] FeedSocket *feed() const { return m_feed; }

    /// These do nothing when the request with that serial is over.
    void answer(std::uint64_t serial, Response response);
    void beginStream(std::uint64_t serial, const StreamKind &kind);
    bool sendEvent(std::uint64_t serial, const QByteArray &event); ///< false: the stream is closed
    void endStream(std::uint64_t serial);
    [[nodiscard]] bool streaming(std::uint64_t serial) const;

    void refuse(Refusal refusal); ///< answers and closes; not while a request runs
    void checkDeadlines(std::int64_t nowMs);
    void stop(); ///< closes now, or when the request that runs or arrives has been answered
    void cut(); ///< closes at once

private:
    enum class State : std::uint8_t {
        Head, ///< waits for a request or reads its head
        Body,
        Running, ///< the handler has it
        Streaming, ///< it is answered with events
        Draining, ///< the answer is written, but the client has not taken enough of it for the next request
        Lingering, ///< the last answer is written; what the client still sends is thrown away
        Closed,
    };

    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();

    void advance();
    bool step();
    bool stepHead();
    bool stepBody();
    bool stepDraining();
    bool beginBody();
    bool afterBody();
    void dispatch();
    Request takeRequest();
    void nextRequest();
    void finishRequest();
    void beginLinger();
    void endWriting();

    std::string_view input();
    void taken(std::size_t bytes);
    void write(const QByteArray &bytes);
    bool holdBody(std::size_t bytes);
    void releaseBody();
    void checkRequestDeadlines(std::int64_t nowMs);
    void checkStreamDeadlines(std::int64_t nowMs);

    FrontCore &m_core;
    const ConnectionId m_id;
    QTcpSocket *const m_socket;
    FeedSocket *m_feed = nullptr;
    const bool m_counted;
    QHostAddress m_peer;

    State m_state = State::Head;
    bool m_advancing = false;
    bool m_writingEnded = false;
    bool m_pings = false; // of the stream
    std::uint64_t m_serial = 0;
    std::weak_ptr<Exchange> m_exchange; // of the running request

    QByteArray m_input; // bytes from the socket that are not examined yet, from m_inputAt
    std::size_t m_inputAt = 0;
    std::optional<HeadParser> m_parser;
    Head m_head;
    AnswerStyle m_style;
    std::unique_ptr<BodyReader> m_reader;
    std::size_t m_heldBytes = 0; // of the group's allowance for bodies

    std::int64_t m_sinceMs; // when the present state began; in Head from the first byte on: when that came
    std::int64_t m_writeProgressMs; // when the client last took something, or when something began to wait for it
};

} // namespace miroir::http
