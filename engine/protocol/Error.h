// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>

#include <string>
#include <string_view>

/// The one error catalogue: every code that the API can answer, with its type and HTTP status, as Meilisearch v1.50 has
/// them.
namespace miroir::protocol {

struct ErrorCode {
    const char *name; ///< "index_not_found"
    const char *type; ///< "invalid_request", "internal", "auth" or "system"
    int status;
};

/// Looks the code up in the catalogue; asserts that it is there (codes are written by us, never by a client).
const ErrorCode &errorCode(std::string_view name);

struct ApiError {
    const ErrorCode *code = nullptr;
    std::string message;
    int status = 0; ///< overrides code->status when not 0 (index_not_found is 400 inside a multi-search)

    [[nodiscard]] int httpStatus() const { return status != 0 ? status : code->status; }
    /// {"message":..,"code":..,"type":..,"link":"https://docs.meilisearch.com/errors#code"}
    [[nodiscard]] QByteArray toJson() const;
};

/// Parsing and validation give a value or the error that the client gets.
template <typename T>
using ApiResult = Result<T, ApiError>;
using ApiStatus = Result<Done, ApiError>;

inline ApiError apiError(std::string_view code, std::string message)
{
    return {&errorCode(code), std::move(message), 0};
}
inline Err<ApiError> refuse(std::string_view code, std::string message)
{
    return Err<ApiError> {apiError(code, std::move(message))};
}

} // namespace miroir::protocol
