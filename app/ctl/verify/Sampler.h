// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify/IndexProfile.h"

#include <random>

namespace miroir::ctl {

/// Random requests that fit an index: all parameters of a search, alone and combined, and now and then a facet search,
/// a fetch of documents, a multi-search, or something that a server has to refuse. The same profile and seed give
/// the same requests on every machine. Pure.
class Sampler
{
public:
    Sampler(const IndexProfile &profile, std::uint64_t seed) : m_profile(profile), m_random(seed) { }
    Replay next();

private:
    std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(m_random() % n); }
    bool chance(std::size_t percent) { return below(100) < percent; }
    const std::string &oneOf(const std::vector<std::string> &list) { return list[below(list.size())]; }
    std::vector<std::string> someOf(const std::vector<std::string> &list, std::size_t most);

    Replay search();
    Replay searchByGet();
    Replay facetSearch();
    Replay documents();
    Replay multiSearch();
    Replay refused();
    void searchMembers(json::Writer &out);
    void pageMembers(json::Writer &out);
    void shownMembers(json::Writer &out);
    void rankMembers(json::Writer &out);
    void vectorMembers(json::Writer &out);
    void facetMembers(json::Writer &out);

    std::string query();
    std::string word();
    std::string misspelt(const std::string &word);
    std::string filter(int depth);
    std::string condition();
    std::string geoCondition();
    std::vector<std::string> sort();

    const IndexProfile &m_profile;
    std::mt19937_64 m_random;
};

} // namespace miroir::ctl
