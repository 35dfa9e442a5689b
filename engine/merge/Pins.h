// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::merge {

/// What dynamic search rules do with the documents of one index: a node decides which rules apply to a search, the
/// merge where the pinned documents go. Two things about a pin are lost in a node's answer, by which rule it was pinned
/// and so whether it goes before others at its position, and both are needed to order the pins of several nodes. So
/// nodes are given a number instead of the position, that of the action among all that pin the same document: with the
/// id it names the action, and it is so small that a node has every pin among its first hits. Immutable once filled;
/// any thread.
class Pins
{
public:
    struct Pin {
        std::uint32_t position = 0; ///< in the list of all hits, from 0
        std::uint32_t rank = 0; ///< among all actions in the order of precedence
    };
    /// A node has no more pins than this in one search (milli, DsrFuel).
    static constexpr std::uint64_t perSearchMax = 100;

    explicit Pins(std::string primaryKey) : m_primaryKey(std::move(primaryKey)) { }
    /// id: canonical; number: what nodes are given for the position.
    void add(const std::string &id, std::uint32_t number, Pin pin);
    /// What the rules said before they changed: nodes may follow it for a while. Not what was earlier to that.
    void keepEarlier(const Pins &earlier);
    [[nodiscard]] bool empty() const { return m_count == 0; }
    /// How many hits a node has to be asked for beyond those that are needed, so that neither a pin nor a hit that
    /// pins have moved is missing.
    [[nodiscard]] std::uint64_t room() const;
    /// May name a nested field.
    [[nodiscard]] const std::string &primaryKey() const { return m_primaryKey; }
    /// The pin of a hit that a node gives at that position; nothing when no rule says so, for example because the node
    /// follows older rules.
    [[nodiscard]] std::optional<Pin> find(const json::Value &document, std::uint32_t number) const;

private:
    using Table = std::map<std::string, std::map<std::uint32_t, Pin>, std::less<>>; // by id and number
    [[nodiscard]] static const Pin *findIn(const Table &table, const std::string &id, std::uint32_t number);

    std::string m_primaryKey;
    Table m_pins;
    Table m_earlier;
    std::uint64_t m_count = 0;
    std::uint32_t m_greatest = 0; // number
};

/// Which of the first `end` places of a list belong to pins (true) and which to other hits. positions: of the pins,
/// each of which waits for those before it. A pin takes the first place that is not before its position; where no
/// other hit is left the pins move forward. Shorter than `end` when both are used up (milli,
/// merge_positioned_hits_into_page).
[[nodiscard]] std::vector<bool> placesOfPins(
    const std::vector<std::uint32_t> &positions, std::uint64_t otherHits, std::uint64_t end);

} // namespace miroir::merge
