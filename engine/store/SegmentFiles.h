// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "base/Result.h"

#include <QByteArray>
#include <QString>

namespace miroir::store {

/// Payloads too large for a database row: one file each, named by its log offset, on disk before the row is.
class SegmentFiles
{
public:
    explicit SegmentFiles(QString directory) : m_directory(std::move(directory)) { }
    Status<> prepare();
    /// Writes and syncs the file and its folder.
    Status<> write(LogOffset offset, const QByteArray &payload);
    Result<QByteArray> read(LogOffset offset, std::uint64_t begin, std::uint64_t length) const;
    void removeUpTo(LogOffset upTo);
    /// Removes files that no row names: a crash came between file and row.
    void removeAfter(LogOffset last);

private:
    [[nodiscard]] QString path(LogOffset offset) const;
    QString m_directory;
};

} // namespace miroir::store
