// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/OutsideClient.h"

#include "node/CallRules.h"

#include <QElapsedTimer>
#include <QHostInfo>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>

#include <algorithm>

namespace miroir::node {

namespace {

/// Answers are read for an error message at most.
constexpr qint64 answerBytesMax = 1'000'000;

Answer failed(Answer::Outcome outcome, std::string why)
{
    Answer answer;
    answer.outcome = outcome;
    answer.failure = std::move(why);
    answer.unsent = outcome == Answer::Outcome::Refused;
    return answer;
}

/// The Host field as the client wrote the server.
QByteArray hostField(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toUtf8();
    if (host.contains(':'))
        host = '[' + host + ']';
    const bool tls = url.scheme() == QLatin1String("https");
    if (url.port() >= 0 && url.port() != defaultPort(tls))
        host += ':' + QByteArray::number(url.port());
    return host;
}

Answer answerOf(QNetworkReply &reply, int elapsedMs)
{
    Answer answer;
    const QVariant status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute);
    answer.elapsedMs = elapsedMs;
    if (status.isValid() && reply.error() != QNetworkReply::OperationCanceledError) {
        answer.outcome = Answer::Outcome::Answered;
        answer.status = status.toInt();
        answer.contentType = reply.rawHeader("content-type");
        answer.body = reply.read(answerBytesMax);
        return answer;
    }
    const bool late = reply.error() == QNetworkReply::OperationCanceledError;
    answer.outcome = late ? Answer::Outcome::TimedOut : Answer::Outcome::Lost;
    answer.failure = late ? "timeout" : reply.errorString().toStdString();
    return answer;
}

} // namespace

OutsideClient::OutsideClient(AddressPolicy policy, QObject *parent)
    : QObject(parent), m_policy(std::move(policy)), m_network(this)
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    m_network.setAutoDeleteReplies(true);
}

void OutsideClient::send(OutsideCall call, Transport::Callback done)
{
    const bool tls = call.url.scheme() == QLatin1String("https");
    if ((!tls && call.url.scheme() != QLatin1String("http")) || call.url.host().isEmpty()) {
        QMetaObject::invokeMethod(
            this, [done] { done(failed(Answer::Outcome::Refused, "the address is not http://host")); },
            Qt::QueuedConnection);
        return;
    }
    const QString host = call.url.host();
    QHostInfo::lookupHost(host, this, [this, call = std::move(call), done](const QHostInfo &found) {
        if (found.error() != QHostInfo::NoError) {
            done(failed(Answer::Outcome::Refused, found.errorString().toStdString()));
            return;
        }
        const QList<QHostAddress> addresses = found.addresses();
        const auto allowed = std::find_if(addresses.begin(), addresses.end(),
            [this](const QHostAddress &address) { return m_policy.allows(address); });
        if (allowed == addresses.end())
            done(failed(Answer::Outcome::Refused, rejectedAddress));
        else
            sendTo(*allowed, call, done);
    });
}

void OutsideClient::sendTo(const QHostAddress &address, const OutsideCall &call, const Transport::Callback &done)
{
    QUrl url = call.url;
    url.setHost(address.toString());
    QNetworkRequest request(url);
    request.setRawHeader("Host", hostField(call.url));
    request.setPeerVerifyName(call.url.host());
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    for (const auto &[name, value] : call.fields)
        request.setRawHeader(name, value);
    QElapsedTimer clock;
    clock.start();
    QNetworkReply *reply = m_network.sendCustomRequest(request, call.method, call.body);
    // The manager's own time-out starts anew with each byte; ours is for the whole call.
    QTimer::singleShot(call.deadlineMs, reply, &QNetworkReply::abort);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
        if (received > answerBytesMax)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this,
        [reply, clock, done] { done(answerOf(*reply, static_cast<int>(clock.elapsed()))); });
}

} // namespace miroir::node
