// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Limits.h"

#include <QByteArray>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace miroir::node {

/// Reads one HTTP/1.1 answer from bytes as they come (RFC 9112, message framing of section 6).
/// Strict: what could be read in two ways is refused, because a wrong idea of where an answer ends
/// would give one caller the answer of another. Interim answers (1xx) are skipped. Pure.
class AnswerParser
{
public:
    enum class State : std::uint8_t {
        Head,
        Fixed,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
        Done,
        Broken
    };
    enum class Fault : std::uint8_t { None, Malformed, TooLarge };

    explicit AnswerParser(std::size_t bodyLimit = limits::nodeAnswerBytes)
        : m_bodyLimit(bodyLimit)
    {
    }

    /// Prepares for the next answer on the connection.
    void reset();
    /// Takes bytes; gives how many were used. Fewer than given only when the answer is done or
    /// broken.
    std::size_t feed(std::string_view bytes);
    /// The peer closed. A body delimited by the close is then complete; anything else is broken.
    void end();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool done() const { return m_state == State::Done; }
    [[nodiscard]] bool broken() const { return m_state == State::Broken; }
    [[nodiscard]] bool untouched() const { return m_state == State::Head && m_headBytes == 0; }
    [[nodiscard]] Fault fault() const { return m_fault; }
    [[nodiscard]] const std::string &reason() const { return m_reason; } ///< of the fault

    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] const QByteArray &contentType() const { return m_contentType; }
    [[nodiscard]] QByteArray takeBody() { return std::move(m_body); }
    /// The connection may carry another request after this answer.
    [[nodiscard]] bool keepAlive() const { return m_keepAlive; }

private:
    std::size_t feedLine(std::string_view bytes);
    std::size_t feedData(std::string_view bytes);
    void lineComplete();
    void statusLine();
    void headField();
    void applyField(std::string_view name, std::string_view value);
    void headComplete();
    void chunkSize();
    bool grow(std::uint64_t bytes);
    void breakWith(Fault fault, std::string reason);

    std::size_t m_bodyLimit;
    State m_state = State::Head;
    Fault m_fault = Fault::None;
    std::string m_reason;
    std::string m_line; ///< of the head, a chunk size or a trailer, not yet complete
    std::size_t m_headBytes = 0;
    int m_fields = 0;
    int m_interim = 0;
    int m_status = 0;
    bool m_haveStatus = false;
    bool m_minorZero = false;
    bool m_keepAlive = false;
    bool m_closeAsked = false;
    bool m_keepAsked = false;
    bool m_chunked = false;
    bool m_haveLength = false;
    std::uint64_t m_length = 0;
    std::uint64_t m_left = 0; ///< bytes of the body or chunk still to come
    QByteArray m_contentType;
    QByteArray m_body;
};

} // namespace miroir::node
