// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Connection.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "http/ListenSocket.h"
#include "http/QtBridge.h"

#include <QTcpSocket>

namespace miroir::http {

namespace {

/// What Qt reads ahead. The rest stays in the kernel, where it holds the client back by TCP's own means.
constexpr qint64 readAheadBytes = 128 * 1024;
constexpr qint64 readPortionBytes = 64 * 1024;
/// A client that pipelines must take answers before it gets more.
constexpr qint64 unreadAnswerBytesMax = 256 * 1024;
/// A front that stops lingers this many times shorter.
constexpr int stopHaste = 8;
/// Below this one system call with a copy is cheaper than two without.
constexpr qsizetype joinBytesMax = 16 * 1024;

HeadLimits headLimits(const Options &options)
{
    return {options.requestLineBytes, options.headBytes, options.headFields};
}

/// Clients of IPv4 reach a socket for both families as ::ffff:1.2.3.4.
QHostAddress plainAddress(const QHostAddress &address)
{
    bool isIpv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIpv4);
    return isIpv4 ? QHostAddress(ipv4) : address;
}

} // namespace

Connection::Connection(FrontCore &core, ConnectionId id, QTcpSocket *socket, bool counted, QObject *parent)
    : QObject(parent), m_core(core), m_id(id), m_socket(socket), m_counted(counted),
      m_peer(plainAddress(socket->peerAddress())), m_sinceMs(FrontCore::nowMs()), m_writeProgressMs(m_sinceMs)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(readAheadBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_feed = new FeedSocket(m_peer, this);
    m_parser.emplace(headLimits(m_core.options));
    m_core.connections.emplace(m_id, this);
    connect(m_socket, &QTcpSocket::readyRead, this, &Connection::onReadyRead);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &Connection::onBytesWritten);
    connect(m_socket, &QTcpSocket::disconnected, this, &Connection::onDisconnected);
}

Connection::~Connection()
{
    m_socket->disconnect(this);
    if (m_state != State::Closed)
        onDisconnected();
    m_socket->abort();
}

void Connection::onReadyRead()
{
    if (m_state == State::Lingering)
        m_socket->skip(m_socket->bytesAvailable());
    else
        advance();
}

void Connection::onBytesWritten()
{
    m_writeProgressMs = FrontCore::nowMs();
    if (m_state == State::Lingering)
        endWriting();
    else if (m_state == State::Draining)
        advance();
}

void Connection::onDisconnected()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    releaseBody();
    if (const std::shared_ptr<Exchange> exchange = m_exchange.lock())
        exchange->setClientGone();
    m_core.connections.erase(m_id);
    if (m_counted)
        m_core.counters->connections.fetch_sub(1);
    deleteLater();
    m_core.connectionEnded();
}

/// Answers may come while the handler is being called. Then they only change the state, and the loop that called the
/// handler goes on from there: pipelined requests are not answered by recursion.
void Connection::advance()
{
    if (m_advancing)
        return;
    m_advancing = true;
    while (step()) { }
    m_advancing = false;
}

bool Connection::step()
{
    switch (m_state) {
    case State::Head:
        return stepHead();
    case State::Body:
        return stepBody();
    case State::Draining:
        return stepDraining();
    case State::Running:
    case State::Streaming:
    case State::Lingering:
    case State::Closed:
        break;
    }
    return false;
}

bool Connection::stepHead()
{
    const std::string_view bytes = input();
    if (bytes.empty())
        return false;
    if (!m_parser->started())
        m_sinceMs = FrontCore::nowMs();
    taken(m_parser->feed(bytes));
    if (m_parser->state() == HeadParser::State::Refused) {
        refuse(m_parser->refusal());
        return false;
    }
    return m_parser->state() == HeadParser::State::Done ? beginBody() : true;
}

bool Connection::beginBody()
{
    m_head = std::move(m_parser->head());
    const std::optional<Refusal> refusal = examineHead(m_head, m_core.options.bodyBytes);
    m_style = answerStyle(m_head, m_core.options.cors);
    if (refusal) {
        refuse(*refusal);
        return false;
    }
    m_reader = std::make_unique<BodyReader>(m_head, m_core.options.bodyBytes);
    m_state = State::Body;
    m_sinceMs = FrontCore::nowMs();
    // A client that already sends its body has stopped waiting for the interim answer.
    if (m_head.expectContinue && m_reader->state() == BodyReader::State::More && input().empty())
        write(QByteArrayLiteral("HTTP/1.1 100 Continue\r\n\r\n"));
    return m_state == State::Body && afterBody();
}

