// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Deserr.h"
#include "protocol/SettingsPatch.h"

/// Reading of patches without the checks that need features. For this module only.
namespace miroir::protocol::settingsread {

ApiStatus readAll(SettingsPatch &out, const json::Value &body);
ApiStatus readOne(SettingsPatch &out, SettingName name, const json::Value &body);

} // namespace miroir::protocol::settingsread
