// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/HeadParser.h"
#include "http/Http.h"

#include <cstdint>

/// Answers as bytes. Pure.
namespace miroir::http {

/// What the request and the front's state say about how its answer is written.
struct AnswerStyle {
    bool headOnly = false; ///< HEAD: fields as for GET, no body
    int minorVersion = 1; ///< of the client
    bool keepAlive = true; ///< as decided by client and server
    Coding coding = Coding::None; ///< that the client likes best of ours
    bool cors = true; ///< Vary as with Meilisearch
    bool crossOrigin = false; ///< the request had an Origin
    QByteArray date; ///< IMF-fixdate; empty: none
};

/// The style for a request; keepAlive is the client's wish.
AnswerStyle answerStyle(const Head &head, bool cors);

struct Answer {
    QByteArray head; ///< status line and fields with the empty line
    QByteArray body; ///< as sent
};

/// Length, type, connection, Vary and date are set here: fields of the response with these names, and fields that
/// are no valid HTTP, are left out.
Answer writeAnswer(Response response, const AnswerStyle &style);
/// Head of an answer without an end. For HTTP/1.1 its body is chunked, for HTTP/1.0 it ends with the connection.
QByteArray writeStreamHead(const AnswerStyle &style, const StreamKind &kind = {});
/// One server-sent event; data of several lines becomes several data fields. event: without line ends.
QByteArray writeEvent(const QByteArray &event, const QByteArray &data);
/// A chunk of the chunked coding; empty data would end the body, so it gives nothing.
QByteArray writeChunk(const QByteArray &data);

/// The request is a CORS preflight: it is answered without asking anybody.
bool isPreflight(const Head &head);
Response preflightResponse(const Head &head);

/// Of br, gzip and deflate the one with the greatest weight in Accept-Encoding (RFC 9110 12.5.3), of equal ones the
/// first of this list; `*` is not answered by compression. As Meilisearch chooses.
Coding acceptedCoding(const Head &head);
/// "Sun, 06 Nov 1994 08:49:37 GMT"
QByteArray httpDate(std::int64_t utcSeconds);

} // namespace miroir::http
