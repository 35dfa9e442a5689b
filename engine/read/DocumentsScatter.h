// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "read/Scatter.h"
#include "read/Search.h"

namespace miroir::read {

/// POST /documents/fetch with that body on every node of a covering set, each with the filter of its shards.
ScatterRequest fetchScatter(const ReadContext &context, const protocol::DocumentsFetch &node);

} // namespace miroir::read
