// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/ChunkDecoder.h"

#include "base/Assert.h"
#include "http/Text.h"

namespace miroir::http {

namespace {

constexpr int digitsMax = 16;
constexpr std::size_t extraBytesMax = 16 * 1024;
constexpr const char *badSize = "The size of a chunk is malformed.";
constexpr const char *badExtension = "The extension of a chunk is malformed or too long.";
constexpr const char *badEnd = "A chunk does not end in CR LF.";
constexpr const char *badTrailer = "The trailer of the chunked body is malformed or too long.";

} // namespace

ChunkDecoder::Step ChunkDecoder::next(std::string_view bytes)
{
    Step step;
    while (m_state == State::More && step.taken < bytes.size()) {
        if (m_part == Part::Data) {
            const std::size_t wanted = std::min<std::uint64_t>(m_size, bytes.size() - step.taken);
            step.data = bytes.substr(step.taken, wanted);
            step.taken += wanted;
            m_size -= wanted;
            if (m_size == 0)
                m_part = Part::DataCr;
            return step;
        }
        takeByte(bytes[step.taken]);
        ++step.taken;
    }
    return step;
}

void ChunkDecoder::takeByte(char c)
{
    switch (m_part) {
    case Part::Size:
        return sizeByte(c);
    case Part::Extension:
        return extensionByte(c);
    case Part::SizeEnd:
        return c == '\n' ? beginData() : fail(badSize);
    case Part::DataCr:
        return c == '\r' ? goTo(Part::DataLf) : fail(badEnd);
    case Part::DataLf:
        return c == '\n' ? goTo(Part::Size) : fail(badEnd);
    case Part::TrailerStart:
    case Part::Trailer:
        return trailerByte(c);
    case Part::TrailerEnd:
        return c == '\n' ? goTo(Part::TrailerStart) : fail(badTrailer);
    case Part::EndLf:
        if (c != '\n')
            return fail(badTrailer);
        m_state = State::Done;
        return;
    case Part::Data:
        break;
    }
    MIROIR_ASSERT(false);
}

void ChunkDecoder::sizeByte(char c)
{
    int digit = -1;
    if (isDigit(c))
        digit = c - '0';
    else if (lower(c) >= 'a' && lower(c) <= 'f')
        digit = lower(c) - 'a' + 10;
    if (digit >= 0) {
        // Sixteen digits fit into 64 bits, so the size cannot overflow.
        if (++m_digits > digitsMax)
            return fail(badSize);
        m_size = m_size * 16 + static_cast<std::uint64_t>(digit);
        return;
    }
    if (m_digits == 0)
        return fail(badSize);
    if (c == '\r')
        m_part = Part::SizeEnd;
    else if (c == ';')
        m_part = Part::Extension;
    else
        fail(badSize);
}

void ChunkDecoder::extensionByte(char c)
{
    if (c == '\r')
        m_part = Part::SizeEnd;
    else if (!isFieldValueChar(c) || ++m_extraBytes > extraBytesMax)
        fail(badExtension);
}

void ChunkDecoder::beginData()
{
    m_part = m_size == 0 ? Part::TrailerStart : Part::Data;
    m_digits = 0;
}

void ChunkDecoder::trailerByte(char c)
{
    if (m_part == Part::TrailerStart) {
        if (c == '\r') {
            m_part = Part::EndLf;
            return;
        }
        m_part = Part::Trailer;
        m_trailerName = true;
        m_trailerEmpty = true;
    }
    if (++m_extraBytes > extraBytesMax)
        return fail(badTrailer);
    if (m_trailerName) {
        if (c == ':' && !m_trailerEmpty)
            m_trailerName = false;
        else if (!isTokenChar(c))
            fail(badTrailer);
        m_trailerEmpty = false;
    } else if (c == '\r') {
        m_part = Part::TrailerEnd;
    } else if (!isFieldValueChar(c)) {
        fail(badTrailer);
    }
}

void ChunkDecoder::goTo(Part part)
{
    m_part = part;
}

void ChunkDecoder::fail(const char *reason)
{
    m_state = State::Broken;
    m_reason = reason;
}

} // namespace miroir::http
