// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/AnswerWriter.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "http/ContentEncoder.h"
#include "http/Text.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <array>

namespace miroir::http {

namespace {

constexpr const char *varyCors = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

struct StatusText {
    int status;
    const char *text;
};

const char *statusText(int status)
{
    constexpr std::array texts {
        StatusText {100, "Continue"}, StatusText {200, "OK"}, StatusText {201, "Created"},
        StatusText {202, "Accepted"}, StatusText {204, "No Content"}, StatusText {206, "Partial Content"},
        StatusText {301, "Moved Permanently"}, StatusText {302, "Found"}, StatusText {304, "Not Modified"},
        StatusText {307, "Temporary Redirect"}, StatusText {308, "Permanent Redirect"},
        StatusText {400, "Bad Request"}, StatusText {401, "Unauthorized"}, StatusText {403, "Forbidden"},
        StatusText {404, "Not Found"}, StatusText {405, "Method Not Allowed"}, StatusText {408, "Request Timeout"},
        StatusText {409, "Conflict"}, StatusText {411, "Length Required"}, StatusText {413, "Payload Too Large"},
        StatusText {414, "URI Too Long"}, StatusText {415, "Unsupported Media Type"},
        StatusText {417, "Expectation Failed"}, StatusText {422, "Unprocessable Entity"},
        StatusText {424, "Failed Dependency"}, StatusText {429, "Too Many Requests"},
        StatusText {431, "Request Header Fields Too Large"}, StatusText {500, "Internal Server Error"},
        StatusText {501, "Not Implemented"}, StatusText {502, "Bad Gateway"},
        StatusText {503, "Service Unavailable"}, StatusText {504, "Gateway Timeout"},
        StatusText {505, "HTTP Version Not Supported"}, StatusText {507, "Insufficient Storage"},
    };
    const auto *it = std::find_if(texts.begin(), texts.end(), [status](const auto &t) { return t.status == status; });
    return it == texts.end() ? "Unknown" : it->text;
}

void appendField(QByteArray &out, std::string_view name, std::string_view value)
{
    out.append(name.data(), static_cast<qsizetype>(name.size()));
    out.append(": ");
    out.append(value.data(), static_cast<qsizetype>(value.size()));
    out.append("\r\n");
}

bool isOurs(const QByteArray &name)
{
    constexpr std::array<std::string_view, 7> ours {"content-length", "transfer-encoding", "connection", "date", "vary",
                                                    "content-type", "keep-alive"};
    return std::any_of(ours.begin(), ours.end(),
                       [&](std::string_view own) { return equalsIgnoringCase(sv(name), own); });
}

QByteArray beginHead(int status, const AnswerStyle &style)
{
    MIROIR_ASSERT(status >= 200 && status <= 599);
    QByteArray out;
    out.reserve(320);
    out.append("HTTP/1.1 ").append(QByteArray::number(status)).append(' ').append(statusText(status)).append("\r\n");
    if (!style.date.isEmpty())
        appendField(out, "date", sv(style.date));
    if (!style.keepAlive)
        appendField(out, "connection", "close");
    else if (style.minorVersion == 0)
        appendField(out, "connection", "keep-alive");
    return out;
}

void appendShared(QByteArray &out, const AnswerStyle &style, bool varyCoding)
{
    QByteArray vary = style.cors ? QByteArray(varyCors) : QByteArray();
    if (varyCoding)
        vary.append(vary.isEmpty() ? "Accept-Encoding" : ", Accept-Encoding");
    if (!vary.isEmpty())
        appendField(out, "vary", sv(vary));
    if (style.cors && style.crossOrigin)
        appendField(out, "access-control-allow-origin", "*");
}

bool isCompressible(std::string_view contentType)
{
    constexpr std::array<std::string_view, 6> kinds {"application/json", "application/x-ndjson", "text/",
                                                     "application/javascript", "application/xml", "image/svg+xml"};
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](std::string_view kind) { return contentType.substr(0, kind.size()) == kind; });
}

bool hasField(const Fields &fields, std::string_view lowerCaseName)
{
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto &field) { return equalsIgnoringCase(sv(field.first), lowerCaseName); });
}

/// Weight of a list member in thousandths: ";q=0.5" -> 500. One that cannot be read counts as none given.
int weightOf(std::string_view parameters)
{
    const std::size_t equals = parameters.find("q=");
    if (equals == std::string_view::npos)
        return 1000;
    bool ok = false;
    const double weight = toBytes(trimmed(parameters.substr(equals + 2))).toDouble(&ok);
    return ok && weight >= 0 && weight <= 1 ? static_cast<int>(weight * 1000) : 1000;
}

const char *codingName(Coding coding)
{
    return coding == Coding::Brotli ? "br" : coding == Coding::Gzip ? "gzip" : "deflate";
}

} // namespace

AnswerStyle answerStyle(const Head &head, bool cors)
{
    AnswerStyle style;
    style.headOnly = head.method == "HEAD";
    style.minorVersion = head.minorVersion;
    style.keepAlive = head.keepAlive;
    style.coding = acceptedCoding(head);
    style.cors = cors;
    style.crossOrigin = head.count("origin") > 0;
    return style;
}

