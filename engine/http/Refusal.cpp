// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Refusal.h"

#include "json/Json.h"

#include <array>
#include <cstdio>

namespace miroir::http {

Refusal badRequest(std::string message)
{
    return {400, "bad_request", std::move(message), {}};
}

Refusal uriTooLong(std::size_t limitBytes)
{
    return {414, "uri_too_long", "The request line is longer than " + formatByteLimit(limitBytes) + ".", {}};
}

Refusal headTooLarge(std::string what)
{
    return {431, "request_header_fields_too_large", std::move(what), {}};
}

Refusal payloadTooLarge(std::size_t limitBytes)
{
    return {413, "payload_too_large",
            "The provided payload reached the size limit. The maximum accepted payload size is "
                + formatByteLimit(limitBytes) + ".",
            {}};
}

Refusal tooSlow(std::string what)
{
    return {408, "request_timeout", std::move(what), {}};
}

Refusal unsupportedCoding()
{
    return {415, "unsupported_media_type",
            "The Content-Encoding of the request is not supported. Accepted values for the Content-Encoding header "
            "are: `gzip`, `deflate`, `br`, `zstd`, `identity`",
            {{QByteArrayLiteral("accept-encoding"), QByteArrayLiteral("gzip, deflate, br, zstd")}}};
}

Refusal overloaded(std::string message)
{
    return {503, "service_unavailable", std::move(message),
            {{QByteArrayLiteral("retry-after"), QByteArrayLiteral("1")}}};
}

Response errorResponse(const Refusal &refusal)
{
    const char *type = "invalid_request";
    if (refusal.status == 500)
        type = "internal";
    else if (refusal.status == 503)
        type = "system";
    json::Writer writer;
    writer.beginObject();
    writer.key("message").string(refusal.message);
    writer.key("code").string(refusal.code);
    writer.key("type").string(type);
    writer.key("link").string("https://docs.meilisearch.com/errors#" + refusal.code);
    writer.endObject();
    Response response;
    response.status = refusal.status;
    response.body = writer.take();
    response.fields = refusal.fields;
    return response;
}

std::string formatByteLimit(std::size_t bytes)
{
    constexpr std::array<const char *, 5> binaryUnits {"B", "KiB", "MiB", "GiB", "TiB"};
    constexpr std::array<const char *, 5> decimalUnits {"B", "KB", "MB", "GB", "TB"};
    const bool binary = bytes % 1024 == 0;
    const double step = binary ? 1024 : 1000;
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= step && unit + 1 < binaryUnits.size()) {
        value /= step;
        ++unit;
    }
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    std::string number = text.data();
    while (number.back() == '0')
        number.pop_back();
    if (number.back() == '.')
        number.pop_back();
    return number + ' ' + (binary ? binaryUnits : decimalUnits).at(unit);
}

} // namespace miroir::http
