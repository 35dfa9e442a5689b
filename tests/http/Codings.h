// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/ContentEncoder.h"
#include "http/HeadParser.h"

#include <QByteArray>

#include <zstd.h>

/// Compressed bodies for tests.
namespace miroir::http::testing {

inline QByteArray zstdOf(const QByteArray &data)
{
    QByteArray out(static_cast<qsizetype>(ZSTD_compressBound(static_cast<std::size_t>(data.size()))), '\0');
    out.resize(static_cast<qsizetype>(ZSTD_compress(out.data(), static_cast<std::size_t>(out.size()), data.constData(),
                                                    static_cast<std::size_t>(data.size()), 3)));
    return out;
}

inline QByteArray deflateOf(const QByteArray &data)
{
    return qCompress(data).mid(4); // Qt puts the length before the zlib stream
}

/// The project links no brotli encoder: an uncompressed meta-block (RFC 7932 section 9.2) and an empty last one.
/// data: 1 to 65536 bytes.
inline QByteArray brotliOf(const QByteArray &data)
{
    const auto length = static_cast<unsigned>(data.size() - 1);
    // Window bits '0' (16); ISLAST '0'; MNIBBLES '00' (four); MLEN-1 in 16 bits; ISUNCOMPRESSED '1'; zeros to the
    // byte end.
    const unsigned bits = length << 4 | 1u << 20;
    QByteArray out;
    out.append(static_cast<char>(bits & 0xff));
    out.append(static_cast<char>(bits >> 8 & 0xff));
    out.append(static_cast<char>(bits >> 16 & 0xff));
    return out + data + '\x03'; // ISLAST, ISLASTEMPTY
}

/// Fourteen bytes that are two million letters 'a'; made with the reference encoder.
inline QByteArray brotliBomb()
{
    return QByteArray::fromHex("9b7f841ef825c2e2b1402087cf03");
}

inline QByteArray encode(Coding coding, const QByteArray &data)
{
    switch (coding) {
    case Coding::None:
        return data;
    case Coding::Gzip:
        return encoded(Coding::Gzip, data);
    case Coding::Deflate:
        return deflateOf(data);
    case Coding::Brotli:
        return brotliOf(data);
    case Coding::Zstd:
        return zstdOf(data);
    }
    return {};
}

inline QByteArray codingName(Coding coding)
{
    switch (coding) {
    case Coding::None:
        return "identity";
    case Coding::Gzip:
        return "gzip";
    case Coding::Deflate:
        return "deflate";
    case Coding::Brotli:
        return "br";
    case Coding::Zstd:
        return "zstd";
    }
    return {};
}

} // namespace miroir::http::testing
