// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPatch.h"

/// Logical settings to those of a node that holds tagged documents. Pure.
namespace miroir::protocol {

/// Every setting as a node must have it; the body of PATCH /indexes/{uid}/settings, with null for a default.
/// rankingRules end with `_miroir_ord:asc`, filterableAttributes with the equality rule of `_miroir_shard` (first,
/// when a client's pattern would match it) and a rule for the distinct attribute unless clients may filter by it,
/// distinctAttribute is none (searches carry it), sortableAttributes hold `_miroir_ord`, displayedAttributes are all,
/// faceting.maxValuesPerFacet is raised so that a merge can cut exactly, templates that a node would choose itself
/// are written out without the hidden fields. `chat` and `foreignKeys` are only written when they differ from the
/// default, for a node refuses them without the feature. Embedders that the node has beyond these stay, because PATCH
/// joins them by name: reset `embedders` first where that may be.
QByteArray deriveNodeSettings(const Settings &logical);
/// Only the members that the patch touches, from the settings after it. "{}" when nothing has to be sent.
QByteArray deriveNodePatch(const SettingsPatch &patch, const Settings &logicalAfter);
/// How many values of a facet a node must give, so that the best of all nodes are among them: all of them when
/// some facet is ordered by count, for the sum of small counts may be large.
std::uint64_t nodeMaxValuesPerFacet(const Faceting &logical);

} // namespace miroir::protocol
