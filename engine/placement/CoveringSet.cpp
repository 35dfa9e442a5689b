// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/CoveringSet.h"

#include "placement/Planner.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

namespace miroir::placement {

namespace {

constexpr int maxSteps = 4000; // of the exact search; some tens of microseconds

/// splitmix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
std::uint64_t mix(std::uint64_t x)
{
    x += 0x9E37'79B9'7F4A'7C15;
    x = (x ^ x >> 30U) * 0xBF58'476D'1CE4'E5B9;
    x = (x ^ x >> 27U) * 0x94D0'49BB'1331'11EB;
    return x ^ x >> 31U;
}

using Shards = std::uint64_t;
using Choice = std::vector<std::size_t>; // servers, in no order

struct CoverProblem {
    const std::vector<Server> &servers;
    std::vector<std::size_t> order; // usable servers in the order of preference that the seed gives
    std::vector<Shards> serves; // by server, wanted shards only
    Shards wanted = 0; // without the missing ones
};

CoverProblem arrange(const std::vector<Server> &servers, std::uint64_t seed, const ShardSet &wanted)
{
    CoverProblem problem {servers, {}, {}, 0};
    std::vector<std::uint64_t> lot(servers.size());
    Shards served = 0;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        const Shards shards = (servers[i].serves & wanted).to_ullong();
        problem.serves.push_back(shards);
        served |= shards;
        lot[i] = mix(mix(seed) ^ i);
        if (shards != 0)
            problem.order.push_back(i);
    }
    std::sort(problem.order.begin(), problem.order.end(),
        [&](std::size_t a, std::size_t b) { return std::tie(lot[a], a) < std::tie(lot[b], b); });
    problem.wanted = served;
    return problem;
}

std::uint64_t costOf(const CoverProblem &problem, const Choice &choice)
{
    std::uint64_t sum = 0;
    for (const std::size_t i : choice)
        sum += problem.servers[i].cost;
    return sum;
}

/// Greedy set cover (V. Chvatal, Mathematics of Operations Research 4(3), 1979), then without what became
/// superfluous.
Choice greedyCover(const CoverProblem &problem, const std::vector<std::size_t> &from, const Shards wanted)
{
    Choice choice;
    Shards left = wanted;
    while (left != 0) {
        std::size_t best = 0;
        int bestGain = 0;
        for (const std::size_t i : from) {
            const int gain = std::popcount(problem.serves[i] & left);
            if (gain > bestGain
                || (gain > 0 && gain == bestGain && problem.servers[i].cost < problem.servers[best].cost)) {
                best = i;
                bestGain = gain;
            }
        }
        if (bestGain == 0)
            return {}; // these cannot cover everything
        choice.push_back(best);
        left &= ~problem.serves[best];
    }
    for (std::size_t k = choice.size(); k-- > 0;) {
        Shards others = 0;
        for (const std::size_t i : choice)
            others |= i == choice[k] ? 0 : problem.serves[i];
        if ((wanted & ~others) == 0)
            choice.erase(choice.begin() + static_cast<std::ptrdiff_t>(k));
    }
    return choice;
}

/// Looks for a smaller or cheaper cover than the greedy one: some holder of the rarest uncovered shard must be in it.
class ExactSearch
{
public:
    ExactSearch(const CoverProblem &problem, const std::vector<std::size_t> &from, Choice best)
        : m_problem(problem), m_from(from), m_best(std::move(best)), m_bestCost(costOf(problem, m_best))
    {
        for (const std::size_t i : from)
            m_widest = std::max(m_widest, std::popcount(problem.serves[i]));
    }
    Choice run(Shards wanted)
    {
        descend(wanted, 0);
        return std::move(m_best);
    }

private:
    void descend(Shards left, std::uint64_t cost)
    {
        if (left == 0) {
            if (std::tuple(m_now.size(), cost) < std::tuple(m_best.size(), m_bestCost)) {
                m_best = m_now;
                m_bestCost = cost;
            }
            return;
        }
        const auto needed = static_cast<std::size_t>((std::popcount(left) + m_widest - 1) / m_widest);
        const std::size_t atLeast = m_now.size() + needed;
        if (++m_steps > maxSteps || atLeast > m_best.size() || (atLeast == m_best.size() && cost >= m_bestCost))
            return;
        const Shards rarest = rarestOf(left);
        for (const std::size_t i : m_from) {
            if ((m_problem.serves[i] & rarest) == 0)
                continue;
            m_now.push_back(i);
            descend(left & ~m_problem.serves[i], cost + m_problem.servers[i].cost);
            m_now.pop_back();
        }
    }
    [[nodiscard]] Shards rarestOf(Shards left) const
    {
        Shards once = 0; // shards with exactly one holder so far, and with more
        Shards more = 0;
        for (const std::size_t i : m_from) {
            more |= once & m_problem.serves[i];
            once |= m_problem.serves[i];
        }
        const Shards single = left & once & ~more;
        const Shards pick = single != 0 ? single : left;
        return pick & (~pick + 1);
    }

