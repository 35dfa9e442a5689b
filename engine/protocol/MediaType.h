// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace miroir::protocol {

/// What a Content-Type field says; lower case, without parameters.
struct MediaType {
    std::string type; ///< "application"
    std::string subtype; ///< "json", or "ld" of "ld+json"
    std::string suffix; ///< "json" of "ld+json"
};

/// Nothing when it is no media type. As strict and as lenient as Rust's mime crate, which Meilisearch uses.
std::optional<MediaType> parseMediaType(std::string_view text);

} // namespace miroir::protocol
