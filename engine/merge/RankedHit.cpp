// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/RankedHit.h"

namespace miroir::merge {

std::string FederatedQuery::mark(double weightedScore) const
{
    json::Writer out;
    out.beginObject().key("indexUid").string(indexUid).key("queriesPosition").number(position);
    out.key("weightedRankingScore").number(weightedScore).endObject();
    return out.take().toStdString();
}

} // namespace miroir::merge
