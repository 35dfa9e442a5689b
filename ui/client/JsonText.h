// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <QString>

namespace miroir::ui {

/// The value as indented text for reading: numbers and strings keep the bytes they came with. A top-level member of
/// the name `without` is left out.
QString prettyJson(const json::Value &value, std::string_view without = {});
/// Same for a text; what is no JSON is given back as it is.
QString prettyJson(const QByteArray &text);

} // namespace miroir::ui
