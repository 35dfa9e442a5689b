// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/MergeError.h"

#include <QByteArray>

#include <vector>

namespace miroir::merge {

/// Parses every answer once. The documents stay where they are, so that slices of them may be kept.
[[nodiscard]] Result<std::vector<json::Document>, MergeError> parseAnswers(const std::vector<QByteArray> &answers);

} // namespace miroir::merge
