// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/WebhookSender.h"

#include "base/Bytes.h"
#include "http/ContentEncoder.h"

#include <QLoggingCategory>

namespace miroir::jobs {

namespace {

Q_LOGGING_CATEGORY(webhookLog, "miroir.webhooks", QtInfoMsg)

/// Tasks that end within this time go in one request.
constexpr int gatherMs = 20;
constexpr int receiverDeadlineMs = 30'000;
constexpr int sendTriesMax = 4;
constexpr int firstRetryMs = 500;
/// Tasks that wait for one slow receiver; older ones are dropped.
constexpr std::size_t waitingMax = 10'000;
constexpr std::size_t linesPerRequest = 1000;

} // namespace

WebhookSender::WebhookSender(node::OutsideClient &outside, QObject *parent)
    : QObject(parent), m_outside(outside), m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(gatherMs);
    connect(&m_timer, &QTimer::timeout, this, &WebhookSender::sendAll);
}

void WebhookSender::setWebhooks(Webhooks webhooks)
{
    std::erase_if(m_receivers, [&webhooks](const auto &known) { return !webhooks.contains(known.first); });
    for (auto &[uuid, webhook] : webhooks)
        m_receivers[uuid].webhook = std::move(webhook);
}

void WebhookSender::taskEnded(const protocol::TaskRecord &task)
{
    if (m_receivers.empty())
        return;
    const QByteArray line = protocol::taskToJson(task) + '\n';
    for (auto &[uuid, receiver] : m_receivers) {
        if (receiver.lines.size() == waitingMax) {
            receiver.lines.pop_front();
            qCWarning(webhookLog, "webhook %s is too slow: a task was left out", uuid.c_str());
        }
        receiver.lines.push_back(line);
    }
    if (!m_timer.isActive())
        m_timer.start();
}

void WebhookSender::sendAll()
{
    for (const auto &[uuid, receiver] : m_receivers) {
        if (!receiver.busy)
            sendNext(uuid);
    }
}

void WebhookSender::sendNext(const std::string &uuid)
{
    Receiver &receiver = m_receivers.at(uuid);
    if (receiver.lines.empty())
        return;
    QByteArray lines;
    for (std::size_t i = 0; i < linesPerRequest && !receiver.lines.empty(); ++i) {
        lines += receiver.lines.front();
        receiver.lines.pop_front();
    }
    receiver.busy = true;
    trySend(uuid, http::encoded(http::Coding::Gzip, lines), 1);
}

void WebhookSender::trySend(const std::string &uuid, const QByteArray &body, int tries)
{
    const auto found = m_receivers.find(uuid);
    if (found == m_receivers.end())
        return; // removed while it waited
    node::OutsideCall call;
    call.method = "POST";
    call.url = QUrl(toQString(found->second.webhook.url));
    call.fields = {{"Content-Encoding", "gzip"}, {"Content-Type", "application/x-ndjson"}};
    for (const auto &[name, value] : found->second.webhook.headers)
        call.fields.emplace_back(toBytes(name), toBytes(value));
    call.body = body;
    call.deadlineMs = receiverDeadlineMs;
    m_outside.send(std::move(call), [this, uuid, body, tries](const node::Answer &answer) {
        const bool again = !answer.success() && tries < sendTriesMax && answer.failure != node::rejectedAddress
            && (!answer.answered() || answer.status >= 500 || answer.status == 429);
        if (again) {
            QTimer::singleShot(firstRetryMs << (tries - 1), this, [this, uuid, body, tries] {
                trySend(uuid, body, tries + 1);
            });
            return;
        }
        if (!answer.success()) {
            const std::string why
                = answer.answered() ? "status " + std::to_string(answer.status) : answer.failure;
            qCWarning(webhookLog, "while sending data to the webhook %s: %s", uuid.c_str(), why.c_str());
        }
        done(uuid);
    });
}

void WebhookSender::done(const std::string &uuid)
{
    const auto found = m_receivers.find(uuid);
    if (found == m_receivers.end())
        return;
    found->second.busy = false;
    sendNext(uuid);
}

} // namespace miroir::jobs
