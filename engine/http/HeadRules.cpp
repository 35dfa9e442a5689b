// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/HeadParser.h"

#include "base/Bytes.h"
#include "http/Text.h"

#include <charconv>

namespace miroir::http {

namespace {

using MaybeRefusal = std::optional<Refusal>;

/// The characters of a host name, an address in brackets and a port. What a Host field means is not asked here, only
/// that it cannot be mistaken for anything else.
bool isHost(std::string_view host)
{
    return std::all_of(host.begin(), host.end(), [](char c) {
        constexpr std::string_view others = "-._~%!$&'()*+,;=:[]";
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || others.find(c) != std::string_view::npos;
    });
}

MaybeRefusal examineHost(const Head &head)
{
    const std::size_t count = head.count("host");
    if (count == 0 && head.minorVersion >= 1)
        return badRequest("The Host header is missing.");
    if (count > 1)
        return badRequest("There is more than one Host header.");
    if (!isHost(head.value("host")))
        return badRequest("The Host header is invalid.");
    return std::nullopt;
}

MaybeRefusal examineLength(Head &head, std::size_t bodyBytesMax)
{
    const std::string_view text = head.value("content-length");
    if (head.count("content-length") > 1)
        return badRequest("There is more than one Content-Length header.");
    if (text.empty() || !std::all_of(text.begin(), text.end(), isDigit))
        return badRequest("The Content-Length header is not a number.");
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc() || length > bodyBytesMax)
        return payloadTooLarge(bodyBytesMax);
    head.contentLength = length;
    return std::nullopt;
}

MaybeRefusal examineTransfer(Head &head)
{
    if (head.minorVersion == 0)
        return badRequest("HTTP/1.0 knows no Transfer-Encoding.");
    if (head.count("content-length") > 0)
        return badRequest("The request has both a Content-Length and a Transfer-Encoding header.");
    if (head.count("transfer-encoding") > 1)
        return badRequest("There is more than one Transfer-Encoding header.");
    if (!equalsIgnoringCase(head.value("transfer-encoding"), "chunked"))
        return Refusal {501, "not_implemented", "The only supported Transfer-Encoding is `chunked`.", {}};
    head.chunked = true;
    return std::nullopt;
}

MaybeRefusal examineCoding(Head &head)
{
    const std::size_t count = head.count("content-encoding");
    if (count == 0)
        return std::nullopt;
    const std::string_view name = head.value("content-encoding");
    if (count > 1)
        return unsupportedCoding();
    if (equalsIgnoringCase(name, "gzip") || equalsIgnoringCase(name, "x-gzip"))
        head.coding = Coding::Gzip;
    else if (equalsIgnoringCase(name, "deflate"))
        head.coding = Coding::Deflate;
    else if (equalsIgnoringCase(name, "br"))
        head.coding = Coding::Brotli;
    else if (equalsIgnoringCase(name, "zstd"))
        head.coding = Coding::Zstd;
    else if (!name.empty() && !equalsIgnoringCase(name, "identity"))
        return unsupportedCoding();
    return std::nullopt;
}

MaybeRefusal examineExpect(Head &head)
{
    // HTTP/1.0 clients cannot read an interim answer, so the field is ignored there (RFC 9110 10.1.1).
    if (head.minorVersion == 0 || head.count("expect") == 0)
        return std::nullopt;
    if (head.count("expect") > 1 || !equalsIgnoringCase(head.value("expect"), "100-continue"))
        return Refusal {417, "expectation_failed", "The only supported Expect header is `100-continue`.", {}};
    head.expectContinue = true;
    return std::nullopt;
}

/// http://host:port/path -> /path; other targets stay as they are.
std::optional<std::string_view> withoutAuthority(std::string_view target)
{
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos
        || (!equalsIgnoringCase(target.substr(0, scheme), "http")
            && !equalsIgnoringCase(target.substr(0, scheme), "https")))
        return std::nullopt;
    const std::string_view rest = target.substr(scheme + 3);
    const std::size_t path = rest.find_first_of("/?");
    if (path == 0)
        return std::nullopt;
    return path == std::string_view::npos ? std::string_view() : rest.substr(path);
}

} // namespace

std::optional<Refusal> examineHead(Head &head, std::size_t bodyBytesMax)
{
    if (MaybeRefusal refusal = examineHost(head))
        return refusal;
    if (head.count("transfer-encoding") > 0) {
        if (MaybeRefusal refusal = examineTransfer(head))
            return refusal;
    } else if (head.count("content-length") > 0) {
        if (MaybeRefusal refusal = examineLength(head, bodyBytesMax))
            return refusal;
    }
    if (MaybeRefusal refusal = examineCoding(head))
        return refusal;
    if (MaybeRefusal refusal = examineExpect(head))
        return refusal;
    head.keepAlive = head.minorVersion >= 1 ? !listContains(head, "connection", "close")
                                            : listContains(head, "connection", "keep-alive")
            && !listContains(head, "connection", "close");
    return std::nullopt;
}

std::optional<QByteArray> normalisedPath(std::string_view method, std::string_view target)
{
    if (target == "*")
        return method == "OPTIONS" ? std::optional(QByteArrayLiteral("*")) : std::nullopt;
    std::string_view rest = target;
    if (target.empty() || target.front() != '/') {
        const std::optional<std::string_view> path = withoutAuthority(target);
        if (!path)
            return std::nullopt;
        rest = *path;
    }
    rest = rest.substr(0, rest.find('?'));
    QByteArray path("/");
    path.reserve(static_cast<qsizetype>(rest.size() + 1));
    for (const char c : rest) {
        if (c != '/' || path.back() != '/')
            path.append(c);
    }
    if (path.size() > 1 && path.back() == '/')
        path.chop(1);
    return path;
}

bool listContains(const Head &head, std::string_view lowerCaseName, std::string_view lowerCaseValue)
{
    bool found = false;
    for (const auto &[name, value] : head.fields) {
        if (sv(name) != lowerCaseName)
            continue;
        forEachListItem(sv(value), [&](std::string_view item) {
            found = found || equalsIgnoringCase(item, lowerCaseValue);
        });
    }
    return found;
}

} // namespace miroir::http
