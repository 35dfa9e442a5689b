// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/BodyReader.h"

#include "base/Assert.h"

#include <algorithm>

namespace miroir::http {

BodyReader::BodyReader(const Head &head, std::size_t bodyBytesMax)
    : m_decoder(ContentDecoder::create(head.coding)), m_chunked(head.chunked), m_bodyBytesMax(bodyBytesMax),
      m_sizedLeft(head.contentLength.value_or(0))
{
    MIROIR_ASSERT(m_sizedLeft <= bodyBytesMax);
    if (!m_chunked && m_sizedLeft == 0)
        finish();
}

std::size_t BodyReader::feed(std::string_view bytes)
{
    if (m_state != State::More)
        return 0;
    const std::size_t taken = m_chunked ? feedChunked(bytes) : feedSized(bytes);
    m_wireBytes += taken;
    return taken;
}

std::size_t BodyReader::feedSized(std::string_view bytes)
{
    const std::size_t taken = std::min(bytes.size(), m_sizedLeft);
    m_sizedLeft -= taken;
    content(bytes.substr(0, taken));
    if (m_sizedLeft == 0 && m_state == State::More)
        finish();
    return taken;
}

std::size_t BodyReader::feedChunked(std::string_view bytes)
{
    std::size_t taken = 0;
    while (m_state == State::More && taken < bytes.size()) {
        const ChunkDecoder::Step step = m_chunks.next(bytes.substr(taken));
        taken += step.taken;
        content(step.data);
        if (m_state != State::More)
            break;
        if (m_chunks.state() == ChunkDecoder::State::Broken)
            refuse(badRequest(m_chunks.reason()));
        else if (m_chunks.state() == ChunkDecoder::State::Done)
            finish();
    }
    return taken;
}

void BodyReader::content(std::string_view bytes)
{
    if (bytes.empty())
        return;
    m_contentBytes += bytes.size();
    if (m_contentBytes > m_bodyBytesMax)
        return refuse(payloadTooLarge(m_bodyBytesMax));
    if (!m_decoder) {
        appendGrowing(m_body, bytes);
        return;
    }
    switch (m_decoder->decode(bytes, m_body, m_bodyBytesMax)) {
    case ContentDecoder::Status::Fine:
        return;
    case ContentDecoder::Status::Broken:
        return refuse(badRequest("The body cannot be decoded with the Content-Encoding of the request."));
    case ContentDecoder::Status::TooLarge:
        return refuse(payloadTooLarge(m_bodyBytesMax));
    }
}

void BodyReader::finish()
{
    MIROIR_ASSERT(m_state == State::More);
    // A body of no bytes at all is taken as empty, whatever coding it claims.
    if (m_decoder && m_contentBytes > 0 && !m_decoder->complete())
        return refuse(badRequest("The body ends before its Content-Encoding does."));
    m_decoder.reset();
    m_state = State::Done;
}

void BodyReader::refuse(Refusal refusal)
{
    m_state = State::Refused;
    m_refusal = std::move(refusal);
    m_body = {};
    m_decoder.reset();
}

} // namespace miroir::http
