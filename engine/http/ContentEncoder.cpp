// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/ContentEncoder.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <cstdint>
#include <limits>

namespace miroir::http {

namespace {

constexpr int brotliQuality = 1;
constexpr int gzipFrame = 16; ///< added to the window bits: zlib's way to say it

QByteArray deflated(const QByteArray &data, int windowBits)
{
    if (static_cast<std::uint64_t>(data.size()) > std::numeric_limits<uInt>::max())
        return {};
    z_stream stream {};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    const uLong bound = deflateBound(&stream, static_cast<uLong>(data.size()));
    QByteArray out(static_cast<qsizetype>(bound), Qt::Uninitialized);
    // zlib's interface is older than const; it does not write to its input.
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data.constData()));
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return code == Z_STREAM_END ? out : QByteArray();
}

QByteArray brotli(const QByteArray &data)
{
    const auto size = static_cast<std::size_t>(data.size());
    std::size_t written = BrotliEncoderMaxCompressedSize(size);
    if (written == 0)
        return {};
    QByteArray out(static_cast<qsizetype>(written), Qt::Uninitialized);
    const BROTLI_BOOL done = BrotliEncoderCompress(brotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, size,
        reinterpret_cast<const std::uint8_t *>(data.constData()), &written,
        reinterpret_cast<std::uint8_t *>(out.data()));
    out.resize(done == BROTLI_TRUE ? static_cast<qsizetype>(written) : 0);
    return out;
}

} // namespace

QByteArray encoded(Coding coding, const QByteArray &data)
{
    switch (coding) {
    case Coding::Gzip:
        return deflated(data, MAX_WBITS + gzipFrame);
    case Coding::Deflate:
        return deflated(data, MAX_WBITS);
    case Coding::Brotli:
        return brotli(data);
    case Coding::None:
    case Coding::Zstd:
        break;
    }
    return {};
}

} // namespace miroir::http