bool Connection::stepBody()
{
    const std::string_view bytes = input();
    if (bytes.empty())
        return false;
    taken(m_reader->feed(bytes));
    return afterBody();
}

/// Goes where the body reader stands; gives whether another step may follow.
bool Connection::afterBody()
{
    if (m_reader->state() == BodyReader::State::Refused) {
        refuse(m_reader->refusal());
        return false;
    }
    if (!holdBody(m_reader->bodyBytes())) {
        refuse(overloaded("Too many large requests are running. Try again later."));
        return false;
    }
    if (m_reader->state() == BodyReader::State::Done)
        dispatch();
    return true;
}

void Connection::dispatch()
{
    m_state = State::Running;
    ++m_serial;
    if (m_core.options.cors && isPreflight(m_head))
        return answer(m_serial, preflightResponse(m_head));

    const auto exchange = std::make_shared<Exchange>(m_core.link, RequestId {m_id, m_serial});
    m_exchange = exchange;
    const bool dispatched = m_feed->offer(m_head.method, m_head.target, [this, &exchange] {
        m_core.handler.handle(takeRequest(), Responder(exchange));
    });
    if (!dispatched)
        exchange->send(errorResponse(badRequest("The request line is malformed.")));
}

Request Connection::takeRequest()
{
    Request request;
    request.method = m_head.method;
    request.target = std::move(m_head.target);
    request.path = std::move(m_head.path);
    request.query = std::move(m_head.query);
    request.fields = std::move(m_head.fields);
    request.body = m_reader->takeBody();
    request.peer = m_peer;
    m_reader.reset();
    return request;
}

void Connection::answer(std::uint64_t serial, Response response)
{
    if (m_state != State::Running || serial != m_serial)
        return;
    m_style.date = m_core.date();
    m_style.keepAlive = m_style.keepAlive && !m_core.stopping;
    const Answer answer = writeAnswer(std::move(response), m_style);
    if (answer.body.size() <= joinBytesMax) {
        write(answer.head + answer.body);
    } else {
        write(answer.head);
        write(answer.body);
    }
    finishRequest();
}

void Connection::beginStream(std::uint64_t serial, const StreamKind &kind)
{
    if (m_state != State::Running || serial != m_serial)
        return;
    m_style.date = m_core.date();
    m_style.keepAlive = m_style.keepAlive && !m_core.stopping && m_style.minorVersion >= 1;
    m_state = State::Streaming;
    m_sinceMs = FrontCore::nowMs();
    releaseBody();
    m_pings = kind.pings;
    write(writeStreamHead(m_style, kind));
    if (m_state == State::Streaming && (m_style.headOnly || m_core.stopping))
        endStream(serial);
}

bool Connection::sendEvent(std::uint64_t serial, const QByteArray &event)
{
    if (!streaming(serial))
        return false;
    const auto waiting = static_cast<std::size_t>(m_socket->bytesToWrite() + event.size());
    if (waiting > m_core.options.streamBufferBytes) {
        cut();
        return false;
    }
    m_sinceMs = FrontCore::nowMs();
    write(m_style.minorVersion >= 1 ? writeChunk(event) : event);
    return streaming(serial);
}

void Connection::endStream(std::uint64_t serial)
{
    if (!streaming(serial))
        return;
    if (m_style.minorVersion >= 1 && !m_style.headOnly)
        write(QByteArrayLiteral("0\r\n\r\n"));
    finishRequest();
}

bool Connection::streaming(std::uint64_t serial) const
{
    return m_state == State::Streaming && serial == m_serial;
}

void Connection::finishRequest()
{
    releaseBody();
    m_exchange.reset();
    m_reader.reset();
    if (m_state == State::Closed)
        return;
    if (!m_style.keepAlive || m_core.stopping)
        return beginLinger();
    m_state = State::Draining;
    m_sinceMs = FrontCore::nowMs();
    advance();
}

bool Connection::stepDraining()
{
    if (m_socket->bytesToWrite() > unreadAnswerBytesMax)
        return false;
    nextRequest();
    return true;
}

void Connection::nextRequest()
{
    m_state = State::Head;
    m_sinceMs = FrontCore::nowMs();
    m_parser.emplace(headLimits(m_core.options));
    m_head = {};
    m_style = {};
}

/// By value: the refusal often belongs to the parser or reader that goes away here.
void Connection::refuse(Refusal refusal)
{
    if (m_state == State::Closed)
        return;
    MIROIR_ASSERT(m_state == State::Head || m_state == State::Body);
    releaseBody();
    m_reader.reset();
    m_style.cors = m_core.options.cors;
    m_style.keepAlive = false;
    m_style.date = m_core.date();
    const Answer answer = writeAnswer(errorResponse(refusal), m_style);
    m_state = State::Lingering;
    write(answer.head + answer.body);
    beginLinger();
}

