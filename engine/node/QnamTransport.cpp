// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/QnamTransport.h"

#include "base/Assert.h"
#include "node/CallRules.h"

#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkCookieJar>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <algorithm>
#include <cstring>

namespace miroir::node {

namespace {

/// A body that can be read once. QNetworkAccessManager rewinds the body before it sends a request
/// again; refusing that ends the call with ContentReSendError instead. An empty body always
/// refuses, since there is no telling whether the head went out.
class OnceBody final : public QIODevice
{
public:
    OnceBody(QByteArray bytes, QObject *parent)
        : QIODevice(parent)
        , m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] qint64 bytesAvailable() const override { return m_bytes.size() - m_read; }
    [[nodiscard]] bool atEnd() const override { return m_read == m_bytes.size(); }
    bool reset() override { return !m_bytes.isEmpty() && m_read == 0; }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 taken = std::min<qint64>(maxSize, m_bytes.size() - m_read);
        if (taken <= 0)
            return m_read == m_bytes.size() ? -1 : 0;
        std::memcpy(data, m_bytes.constData() + m_read, static_cast<std::size_t>(taken));
        m_read += taken;
        return taken;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_read = 0;
};

/// The node answered: there is a status, and what QNetworkReply calls an error is only that status.
bool isStatusError(QNetworkReply::NetworkError error)
{
    return error == QNetworkReply::NoError
        || (error > QNetworkReply::UnknownProxyError && error != QNetworkReply::ProtocolFailure
            && error != QNetworkReply::ContentReSendError);
}

bool neverConnected(QNetworkReply::NetworkError error)
{
    return error == QNetworkReply::ConnectionRefusedError
        || error == QNetworkReply::HostNotFoundError || error == QNetworkReply::TimeoutError
        || error == QNetworkReply::SslHandshakeFailedError;
}

} // namespace

struct QnamTransport::Pending
{
    CallId id = 0;
    QPointer<QNetworkReply> reply;
    QByteArray body; ///< what has come of the answer
    int *slotLoad = nullptr; ///< calls in flight in the connection pool it uses
    std::string label;
    QPointer<QObject> context;
    bool hasContext = false;
    Callback callback;
    std::int64_t startMs = 0;
    std::int64_t dueMs = 0;

    [[nodiscard]] bool wanted() const { return !hasContext || context; }
};

QnamTransport::QnamTransport(std::size_t answerBytes, QObject *parent)
    : Transport(parent)
    , m_answerBytes(answerBytes)
    , m_deadlines(
          [this](CallId id) { abandon(id, Answer::Outcome::TimedOut, "no answer in time"); }, this)
{
}

QnamTransport::~QnamTransport()
{
    for (auto &[id, pending] : m_calls) {
        if (pending->reply)
            pending->reply->disconnect(this);
    }
}

QNetworkAccessManager *QnamTransport::manager(std::size_t index)
{
    QNetworkAccessManager *&made = m_managers[index];
    if (made == nullptr) {
        made = new QNetworkAccessManager(this);
        made->setProxy(QNetworkProxy::NoProxy);
        made->setAutoDeleteReplies(false);
        made->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    }
    return made;
}

CallId QnamTransport::send(const QUrl &base, Call call, QObject *context, Callback callback)
{
    const CallId id = ++m_lastId;
    auto owned = std::make_unique<Pending>();
    owned->id = id;
    owned->context = context;
    owned->hasContext = context != nullptr;
    owned->callback = std::move(callback);
    owned->label = nodeName(base);
    owned->startMs = DeadlineQueue::nowMs();
    owned->dueMs = owned->startMs + std::max(call.deadlineMs, 0);
    Pending &pending = *m_calls.emplace(id, std::move(owned)).first->second;
    m_deadlines.add(id, pending.dueMs);
    const std::string problem = callProblem(base, call);
    if (problem.empty())
        start(pending, base, call);
    else
        abandon(id, Answer::Outcome::Refused, problem);
    return id;
}

