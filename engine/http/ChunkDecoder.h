// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace miroir::http {

/// Takes the chunked transfer coding (RFC 9112 section 7.1) off a body, in any portions. Strict: CR LF everywhere,
/// sizes of 1 to 16 hexadecimal digits, well formed trailers. Extensions and trailers are examined and dropped. Pure.
class ChunkDecoder
{
public:
    enum class State : std::uint8_t { More, Done, Broken };
    struct Step {
        std::size_t taken = 0; ///< bytes of the input that are done with
        std::string_view data; ///< slice of the input that belongs to the body; may be empty
    };

    /// Takes some of the bytes; call again with the rest while taken > 0 and state() is More.
    Step next(std::string_view bytes);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const char *reason() const { return m_reason; } ///< when Broken: a sentence for the client

private:
    enum class Part : std::uint8_t {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        Trailer,
        TrailerEnd,
        EndLf,
    };

    void takeByte(char c);
    void sizeByte(char c);
    void extensionByte(char c);
    void trailerByte(char c);
    void beginData();
    void goTo(Part part);
    void fail(const char *reason);

    State m_state = State::More;
    Part m_part = Part::Size;
    const char *m_reason = "";
    std::uint64_t m_size = 0; // of the chunk; then what is left of it
    int m_digits = 0;
    std::size_t m_extraBytes = 0; // of all extensions and trailers
    bool m_trailerName = true;
    bool m_trailerEmpty = true;
};

} // namespace miroir::http
