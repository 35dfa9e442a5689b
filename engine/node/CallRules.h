// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/Transport.h"

#include <algorithm>
#include <string>

/// What both transports hold a call to.
namespace miroir::node {

/// No character that would end a field or the request line: what a client sends must never become
/// part of the head.
inline bool isHeadSafe(const QByteArray &text, bool spaceAllowed)
{
    return std::all_of(text.begin(), text.end(), [spaceAllowed](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f ? true : spaceAllowed && c == ' ';
    });
}

/// Empty, or why the call cannot be sent. The key is never part of the text.
inline std::string callProblem(const QUrl &base, const Call &call)
{
    const QString scheme = base.scheme();
    if ((scheme != QLatin1String("http") && scheme != QLatin1String("https"))
        || base.host().isEmpty())
        return "the address of the node is not http://host:port";
    if (call.method.isEmpty() || !isHeadSafe(call.method, false))
        return "the method is malformed";
    if (!call.target.startsWith('/') || !isHeadSafe(call.target, false))
        return "the path is not percent-encoded";
    if (!isHeadSafe(call.key, false))
        return "the key of the node holds characters that cannot be sent";
    if (!isHeadSafe(call.contentType, true))
        return "the content type is malformed";
    return {};
}

inline bool methodHasBody(const QByteArray &method)
{
    return method == "POST" || method == "PUT" || method == "PATCH";
}

/// "http://node-a:7700", as people know the node.
inline std::string nodeName(const QUrl &base)
{
    return base
        .adjusted(
            QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment)
        .toString()
        .toStdString();
}

inline constexpr int defaultPort(bool tls)
{
    return tls ? 443 : 80;
}

} // namespace miroir::node