Answer writeAnswer(Response response, const AnswerStyle &style)
{
    const bool bodiless = response.status == 204 || response.status == 304;
    const bool mayCompress = !bodiless && !response.body.isEmpty() && isCompressible(sv(response.contentType))
        && !hasField(response.fields, "content-encoding");
    bool compressed = false;
    if (mayCompress && style.coding != Coding::None && !style.headOnly) {
        // However small: there are clients that ask for a coding and then believe in it.
        QByteArray smaller = encoded(style.coding, response.body);
        compressed = !smaller.isEmpty();
        if (compressed)
            response.body = std::move(smaller);
    }

    Answer answer;
    answer.head = beginHead(response.status, style);
    if (!bodiless) {
        appendField(answer.head, "content-length", sv(QByteArray::number(response.body.size())));
        if (!response.contentType.isEmpty() && isFieldValue(sv(response.contentType)))
            appendField(answer.head, "content-type", sv(response.contentType));
    }
    if (compressed)
        appendField(answer.head, "content-encoding", codingName(style.coding));
    appendShared(answer.head, style, mayCompress);
    for (const auto &[name, value] : response.fields) {
        if (isToken(sv(name)) && isFieldValue(sv(value)) && !isOurs(name))
            appendField(answer.head, sv(name), sv(value));
    }
    answer.head.append("\r\n");
    if (!style.headOnly && !bodiless)
        answer.body = std::move(response.body);
    return answer;
}

QByteArray writeStreamHead(const AnswerStyle &style, const StreamKind &kind)
{
    AnswerStyle own = style;
    own.keepAlive = style.keepAlive && style.minorVersion >= 1;
    QByteArray out = beginHead(200, own);
    appendField(out, "content-type", sv(kind.contentType));
    for (const auto &[name, value] : kind.fields)
        appendField(out, sv(name), sv(value));
    if (style.minorVersion >= 1)
        appendField(out, "transfer-encoding", "chunked");
    appendShared(out, own, false);
    out.append("\r\n");
    return out;
}

QByteArray writeEvent(const QByteArray &event, const QByteArray &data)
{
    MIROIR_ASSERT(!event.contains('\n') && !event.contains('\r'));
    QByteArray out;
    out.reserve(event.size() + data.size() + 32);
    if (!event.isEmpty())
        out.append("event: ").append(event).append('\n');
    std::string_view rest = sv(data);
    while (true) {
        const std::size_t end = rest.find_first_of("\r\n");
        out.append("data: ").append(rest.data(), static_cast<qsizetype>(std::min(end, rest.size()))).append('\n');
        if (end == std::string_view::npos)
            break;
        const bool pair = rest.substr(end, 2) == "\r\n";
        rest.remove_prefix(end + (pair ? 2 : 1));
    }
    return out.append('\n');
}

QByteArray writeChunk(const QByteArray &data)
{
    if (data.isEmpty())
        return {};
    QByteArray out = QByteArray::number(data.size(), 16);
    out.reserve(out.size() + data.size() + 4);
    return out.append("\r\n").append(data).append("\r\n");
}

bool isPreflight(const Head &head)
{
    return head.method == "OPTIONS" && isToken(head.value("access-control-request-method"));
}

Response preflightResponse(const Head &head)
{
    Response response;
    response.contentType.clear();
    response.fields.emplace_back("access-control-allow-methods",
                                 "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE");
    const std::string_view wanted = head.value("access-control-request-headers");
    if (!wanted.empty())
        response.fields.emplace_back("access-control-allow-headers", toBytes(wanted));
    response.fields.emplace_back("access-control-max-age", "86400");
    return response;
}

Coding acceptedCoding(const Head &head)
{
    int brotli = 0;
    int gzip = 0;
    int deflate = 0;
    for (const auto &[name, value] : head.fields) {
        if (sv(name) != "accept-encoding")
            continue;
        forEachListItem(sv(value), [&](std::string_view item) {
            const std::size_t semicolon = item.find(';');
            const std::string_view coding = trimmed(item.substr(0, semicolon));
            const int weight = semicolon == std::string_view::npos ? 1000 : weightOf(item.substr(semicolon + 1));
            if (equalsIgnoringCase(coding, "br"))
                brotli = weight;
            else if (equalsIgnoringCase(coding, "gzip") || equalsIgnoringCase(coding, "x-gzip"))
                gzip = weight;
            else if (equalsIgnoringCase(coding, "deflate"))
                deflate = weight;
        });
    }
    const int most = std::max({brotli, gzip, deflate});
    if (most == 0)
        return Coding::None;
    return brotli == most ? Coding::Brotli : gzip == most ? Coding::Gzip : Coding::Deflate;
}

QByteArray httpDate(std::int64_t utcSeconds)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(utcSeconds, Qt::UTC);
    return QLocale::c().toString(time, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'")).toLatin1();
}

} // namespace miroir::http