    const CoverProblem &m_problem;
    const std::vector<std::size_t> &m_from;
    Choice m_now;
    Choice m_best;
    std::uint64_t m_bestCost;
    int m_widest = 1;
    int m_steps = 0;
};

/// The fewest servers, then the cheapest, that serve all of `wanted`; empty when they cannot.
Choice fewest(const CoverProblem &problem, const std::vector<std::size_t> &from, Shards wanted)
{
    Choice choice = greedyCover(problem, from, wanted);
    if (choice.size() < 2 && costOf(problem, choice) == 0)
        return choice;
    return ExactSearch(problem, from, std::move(choice)).run(wanted);
}

/// Asking always the fewest would leave servers idle that belong to no smallest set. So one server is in the
/// set whatever the rest is, the first by lot among the cheapest, and the fewest others complete it: at most
/// one more than the least.
Choice fewestWithOneByLot(const CoverProblem &problem)
{
    std::size_t start = problem.order.front();
    for (const std::size_t i : problem.order)
        start = problem.servers[i].cost < problem.servers[start].cost ? i : start;
    Choice choice = fewest(problem, problem.order, problem.wanted & ~problem.serves[start]);
    choice.push_back(start);
    return choice;
}

/// Evens out what a greedy choice left: a shard goes from a fuller to an emptier part while they differ by two.
void level(const CoverProblem &problem, std::vector<CoveringPart> &parts)
{
    bool moved = true;
    for (unsigned round = 0; moved && round < shardCount; ++round) {
        moved = false;
        for (CoveringPart &from : parts) {
            for (CoveringPart &to : parts) {
                const Shards both = from.shards.to_ullong() & problem.serves[to.server];
                if (both == 0 || from.shards.count() < to.shards.count() + 2)
                    continue;
                const auto shard = static_cast<std::size_t>(std::countr_zero(both));
                from.shards.reset(shard);
                to.shards.set(shard);
                moved = true;
            }
        }
    }
}

/// Shares the wanted shards out among the chosen servers: those with one holder first, then to the least loaded.
std::vector<CoveringPart> shareOut(const CoverProblem &problem, Choice choice)
{
    std::sort(choice.begin(), choice.end());
    std::vector<CoveringPart> parts;
    Shards once = 0;
    Shards more = 0;
    for (const std::size_t i : choice) {
        parts.push_back({i, problem.servers[i].id, {}, true});
        more |= once & problem.serves[i];
        once |= problem.serves[i];
    }
    for (CoveringPart &part : parts)
        part.shards = ShardSet(problem.serves[part.server] & ~more);
    for (Shards left = more; left != 0; left &= left - 1) {
        const auto shard = static_cast<std::size_t>(std::countr_zero(left));
        CoveringPart *least = nullptr;
        for (CoveringPart &part : parts) {
            const bool serves = (problem.serves[part.server] >> shard & 1U) != 0;
            if (serves && (least == nullptr || part.shards.count() < least->shards.count()))
                least = &part;
        }
        least->shards.set(shard);
    }
    level(problem, parts);
    std::erase_if(parts, [](const CoveringPart &part) { return part.shards.none(); });
    for (CoveringPart &part : parts)
        part.needsFilter = part.shards != problem.servers[part.server].holds;
    return parts;
}

struct ZoneCandidate {
    std::string name;
    Choice choice;
    std::vector<CoveringPart> parts;
    std::size_t filters = 0;
    std::uint64_t cost = 0;
};

void consider(const CoverProblem &problem, const std::string &zone, ZoneCandidate &best)
{
    std::vector<std::size_t> members;
    for (const std::size_t i : problem.order) {
        if (problem.servers[i].zone == zone)
            members.push_back(i);
    }
    ZoneCandidate candidate {zone, fewest(problem, members, problem.wanted), {}, 0, 0};
    if (candidate.choice.empty())
        return;
    candidate.parts = shareOut(problem, candidate.choice);
    for (const CoveringPart &part : candidate.parts)
        candidate.filters += part.needsFilter ? 1 : 0;
    candidate.cost = costOf(problem, candidate.choice);
    const auto key = [](const ZoneCandidate &c) { return std::tuple(c.parts.size(), c.filters, c.cost); };
    if (best.choice.empty() || key(candidate) < key(best))
        best = std::move(candidate);
}

/// Zones in the order in which the seed puts them: by their first server in the order of preference.
std::vector<std::string> zonesInOrder(const CoverProblem &problem)
{
    std::vector<std::string> zones;
    for (const std::size_t i : problem.order) {
        const std::string &zone = problem.servers[i].zone;
        if (!zone.empty() && std::find(zones.begin(), zones.end(), zone) == zones.end())
            zones.push_back(zone);
    }
    return zones;
}

} // namespace

CoveringSet cover(const std::vector<Server> &servers, std::uint64_t seed, const ShardSet &wanted)
{
    MIROIR_ASSERT(servers.size() <= maxNodes);
    const CoverProblem problem = arrange(servers, seed, wanted);
    CoveringSet result;
    result.missing = wanted & ~ShardSet(problem.wanted);
    if (problem.wanted == 0)
        return result;
    ZoneCandidate whole;
    for (const std::string &zone : zonesInOrder(problem))
        consider(problem, zone, whole);
    if (!whole.choice.empty()) {
        result.zone = whole.name;
        result.parts = std::move(whole.parts);
        return result;
    }
    result.parts = shareOut(problem, fewestWithOneByLot(problem));
    return result;
}

} // namespace miroir::placement
