// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutesRequestUid.h"

#include "base/Clock.h"

#include <QByteArray>
#include <QRandomGenerator>

namespace miroir::localnode {

std::string freshUuidV7()
{
    const auto ms = static_cast<quint64>(SystemClock().utcNs() / 1'000'000);
    const quint64 random = QRandomGenerator::global()->generate64();
    const quint64 high = (ms << 16U) | 0x7000U | (QRandomGenerator::global()->generate() & 0x0FFFU);
    const quint64 low = (random & 0x3FFF'FFFF'FFFF'FFFFULL) | 0x8000'0000'0000'0000ULL;
    const QByteArray hex = QByteArray::number(high, 16).rightJustified(16, '0')
        + QByteArray::number(low, 16).rightJustified(16, '0');
    return (hex.left(8) + '-' + hex.mid(8, 4) + '-' + hex.mid(12, 4) + '-' + hex.mid(16, 4) + '-' + hex.mid(20))
        .toStdString();
}

} // namespace miroir::localnode
