// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Limits.h"

#include <QtGlobal>

#include <cstddef>
#include <functional>

QT_BEGIN_NAMESPACE
class QObject;
class QTcpSocket;
QT_END_NAMESPACE

namespace miroir::http {

/// Makes the socket for one accepted connection; the place where TLS comes in. Called in the thread of the front. The
/// socket must take the descriptor (setSocketDescriptor) and give decrypted bytes through readyRead(); nullptr
/// refuses the connection, and the factory has then closed the descriptor.
using SocketFactory = std::function<QTcpSocket *(qintptr descriptor, QObject *parent)>;

/// Limits and habits of a front. The defaults are those of production; tests shrink them.
struct Options {
    std::size_t requestLineBytes = limits::requestLineBytes; ///< beyond: 414
    std::size_t headBytes = limits::headBytes; ///< request line and fields; beyond: 431
    int headFields = limits::headFields; ///< beyond: 431
    std::size_t bodyBytes = limits::bodyBytes; ///< raw and decoded, each; beyond: 413
    std::size_t allBodiesBytes = 1'000'000'000; ///< of requests that run or arrive now in the whole group; beyond: 503
    int headTimeoutMs = limits::headTimeoutMs; ///< from the first byte of a request; then 408
    int bodyMinBytesPerSecond = limits::bodyMinBytesPerSecond; ///< mean rate since the head; below: 408
    int bodyGraceMs = limits::bodyGraceMs; ///< before the rate is asked for
    int idleTimeoutMs = limits::idleTimeoutMs; ///< without a request: closed
    int slowReaderTimeoutMs = 60'000; ///< the client takes nothing of a waiting answer: closed
    int lingerMs = 2'000; ///< after an answer that closes: the client's remaining bytes are taken and thrown away
    int connections = limits::connections; ///< of the whole group; beyond: 503 and closed
    std::size_t streamBufferBytes = 1'000'000; ///< unread bytes after which an event stream is closed
    int eventPingMs = 15'000; ///< a comment line keeps quiet event streams open and finds dead clients
    int stopTimeoutMs = 5'000; ///< what running requests get when the front stops
    bool cors = true; ///< any origin, method and header, as Meilisearch; false: all OPTIONS go to the handler
    SocketFactory socketFactory; ///< empty: plain TCP
};

} // namespace miroir::http