/// Closing at once while the client still sends would make the kernel reset the connection, and the client would lose
/// the answer. So we only end our own direction, and take what comes until the client ends its own or the time is over.
void Connection::beginLinger()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Lingering;
    m_sinceMs = FrontCore::nowMs();
    m_input.clear();
    m_inputAt = 0;
    m_socket->skip(m_socket->bytesAvailable());
    endWriting();
}

void Connection::endWriting()
{
    if (m_state != State::Lingering || m_writingEnded || m_socket->bytesToWrite() > 0)
        return;
    m_writingEnded = true;
    m_sinceMs = FrontCore::nowMs();
    if (m_core.options.socketFactory)
        m_socket->disconnectFromHost(); // a TLS socket says good-bye by itself
    else
        shutdownWriting(m_socket->socketDescriptor());
}

std::string_view Connection::input()
{
    if (m_inputAt == static_cast<std::size_t>(m_input.size())) {
        const qint64 available = m_socket->bytesAvailable();
        m_input = available > 0 ? m_socket->read(std::min(available, readPortionBytes)) : QByteArray();
        m_inputAt = 0;
    }
    return sv(m_input).substr(m_inputAt);
}

void Connection::taken(std::size_t bytes)
{
    m_inputAt += bytes;
    MIROIR_ASSERT(m_inputAt <= static_cast<std::size_t>(m_input.size()));
}

void Connection::write(const QByteArray &bytes)
{
    if (m_state == State::Closed || bytes.isEmpty())
        return;
    if (m_socket->bytesToWrite() == 0)
        m_writeProgressMs = FrontCore::nowMs();
    m_socket->write(bytes);
    // Sent now rather than in the next turn of the event loop. This may find the client gone, and the state Closed.
    m_socket->flush();
}

bool Connection::holdBody(std::size_t bytes)
{
    if (bytes > m_heldBytes) {
        const std::size_t more = bytes - m_heldBytes;
        m_heldBytes = bytes;
        return m_core.counters->bodyBytes.fetch_add(more) + more <= m_core.options.allBodiesBytes;
    }
    return true;
}

void Connection::releaseBody()
{
    m_core.counters->bodyBytes.fetch_sub(m_heldBytes);
    m_heldBytes = 0;
}

void Connection::checkDeadlines(std::int64_t nowMs)
{
    if (m_socket->bytesToWrite() > 0 && nowMs - m_writeProgressMs > m_core.options.slowReaderTimeoutMs)
        return cut();
    switch (m_state) {
    case State::Head:
    case State::Body:
        return checkRequestDeadlines(nowMs);
    case State::Streaming:
        return checkStreamDeadlines(nowMs);
    case State::Lingering:
        if (m_writingEnded && nowMs - m_sinceMs > m_core.options.lingerMs / (m_core.stopping ? stopHaste : 1))
            cut();
        return;
    case State::Running:
    case State::Draining:
    case State::Closed:
        return;
    }
}

void Connection::checkRequestDeadlines(std::int64_t nowMs)
{
    const Options &options = m_core.options;
    const std::int64_t elapsedMs = nowMs - m_sinceMs;
    if (m_state == State::Head) {
        if (!m_parser->started()) {
            if (elapsedMs > options.idleTimeoutMs)
                m_socket->disconnectFromHost();
        } else if (elapsedMs > options.headTimeoutMs) {
            refuse(tooSlow("The request head did not arrive in time."));
        }
        return;
    }
    const auto arrived = static_cast<std::int64_t>(m_reader->wireBytes());
    if (elapsedMs > options.bodyGraceMs && arrived * 1000 < options.bodyMinBytesPerSecond * elapsedMs)
        refuse(tooSlow("The request body arrives too slowly."));
}

void Connection::checkStreamDeadlines(std::int64_t nowMs)
{
    if (m_pings && nowMs - m_sinceMs > m_core.options.eventPingMs)
        sendEvent(m_serial, QByteArrayLiteral(":\n\n"));
}

void Connection::stop()
{
    switch (m_state) {
    case State::Head:
        m_socket->disconnectFromHost();
        return;
    case State::Streaming:
        return endStream(m_serial);
    case State::Draining:
        return beginLinger();
    case State::Body:
    case State::Running:
    case State::Lingering:
    case State::Closed:
        return;
    }
}

void Connection::cut()
{
    if (m_state != State::Closed)
        m_socket->abort();
}

} // namespace miroir::http
