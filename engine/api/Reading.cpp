// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"

#include "base/Bytes.h"

namespace miroir::api {

read::ReadContext readContext(const FrontContext &front, const ExchangePtr &exchange, const read::IndexView *index)
{
    read::ReadContext context;
    context.view = exchange->view;
    context.index = index;
    context.transport = front.transport;
    context.context = front.context;
    context.nodeTimeoutMs = front.services.nodeTimeoutMs;
    context.retryOnTimeout = front.services.retryOnTimeout;
    if (front.services.partialAnswers) {
        if (exchange->missing == nullptr)
            exchange->missing = std::make_shared<read::MissingShards>();
        context.missing = exchange->missing;
    }
    context.suspect = [control = front.services.control](const NodeId &node) {
        control.post([node](cluster::Control &c) { c.suspect(node); });
    };
    return context;
}

bool metadataWanted(const ExchangePtr &exchange)
{
    const QByteArray field = exchange->request.field("meili-include-metadata");
    return !field.isNull() && protocol::wantsMetadata(sv(field));
}

read::OnBody answerWith(const ExchangePtr &exchange)
{
    return [exchange](protocol::ApiResult<QByteArray> body) {
        if (body)
            exchange->send(200, std::move(*body));
        else
            exchange->refuse(body.error());
    };
}

} // namespace miroir::api
