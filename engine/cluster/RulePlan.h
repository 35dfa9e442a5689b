// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/Pins.h"
#include "protocol/SearchRule.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// From the dynamic search rules of the cluster to those of its nodes, and to what the merge must know of them. Pure.
namespace miroir::cluster {

struct KeptRule {
    std::uint32_t number = 0; ///< the smallest that was free when the rule came: rules are listed in this order
    protocol::SearchRule rule;
    bool activeGiven = false; ///< `active` was set by a client, not left to its default
};

struct RuleTable {
    std::vector<KeptRule> rules; ///< by number
    /// Some rule has had `active` set since all were deleted. From then on v1.50 takes a rule for active only when it
    /// has it set to true, whatever it shows; before that all are.
    bool activeKnown = false;
    [[nodiscard]] bool active(const KeptRule &kept) const
    {
        return kept.activeGiven ? kept.rule.active : !activeKnown;
    }
};

/// The name on nodes of the index that clients know by this uid; nothing when there is none.
using PhysicalOf = std::function<std::optional<std::string>(const std::string &uid)>;

/// What every node is given, in the order of the numbers: rules with the same uids and conditions. Indexes are named as
/// nodes know them, and actions on others left out; positions are numbers for merge::Pins; precedences tell all rules
/// apart, because a node lets the rule go first that it has got first, and that may be another one on each of them.
[[nodiscard]] std::vector<protocol::SearchRule> rulesForNodes(const RuleTable &table, const PhysicalOf &physicalOf);

/// What the rules pin in that index; empty when nothing.
[[nodiscard]] std::shared_ptr<merge::Pins> pinsOf(
    const RuleTable &table, std::string_view indexUid, const std::string &primaryKey);

} // namespace miroir::cluster
