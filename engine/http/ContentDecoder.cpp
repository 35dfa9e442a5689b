// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/ContentDecoder.h"

#include "base/Assert.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <vector>

namespace miroir::http {

namespace {

constexpr std::size_t scratchBytes = 64 * 1024;
/// What RFC 9659 lets a sender of the zstd coding use: 8 MiB. The library's own default is 128 MiB for each stream.
constexpr int zstdWindowLogMax = 23;

using Status = ContentDecoder::Status;

/// Where the decoders put their output, so that the limit is kept in one place.
class Output
{
public:
    char *data() { return m_scratch.data(); }
    [[nodiscard]] std::size_t size() const { return m_scratch.size(); }
    Status flush(std::size_t bytes, QByteArray &out, std::size_t outBytesMax)
    {
        MIROIR_ASSERT(bytes <= m_scratch.size());
        if (static_cast<std::size_t>(out.size()) + bytes > outBytesMax)
            return Status::TooLarge;
        appendGrowing(out, {m_scratch.data(), bytes});
        return Status::Fine;
    }

private:
    std::vector<char> m_scratch = std::vector<char>(scratchBytes);
};

/// gzip (several members may follow each other, RFC 1952 section 2.2) and deflate (the zlib form, RFC 1950).
class ZlibDecoder final : public ContentDecoder
{
public:
    explicit ZlibDecoder(bool gzip) : m_gzip(gzip)
    {
        const int windowBits = gzip ? MAX_WBITS + 16 : MAX_WBITS;
        m_usable = inflateInit2(&m_stream, windowBits) == Z_OK;
    }
    ~ZlibDecoder() override { inflateEnd(&m_stream); }
    ZlibDecoder(const ZlibDecoder &) = delete;
    ZlibDecoder &operator=(const ZlibDecoder &) = delete;

    Status decode(std::string_view bytes, QByteArray &out, std::size_t outBytesMax) override
    {
        if (!m_usable)
            return Status::Broken;
        // zlib's interface is older than const; it does not write to its input.
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
        m_stream.avail_in = static_cast<uInt>(bytes.size());
        bool outputFull = false;
        while (m_stream.avail_in > 0 || outputFull) {
            if (m_ended && !nextMember())
                return Status::Broken;
            m_stream.next_out = reinterpret_cast<Bytef *>(m_output.data());
            m_stream.avail_out = static_cast<uInt>(m_output.size());
            const int code = inflate(&m_stream, Z_NO_FLUSH);
            if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
                return Status::Broken;
            m_ended = code == Z_STREAM_END;
            outputFull = m_stream.avail_out == 0 && !m_ended;
            const Status status = m_output.flush(m_output.size() - m_stream.avail_out, out, outBytesMax);
            if (status != Status::Fine)
                return status;
        }
        return Status::Fine;
    }
    [[nodiscard]] bool complete() const override { return m_ended; }

private:
    bool nextMember()
    {
        m_ended = false;
        return m_gzip && inflateReset(&m_stream) == Z_OK;
    }

    z_stream m_stream {};
    Output m_output;
    bool m_gzip;
    bool m_usable = false;
    bool m_ended = false;
};

class BrotliDecoder final : public ContentDecoder
{
public:
    BrotliDecoder() : m_state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) { }
    ~BrotliDecoder() override { BrotliDecoderDestroyInstance(m_state); }
    BrotliDecoder(const BrotliDecoder &) = delete;
    BrotliDecoder &operator=(const BrotliDecoder &) = delete;

    Status decode(std::string_view bytes, QByteArray &out, std::size_t outBytesMax) override
    {
        if (m_state == nullptr)
            return Status::Broken;
        const auto *input = reinterpret_cast<const std::uint8_t *>(bytes.data());
        std::size_t inputLeft = bytes.size();
        BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
        while (inputLeft > 0 || result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
            if (complete())
                return inputLeft > 0 ? Status::Broken : Status::Fine;
            auto *output = reinterpret_cast<std::uint8_t *>(m_output.data());
            std::size_t outputLeft = m_output.size();
            result = BrotliDecoderDecompressStream(m_state, &inputLeft, &input, &outputLeft, &output, nullptr);
            if (result == BROTLI_DECODER_RESULT_ERROR)
                return Status::Broken;
            const Status status = m_output.flush(m_output.size() - outputLeft, out, outBytesMax);
            if (status != Status::Fine)
                return status;
        }
        return Status::Fine;
    }
    [[nodiscard]] bool complete() const override { return BrotliDecoderIsFinished(m_state) == BROTLI_TRUE; }

private:
    BrotliDecoderState *m_state;
    Output m_output;
};

/// Several frames may follow each other (RFC 8878 section 3).
class ZstdDecoder final : public ContentDecoder
{
public:
    ZstdDecoder() : m_stream(ZSTD_createDStream())
    {
        m_usable = m_stream != nullptr
            && ZSTD_isError(ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, zstdWindowLogMax)) == 0;
    }
    ~ZstdDecoder() override { ZSTD_freeDStream(m_stream); }
    ZstdDecoder(const ZstdDecoder &) = delete;
    ZstdDecoder &operator=(const ZstdDecoder &) = delete;

    Status decode(std::string_view bytes, QByteArray &out, std::size_t outBytesMax) override
    {
        if (!m_usable)
            return Status::Broken;
        ZSTD_inBuffer input {bytes.data(), bytes.size(), 0};
        bool outputFull = false;
        while (input.pos < input.size || outputFull) {
            ZSTD_outBuffer output {m_output.data(), m_output.size(), 0};
            const std::size_t hint = ZSTD_decompressStream(m_stream, &output, &input);
            if (ZSTD_isError(hint) != 0)
                return Status::Broken;
            m_ended = hint == 0;
            outputFull = output.pos == output.size && !m_ended;
            const Status status = m_output.flush(output.pos, out, outBytesMax);
            if (status != Status::Fine)
                return status;
        }
        return Status::Fine;
    }
    [[nodiscard]] bool complete() const override { return m_ended; }

private:
    ZSTD_DStream *m_stream;
    Output m_output;
    bool m_usable = false;
    bool m_ended = false;
};

} // namespace

void appendGrowing(QByteArray &out, std::string_view bytes)
{
    const auto size = out.size() + static_cast<qsizetype>(bytes.size());
    if (size > out.capacity())
        out.reserve(std::max(size, 2 * out.capacity()));
    out.append(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

std::unique_ptr<ContentDecoder> ContentDecoder::create(Coding coding)
{
    switch (coding) {
    case Coding::None:
        break;
    case Coding::Gzip:
        return std::make_unique<ZlibDecoder>(true);
    case Coding::Deflate:
        return std::make_unique<ZlibDecoder>(false);
    case Coding::Brotli:
        return std::make_unique<BrotliDecoder>();
    case Coding::Zstd:
        return std::make_unique<ZstdDecoder>();
    }
    return nullptr;
}

} // namespace miroir::http
