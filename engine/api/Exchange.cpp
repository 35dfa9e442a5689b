// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "placement/Shards.h"
#include "protocol/Deserr.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/IndexRequests.h"

#include <QRandomGenerator>

namespace miroir::api {

namespace {
/// What Meilisearch advises with every 503.
const QByteArray retryAfterSeconds = QByteArrayLiteral("10");

/// Last member of the body, so that nothing else moves, and a header for those who look at nothing else. Never cached.
void markPartial(http::Response &response, std::size_t missing)
{
    response.body.chop(1);
    response.body += response.body.endsWith('{') ? "" : ",";
    response.body += "\"partial\":{\"missingShards\":" + QByteArray::number(static_cast<qulonglong>(missing))
        + ",\"shards\":" + QByteArray::number(static_cast<qulonglong>(placement::shardCount)) + "}}";
    const QByteArray count = QByteArray::number(static_cast<qulonglong>(missing));
    response.fields.emplace_back("X-Miroir-Partial", "missing-shards=" + count);
    response.fields.emplace_back("Cache-Control", "no-store");
}

} // namespace

void Exchange::send(int status, QByteArray json) const
{
    http::Response response;
    response.status = status;
    response.body = std::move(json);
    if (response.body.isEmpty())
        response.contentType.clear();
    if (missing != nullptr && missing->shards.any() && response.body.endsWith('}'))
        markPartial(response, missing->shards.count());
    if (status == 503)
        response.fields.emplace_back("Retry-After", retryAfterSeconds);
    if (measured)
        measured->answered(status);
    responder.send(std::move(response));
}

void Exchange::sendAs(QByteArray contentType, QByteArray body, int status) const
{
    http::Response response;
    response.status = status;
    response.contentType = std::move(contentType);
    response.body = std::move(body);
    if (measured)
        measured->answered(response.status);
    responder.send(std::move(response));
}

void Exchange::refuse(const protocol::ApiError &error) const
{
    send(error.httpStatus(), error.toJson());
}

void Exchange::sendTask(const protocol::ApiResult<protocol::TaskRecord> &task, int status) const
{
    if (task)
        send(status, protocol::taskSummaryToJson(*task));
    else
        refuse(task.error());
}

std::optional<std::string_view> Exchange::contentType() const
{
    m_contentType = request.field("content-type");
    if (m_contentType.isNull())
        return std::nullopt;
    return sv(m_contentType);
}

protocol::ApiResult<json::Document> Exchange::body() const
{
    return protocol::parseJsonBody(contentType(), request.body);
}

std::optional<std::optional<std::string>> Exchange::metadataOrRefuse() const
{
    auto metadata = protocol::parseCustomMetadataQuery(protocol::QueryParams::parse(sv(request.query)));
    if (metadata)
        return std::move(*metadata);
    refuse(metadata.error());
    return std::nullopt;
}

const read::IndexView *Exchange::indexOrRefuse() const
{
    if (const protocol::ApiStatus valid = protocol::checkIndexUid(uid()); !valid) {
        refuse(valid.error());
        return nullptr;
    }
    const read::IndexView *index = view->index(uid());
    if (index == nullptr)
        refuse(protocol::indexNotFound(uid()));
    return index;
}

void submitWrite(FrontContext &front, const ExchangePtr &exchange, write::WriteRequest request)
{
    // std::function copies what it holds, so the request travels behind a pointer
    auto shared = std::make_shared<write::WriteRequest>(std::move(request));
    const QPointer<QObject> context(front.context);
    front.services.control.post([shared, exchange, context](cluster::Control &control) {
        control.submit(std::move(*shared), [exchange, context](protocol::ApiResult<protocol::TaskRecord> task) {
            using Answer = protocol::ApiResult<protocol::TaskRecord>;
            cluster::ControlLink::reply<Answer>(
                context, std::move(task), [exchange](Answer answer) { exchange->sendTask(answer); });
        });
    });
}

std::string freshRequestUid(const Clock &clock)
{
    const auto ms = static_cast<std::uint64_t>(clock.utcNs() / 1'000'000);
    const std::uint64_t a = QRandomGenerator::global()->generate64();
    const std::uint64_t b = QRandomGenerator::global()->generate64();
    char text[37];
    std::snprintf(text, sizeof text, "%08x-%04x-7%03x-%04x-%012llx", static_cast<unsigned>(ms >> 16U),
        static_cast<unsigned>(ms & 0xFFFFU), static_cast<unsigned>(a & 0xFFFU),
        static_cast<unsigned>(0x8000U | (a >> 12U & 0x3FFFU)),
        static_cast<unsigned long long>(b & 0xFFFF'FFFF'FFFFULL));
    return text;
}

} // namespace miroir::api
