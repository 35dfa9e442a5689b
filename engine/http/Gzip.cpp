// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Gzip.h"

#include <zlib.h>

#include <cstdint>
#include <limits>

namespace miroir::http {

QByteArray gzip(const QByteArray &data)
{
    if (static_cast<std::uint64_t>(data.size()) > std::numeric_limits<uInt>::max())
        return {};
    z_stream stream {};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
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

} // namespace miroir::http
