// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/FederatedScore.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>

namespace miroir::merge {

/// What a query of a federated search is known by.
struct FederatedQuery {
    std::string indexUid;
    std::uint64_t position = 0; ///< among the queries of the request
    double weight = 1;
    bool keepDocuments = false; ///< the whole hits of nodes are wanted too
    /// {"indexUid":"m","queriesPosition":0,"weightedRankingScore":1.0}
    [[nodiscard]] std::string mark(double weightedScore) const;
};

/// A hit of one query, ready to be compared with hits of others.
struct RankedHit {
    QByteArray shown; ///< as the client gets it, `_federation` included
    QByteArray document; ///< the node's bytes, when they are kept
    std::string order; ///< of first insertion: names the document within its index; empty if unknown
    FederatedScore score;
    bool semantic = false; ///< found by a vector
    std::optional<std::uint32_t> pin; ///< where a rule wants it among all hits; it is compared with no other then
};

} // namespace miroir::merge
