// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/Exchange.h"

#include <functional>
#include <string>

namespace miroir::api {

/// Asks a node whether it can compile the function of an edit; nothing runs and no task is made. Refuses the exchange
/// when it cannot, else calls goOn: also when no node can be asked, for the task will find out.
void checkFunction(FrontContext &front, const ExchangePtr &exchange, const std::string &function,
    std::function<void()> goOn);

} // namespace miroir::api
