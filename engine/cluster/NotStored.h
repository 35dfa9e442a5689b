// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

#include <QLoggingCategory>

#include <string>

namespace miroir::cluster {

/// What a client hears when the store cannot take its request; the reason is for the log alone.
inline protocol::ApiError notStored(const QLoggingCategory &category, const std::string &why)
{
    qCCritical(category, "%s", why.c_str());
    return protocol::apiError("internal", "The request could not be stored.");
}

} // namespace miroir::cluster
