// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/Exchange.h"
#include "read/Search.h"

namespace miroir::api {

/// A read of that index on behalf of the exchange.
read::ReadContext readContext(const FrontContext &front, const ExchangePtr &exchange, const read::IndexView *index);
/// The client asks for `metadata` in the answers of searches.
bool metadataWanted(const ExchangePtr &exchange);
/// 200 with the body, or the refusal.
read::OnBody answerWith(const ExchangePtr &exchange);

} // namespace miroir::api