void QnamTransport::start(Pending &pending, const QUrl &base, const Call &call)
{
    Slots &loads = m_hosts[pending.label];
    const bool tls = base.scheme() == QLatin1String("https");
    const int usable = tls ? managerCount : slotCount;
    const auto least = std::min_element(loads.begin(), loads.begin() + usable);
    const auto index = static_cast<std::size_t>(least - loads.begin());
    pending.slotLoad = &*least;
    ++*least;

    QUrl url = QUrl::fromEncoded(
        base.adjusted(QUrl::RemovePath | QUrl::RemoveQuery).toEncoded() + call.target);
    QNetworkRequest request(url);
    request.setAttribute(
        QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(
        QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    request.setRawHeader("User-Agent", "Miroir");
    request.setRawHeader("Accept-Encoding", "identity");
    request.setHeader(QNetworkRequest::ContentLengthHeader, call.body.size());
    if (!call.key.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + call.key);
    if (!call.body.isEmpty() || methodHasBody(call.method))
        request.setRawHeader("Content-Type",
            call.contentType.isEmpty() ? QByteArrayLiteral("application/json") : call.contentType);
    if (!tls)
        request.setPeerVerifyName(QStringLiteral("pool%1").arg(index));

    auto *body = new OnceBody(call.body, nullptr);
    QNetworkReply *reply = manager(tls ? index : 0)->sendCustomRequest(request, call.method, body);
    body->setParent(reply);
    pending.reply = reply;
    const CallId id = pending.id;
    connect(reply, &QNetworkReply::readyRead, this, [this, id] { collect(id); });
    connect(reply, &QNetworkReply::finished, this, [this, id] { ended(id); });
}

void QnamTransport::cancel(CallId id)
{
    abandon(id, Answer::Outcome::Cancelled, "the call was cancelled");
}

void QnamTransport::collect(CallId id)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
        return;
    Pending &pending = *found->second;
    const qint64 length = pending.reply->header(QNetworkRequest::ContentLengthHeader).toLongLong();
    const qint64 held
        = std::max<qint64>(length, pending.body.size() + pending.reply->bytesAvailable());
    if (held > static_cast<qint64>(m_answerBytes)) {
        abandon(id, Answer::Outcome::TooLarge,
            "the answer is larger than " + std::to_string(m_answerBytes) + " bytes");
        return;
    }
    pending.body += pending.reply->readAll();
}

void QnamTransport::ended(CallId id)
{
    collect(id);
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
        return;
    Pending &pending = *found->second;
    const QNetworkReply &reply = *pending.reply;
    const QVariant status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute);
    const QVariant length = reply.header(QNetworkRequest::ContentLengthHeader);
    const bool noBody = status.toInt() == 204 || status.toInt() == 304;
    // QNetworkAccessManager rewinds the body for 307 and 308 even when it is told to follow no
    // redirect.
    const bool redirect
        = status.toInt() / 100 == 3 && reply.error() == QNetworkReply::ContentReSendError;
    Answer answer;
    if (neverConnected(reply.error()) && !status.isValid()) {
        answer.outcome = Answer::Outcome::Refused;
        answer.unsent = true;
        answer.failure
            = "no connection to " + pending.label + ": " + reply.errorString().toStdString();
    } else if (!status.isValid() || !(redirect || isStatusError(reply.error()))) {
        answer.outcome = Answer::Outcome::Lost;
        answer.failure = pending.label + ": the connection broke before the answer was complete";
    } else if (!noBody && !redirect && length.isValid()
        && length.toLongLong() != pending.body.size()) {
        answer.outcome = Answer::Outcome::Lost;
        answer.failure = pending.label + ": the connection was closed in the middle of an answer";
    } else {
        answer.outcome = Answer::Outcome::Answered;
        answer.status = status.toInt();
        answer.contentType = reply.rawHeader("Content-Type");
        answer.body = std::move(pending.body);
    }
    finish(id, std::move(answer));
}

void QnamTransport::abandon(CallId id, Answer::Outcome outcome, std::string failure)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
        return;
    Answer answer {.outcome = outcome, .failure = found->second->label + ": " + failure};
    answer.unsent = found->second->reply == nullptr;
    finish(id, std::move(answer));
}

void QnamTransport::finish(CallId id, Answer answer)
{
    auto node = m_calls.extract(id);
    MIROIR_ASSERT(!node.empty());
    const std::shared_ptr<Pending> pending = std::move(node.mapped());
    m_deadlines.remove(id, pending->dueMs);
    if (pending->slotLoad != nullptr)
        --*pending->slotLoad;
    if (pending->reply) {
        pending->reply->disconnect(this);
        if (!pending->reply->isFinished())
            pending->reply->abort();
        pending->reply->deleteLater();
    }
    answer.elapsedMs = static_cast<int>(DeadlineQueue::nowMs() - pending->startMs);
    // An answer is passed on at once, from the reply's own signal; what was decided here waits for
    // the event loop.
    if (answer.outcome == Answer::Outcome::Answered) {
        if (pending->wanted())
            pending->callback(std::move(answer));
        return;
    }
    QMetaObject::invokeMethod(
        this,
        [pending, answer = std::move(answer)] {
            if (pending->wanted())
                pending->callback(answer);
        },
        Qt::QueuedConnection);
}

} // namespace miroir::node
