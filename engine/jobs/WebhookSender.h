// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/OutsideClient.h"
#include "protocol/Task.h"
#include "protocol/Webhook.h"

#include <QTimer>

#include <deque>
#include <map>
#include <string>

namespace miroir::jobs {

/// Tells every webhook which tasks have ended: POST of one task a line, gzipped, with the webhook's fields, as
/// Meilisearch does. Tasks that end together go together; a webhook hears of them in their order. One that does not
/// answer is tried a few times, then goes without. Secrets are never logged. Job thread.
class WebhookSender : public QObject
{
public:
    using Webhooks = std::map<std::string, protocol::Webhook>;
    WebhookSender(node::OutsideClient &outside, QObject *parent);

    void setWebhooks(Webhooks webhooks);
    void taskEnded(const protocol::TaskRecord &task);

private:
    struct Receiver {
        protocol::Webhook webhook;
        std::deque<QByteArray> lines; ///< tasks that wait
        bool busy = false;
    };
    void sendAll();
    void sendNext(const std::string &uuid);
    void trySend(const std::string &uuid, const QByteArray &body, int tries);
    void done(const std::string &uuid);

    node::OutsideClient &m_outside;
    std::map<std::string, Receiver> m_receivers;
    QTimer m_timer;
};

} // namespace miroir::jobs
