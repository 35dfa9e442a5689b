// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/Http.h"

#include <cstddef>
#include <string>

/// Why the guard itself answers a request, before any handler sees it. Pure.
namespace miroir::http {

struct Refusal {
    int status = 400;
    std::string code; ///< Meilisearch's where it has one for the case, else ours in its style
    std::string message;
    Fields fields; ///< further ones of the answer
};

Refusal badRequest(std::string message); ///< 400 bad_request
Refusal uriTooLong(std::size_t limitBytes); ///< 414
Refusal headTooLarge(std::string what); ///< 431
Refusal payloadTooLarge(std::size_t limitBytes); ///< 413, the words of Meilisearch
Refusal tooSlow(std::string what); ///< 408
Refusal unsupportedCoding(); ///< 415, with Accept-Encoding
Refusal overloaded(std::string message); ///< 503, with Retry-After

/// {"message","code","type","link"}: the form of every Meilisearch error. 500 has type "internal", 503 "system".
Response errorResponse(const Refusal &refusal);

/// "100 MB", "95.37 MiB": binary units when the number divides by 1024, else decimal ones, as Meilisearch words its
/// limit.
std::string formatByteLimit(std::size_t bytes);

} // namespace miroir::http
