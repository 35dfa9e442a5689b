// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/QtBridge.h"

#include "base/Assert.h"

#include <QHttpServerRequest>

#include <algorithm>
#include <cstring>

#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#error "QtHttpServer hands requests over in another way from Qt 6.5 on: adapt QtBridge.h and QtBridge.cpp only."
#endif

namespace miroir::http {

FeedSocket::FeedSocket(const QHostAddress &peer, QObject *parent) : QTcpSocket(parent)
{
    setPeerAddress(peer);
    // QtHttpServer deletes a socket that it finds unconnected.
    setSocketState(QAbstractSocket::ConnectedState);
    setOpenMode(QIODevice::ReadWrite);
}

FeedSocket::~FeedSocket()
{
    setSocketState(QAbstractSocket::UnconnectedState);
}

bool FeedSocket::offer(const QByteArray &method, const QByteArray &target, std::function<void()> run)
{
    MIROIR_ASSERT(!m_run);
    m_bytes = method + ' ' + target + " HTTP/1.1\r\n\r\n";
    m_at = 0;
    m_run = std::move(run);
    Q_EMIT readyRead();
    const bool taken = m_run == nullptr;
    m_run = nullptr;
    return taken;
}

qint64 FeedSocket::bytesAvailable() const
{
    return QIODevice::bytesAvailable() + m_bytes.size() - m_at;
}

void FeedSocket::disconnectFromHost() { }

qint64 FeedSocket::readData(char *data, qint64 maxSize)
{
    const qint64 size = std::min<qint64>(maxSize, m_bytes.size() - m_at);
    std::memcpy(data, m_bytes.constData() + m_at, static_cast<std::size_t>(size));
    m_at += size;
    return size;
}

qint64 FeedSocket::writeData(const char *, qint64 size)
{
    return size;
}

void FeedSocket::dispatch()
{
    // Emptied first: the request that runs may be answered, and the connection closed, before it returns.
    const std::function<void()> run = std::exchange(m_run, nullptr);
    MIROIR_ASSERT(run);
    run();
}

bool QtBridge::handleRequest(const QHttpServerRequest &, QTcpSocket *socket)
{
    auto *feed = dynamic_cast<FeedSocket *>(socket);
    MIROIR_ASSERT(feed != nullptr);
    feed->dispatch();
    return true;
}

void QtBridge::missingHandler(const QHttpServerRequest &, QTcpSocket *)
{
    MIROIR_ASSERT(false);
}

} // namespace miroir::http
