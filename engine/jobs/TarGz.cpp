// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/TarGz.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

#include <zlib.h>

namespace miroir::jobs {

namespace {

constexpr std::size_t blockBytes = 512;
constexpr std::size_t nameBytes = 100;
constexpr std::size_t putBytesMax = 1U << 30U; // zlib counts in unsigned
constexpr std::uint64_t octalSizeLimit = std::uint64_t {1} << 33U;

// Places in the header block.
constexpr std::size_t modeAt = 100, ownerAt = 108, groupAt = 116, sizeAt = 124, timeAt = 136, sumAt = 148, typeAt = 156,
                      magicAt = 257;
constexpr std::size_t sizeBytes = 12;

using Block = std::array<char, blockBytes>;

void putOctal(Block &block, std::size_t at, int digits, std::uint64_t value)
{
    std::array<char, 24> text {};
    std::snprintf(text.data(), text.size(), "%0*llo", digits, static_cast<unsigned long long>(value));
    std::memcpy(block.data() + at, text.data(), static_cast<std::size_t>(digits));
}

void putSize(Block &block, std::uint64_t size)
{
    if (size < octalSizeLimit) {
        putOctal(block, sizeAt, sizeBytes - 1, size);
        return;
    }
    block[sizeAt] = '\x80'; // GNU: the number itself follows, most significant byte first
    for (std::size_t i = 0; i < sizeof size; ++i)
        block[sizeAt + sizeBytes - 1 - i] = static_cast<char>(size >> (8 * i) & 0xFFU);
}

Block headerOf(std::string_view name, std::uint64_t size)
{
    Block block {};
    std::memcpy(block.data(), name.data(), name.size());
    putOctal(block, modeAt, 7, 0644);
    putOctal(block, ownerAt, 7, 0);
    putOctal(block, groupAt, 7, 0);
    putSize(block, size);
    putOctal(block, timeAt, 11, static_cast<std::uint64_t>(QDateTime::currentSecsSinceEpoch()));
    block[typeAt] = '0'; // a plain file
    std::memcpy(block.data() + magicAt, "ustar\0" "00", 8);
    std::memset(block.data() + sumAt, ' ', 8);
    unsigned sum = 0;
    for (const char c : block)
        sum += static_cast<unsigned char>(c);
    putOctal(block, sumAt, 6, sum);
    block[sumAt + 6] = '\0';
    return block;
}

} // namespace

TarGz::~TarGz()
{
    if (m_file != nullptr)
        gzclose(m_file);
}

Status<> TarGz::open(const QString &path)
{
    m_file = gzopen(path.toLocal8Bit().constData(), "wb6");
    if (m_file == nullptr)
        return fail("cannot write " + path.toStdString());
    return Done {};
}

Status<> TarGz::put(const char *bytes, std::size_t length)
{
    for (std::size_t at = 0; at < length;) {
        const auto part = static_cast<unsigned>(std::min(length - at, putBytesMax));
        if (gzwrite(m_file, bytes + at, part) != static_cast<int>(part))
            return fail("the archive cannot be written: is the disk full?");
        at += part;
    }
    m_written += length;
    return Done {};
}

Status<> TarGz::pad()
{
    static constexpr Block zeros {};
    const std::size_t over = m_written % blockBytes;
    return over == 0 ? Status<>(Done {}) : put(zeros.data(), blockBytes - over);
}

Status<> TarGz::add(std::string_view name, const QByteArray &content)
{
    if (const Status<> begun = begin(name, static_cast<std::uint64_t>(content.size())); !begun)
        return begun;
    return write(content);
}

Status<> TarGz::begin(std::string_view name, std::uint64_t size)
{
    MIROIR_ASSERT(m_left == 0);
    if (name.size() > nameBytes)
        return fail("the name " + std::string(name) + " is too long for the archive");
    const Block header = headerOf(name, size);
    m_left = size;
    return put(header.data(), header.size());
}

Status<> TarGz::write(const QByteArray &bytes)
{
    MIROIR_ASSERT(static_cast<std::uint64_t>(bytes.size()) <= m_left);
    m_left -= static_cast<std::uint64_t>(bytes.size());
    if (const Status<> done = put(bytes.constData(), static_cast<std::size_t>(bytes.size())); !done)
        return done;
    return m_left == 0 ? pad() : Status<>(Done {});
}

Status<> TarGz::finish()
{
    MIROIR_ASSERT(m_left == 0);
    static constexpr std::array<char, 2 * blockBytes> end {};
    if (const Status<> done = put(end.data(), end.size()); !done)
        return done;
    const int code = gzclose(std::exchange(m_file, nullptr));
    return code == Z_OK ? Status<>(Done {}) : fail("the archive cannot be written: is the disk full?");
}

} // namespace miroir::jobs
