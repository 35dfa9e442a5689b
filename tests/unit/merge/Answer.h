// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/Answers.h"

#include <QByteArray>
#include <QList>

/// Answers of nodes, made up.
namespace miroir::merge::testing {

using Answers = NodeAnswers;

/// A hit whose rank is `value` (less is better), with some document members.
inline QByteArray hit(int value, const char *ord, const QByteArray &members)
{
    return "{" + members + ",\"_miroir_shard\":[\"!!\",\"!!!\",\"!!!!\"],\"_miroir_ord\":\"" + ord
        + "\",\"_rankingScore\":0.5,\"_rankingScoreDetails\":{\"v:asc\":{\"order\":0,\"value\":"
            + QByteArray::number(value)
        + "},\"_miroir_ord:asc\":{\"order\":1,\"value\":\"" + ord + "\"}}}";
}

inline QByteArray answer(const QList<QByteArray> &hits, const QByteArray &more = "\"estimatedTotalHits\":5")
{
    return "{\"hits\":[" + hits.join(',') + "],\"query\":\"q\",\"processingTimeMs\":1,\"limit\":20,\"offset\":0,"
        + more + "}";
}

} // namespace miroir::merge::testing
