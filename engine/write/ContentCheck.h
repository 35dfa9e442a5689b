// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Settings.h"
#include "write/WriteRequest.h"

#include <functional>
#include <optional>
#include <string>

namespace miroir::write {

/// What a node with these settings refuses of `_geo` and `_vectors` in the documents, in its words, or nothing. A
/// request goes to several nodes, and each of them would refuse only its own part of it: so all of it is judged here,
/// before any of it is logged. known(i): document i exists already. Of documents with the same id the one counts that
/// a node keeps. Pure.
std::optional<protocol::ApiError> contentProblem(const DocumentBatch &batch,
    const std::function<bool(std::size_t)> &known, const protocol::Settings &settings, const std::string &indexUid,
    bool partial);

} // namespace miroir::write
