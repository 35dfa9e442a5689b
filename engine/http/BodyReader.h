// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/ChunkDecoder.h"
#include "http/ContentDecoder.h"
#include "http/HeadParser.h"

#include <QByteArray>

#include <memory>

namespace miroir::http {

/// Reads the body that a head announces: transfer coding off, content coding off, in any portions, never more than the
/// limit before and after decoding. Decodes while it reads, so a compressed body is held only once. Pure.
class BodyReader
{
public:
    enum class State : std::uint8_t { More, Done, Refused };

    /// head: examined; only its framing and coding are looked at.
    BodyReader(const Head &head, std::size_t bodyBytesMax);

    /// Takes bytes up to the end of the body at most; gives how many. Takes none unless state() is More.
    std::size_t feed(std::string_view bytes);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const Refusal &refusal() const { return m_refusal; } ///< when Refused
    [[nodiscard]] std::size_t wireBytes() const { return m_wireBytes; } ///< taken so far, with all framing
    [[nodiscard]] std::size_t bodyBytes() const { return static_cast<std::size_t>(m_body.size()); } ///< held so far
    [[nodiscard]] QByteArray takeBody() { return std::move(m_body); } ///< when Done

private:
    std::size_t feedSized(std::string_view bytes);
    std::size_t feedChunked(std::string_view bytes);
    void content(std::string_view bytes);
    void finish();
    void refuse(Refusal refusal);

    State m_state = State::More;
    Refusal m_refusal;
    QByteArray m_body;
    std::unique_ptr<ContentDecoder> m_decoder; // null: no content coding
    ChunkDecoder m_chunks;
    bool m_chunked;
    std::size_t m_bodyBytesMax;
    std::size_t m_sizedLeft; // of a body with Content-Length
    std::size_t m_contentBytes = 0; // without chunk framing, before decoding
    std::size_t m_wireBytes = 0;
};

} // namespace miroir::http
