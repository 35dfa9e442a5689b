// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/HeadParser.h"

#include <QByteArray>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace miroir::http {

/// Appends with room that doubles. QByteArray::append() of Qt 6.4 copies all it has into a new block each time it
/// grows, and for that moment holds a large body twice; this lets the allocator extend the block in place.
void appendGrowing(QByteArray &out, std::string_view bytes);

/// Takes a content coding off a body, in any portions and with bounded memory: what comes out stops at the limit,
/// however little goes in, and the window of no coding is over 16 MiB. Pure.
class ContentDecoder
{
public:
    enum class Status : std::uint8_t { Fine, Broken, TooLarge };

    virtual ~ContentDecoder() = default;
    /// Appends what the bytes decode to. After Broken or TooLarge it must not be called again.
    virtual Status decode(std::string_view bytes, QByteArray &out, std::size_t outBytesMax) = 0;
    /// The bytes so far are a whole compressed stream (or several).
    [[nodiscard]] virtual bool complete() const = 0;

    /// nullptr for Coding::None.
    static std::unique_ptr<ContentDecoder> create(Coding coding);
};

} // namespace miroir::http
