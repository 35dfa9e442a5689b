// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SegmentFiles.h"

#include "base/Bytes.h"

#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <unistd.h>

namespace miroir::store {

namespace {

std::uint64_t offsetOf(const QString &fileName)
{
    return fileName.section(u'.', 0, 0).toULongLong();
}

Status<> syncFolder(const QString &path)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail("cannot open the folder " + toStd(path));
    const int failed = ::fsync(fd);
    ::close(fd);
    if (failed != 0)
        return fail("cannot sync the folder " + toStd(path));
    return Done {};
}

} // namespace

Status<> SegmentFiles::prepare()
{
    if (!QDir().mkpath(m_directory))
        return fail("cannot create the folder " + toStd(m_directory));
    return Done {};
}

QString SegmentFiles::path(LogOffset offset) const
{
    return m_directory + u'/' + QString::number(offset.value) + QStringLiteral(".payload");
}

Status<> SegmentFiles::write(LogOffset offset, const QByteArray &payload)
{
    QFile file(path(offset));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered))
        return fail("cannot write " + toStd(file.fileName()) + ": " + toStd(file.errorString()));
    if (file.write(payload) != payload.size() || ::fsync(file.handle()) != 0)
        return fail("cannot write " + toStd(file.fileName()) + ": " + toStd(file.errorString()));
    file.close();
    return syncFolder(m_directory);
}

Result<QByteArray> SegmentFiles::read(LogOffset offset, std::uint64_t begin, std::uint64_t length) const
{
    QFile file(path(offset));
    if (!file.open(QIODevice::ReadOnly) || !file.seek(static_cast<qint64>(begin)))
        return fail("cannot read " + toStd(file.fileName()) + ": " + toStd(file.errorString()));
    QByteArray bytes = file.read(static_cast<qint64>(length));
    if (static_cast<std::uint64_t>(bytes.size()) != length)
        return fail("the payload file " + toStd(file.fileName()) + " is shorter than the log says");
    return bytes;
}

void SegmentFiles::removeUpTo(LogOffset upTo)
{
    const QDir folder(m_directory);
    for (const QString &name : folder.entryList({QStringLiteral("*.payload")}, QDir::Files)) {
        if (offsetOf(name) <= upTo.value)
            QFile::remove(folder.filePath(name));
    }
}

void SegmentFiles::removeAfter(LogOffset last)
{
    const QDir folder(m_directory);
    for (const QString &name : folder.entryList({QStringLiteral("*.payload")}, QDir::Files)) {
        if (offsetOf(name) > last.value)
            QFile::remove(folder.filePath(name));
    }
}

} // namespace miroir::store
