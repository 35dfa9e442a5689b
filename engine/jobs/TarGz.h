// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <string_view>

struct gzFile_s;

namespace miroir::jobs {

/// Writes a gzipped tar archive (POSIX ustar; sizes over 8 GB as GNU tar writes them). One thread; blocks on the disk
/// and compresses in the calling thread, so give it portions.
class TarGz
{
public:
    TarGz() = default;
    ~TarGz(); ///< closes; what was not finished is no archive
    TarGz(const TarGz &) = delete;
    TarGz &operator=(const TarGz &) = delete;

    Status<> open(const QString &path);
    /// A whole file. name: relative, at most 100 bytes.
    Status<> add(std::string_view name, const QByteArray &content);
    /// A file of that size, whose content follows in write() calls up to exactly that size.
    Status<> begin(std::string_view name, std::uint64_t size);
    Status<> write(const QByteArray &bytes);
    Status<> finish();

private:
    Status<> put(const char *bytes, std::size_t length);
    Status<> pad();
    gzFile_s *m_file = nullptr;
    std::uint64_t m_left = 0; // of the file that was begun
    std::uint64_t m_written = 0;
};

} // namespace miroir::jobs
