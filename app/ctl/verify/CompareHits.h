// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify/Compare.h"

namespace miroir::ctl {

/// Collects the differences of one pair of answers; knows hits and facets.
class HitsComparison
{
public:
    explicit HitsComparison(std::string primaryKey) : m_primaryKey(std::move(primaryKey)) { }
    void add(DifferenceClass kind, std::string where, std::string detail);
    /// Two arrays of hits or documents.
    void hits(const json::Value &cluster, const json::Value &reference, const std::string &where);
    /// facetDistribution, facetStats, facetHits or facetsByIndex.
    void facets(const json::Value &cluster, const json::Value &reference, const std::string &where);
    [[nodiscard]] std::vector<Difference> take() { return std::move(m_all); }

private:
    void hit(const json::Value &cluster, const json::Value &reference, const std::string &where);
    void values(const std::vector<std::pair<std::string, std::string>> &cluster,
        const std::vector<std::pair<std::string, std::string>> &reference, const std::string &where);

    std::string m_primaryKey;
    std::vector<Difference> m_all;
};

/// "cluster .., reference ..", long values cut.
std::string bothSides(std::string_view cluster, std::string_view reference);

} // namespace miroir::ctl
