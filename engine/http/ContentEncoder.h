// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/HeadParser.h"

#include <QByteArray>

namespace miroir::http {

/// Compressed at the fastest level; empty when memory is short or the data over 4 GB. Gzip, deflate (with zlib's frame,
/// as HTTP means it) and brotli. Costs the calling thread about 10 ms for each MB of JSON. Pure.
QByteArray encoded(Coding coding, const QByteArray &data);

} // namespace miroir::http
