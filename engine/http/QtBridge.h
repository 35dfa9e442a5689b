// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractHttpServer>
#include <QByteArray>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

/// The only file that knows QtHttpServer. It is a technical preview in Qt 6.4 and its interface for own servers was
/// replaced in 6.5, so this is what has to be rewritten for another version.
namespace miroir::http {

/// What QtHttpServer takes for the socket of a client. It has no network behind it: the guard owns the real socket and
/// puts one examined request line at a time in here. So QtHttpServer sees no byte of a client that was not examined,
/// holds no body, never meets two requests at once and touches nothing that a client can make vanish.
class FeedSocket final : public QTcpSocket
{
public:
    FeedSocket(const QHostAddress &peer, QObject *parent);
    ~FeedSocket() override;
    FeedSocket(const FeedSocket &) = delete;
    FeedSocket &operator=(const FeedSocket &) = delete;

    /// Gives a request to QtHttpServer, which calls run before this returns; false when it refused it instead.
    bool offer(const QByteArray &method, const QByteArray &target, std::function<void()> run);

    [[nodiscard]] qint64 bytesAvailable() const override;
    void disconnectFromHost() override; ///< how QtHttpServer refuses: nothing happens but that run is not called

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override; ///< swallows: the guard writes all answers

private:
    friend class QtBridge;
    void dispatch();

    QByteArray m_bytes;
    qsizetype m_at = 0;
    std::function<void()> m_run;
};

/// QtHttpServer, fed by FeedSockets that come from the bound QTcpServer as its pending connections.
class QtBridge final : public QAbstractHttpServer
{
public:
    using QAbstractHttpServer::QAbstractHttpServer;

protected:
    bool handleRequest(const QHttpServerRequest &request, QTcpSocket *socket) override;
    void missingHandler(const QHttpServerRequest &request, QTcpSocket *socket) override;
};

} // namespace miroir::http
