// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Deserr.h"
#include "protocol/SettingsPatch.h"

/// Embedder settings: their members, which source may have which, and changes over what is there. Kept as JSON texts,
/// for a cluster passes them on and the small node needs three of them. For this module only.
namespace miroir::protocol::embedders {

/// One embedder of a request.
ApiStatus read(EmbedderPatch &out, const json::Value &v, const Location &at, std::string_view code);
/// The checks of a node when a request arrives (before the task).
ApiStatus validatePatch(const std::string &name, const EmbedderPatch &patch);
/// The embedder after a change that is not a reset; `before` is nullptr for a new one. The error fails the task.
ApiResult<Embedder> apply(const std::string &name, const Embedder *before, const EmbedderPatch &patch);

} // namespace miroir::protocol::embedders
