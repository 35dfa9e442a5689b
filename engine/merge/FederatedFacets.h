// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

#include <map>

namespace miroir::merge {

/// Facets of one index, or of several, as a federated search handles them: values are the same when their shown texts
/// are (search/federated/types.rs). Values in, values out.
class FederatedFacets
{
public:
    /// From the objects of an answer.
    [[nodiscard]] static Result<FederatedFacets> parse(const QByteArray &distribution, const QByteArray &stats);
    void add(const FederatedFacets &other);
    /// Takes one from the count of each value that the document shows; a value that nothing is left of goes.
    void remove(const json::Value &document);
    /// By shown text, or most documents first; what has equal counts stays in its order. Then cut.
    void sort(const FacetSettings &order, std::optional<std::uint64_t> maxValues);
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] QByteArray distribution() const;
    [[nodiscard]] QByteArray stats() const;

private:
    struct Count {
        std::string value;
        std::uint64_t documents = 0;
    };
    struct Stats {
        double least = 0, greatest = 0;
    };
    std::map<std::string, std::vector<Count>> m_distribution; // values in the order of the answer
    std::map<std::string, Stats> m_stats;
};

} // namespace miroir::merge
