// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/Transport.h"

#include "node/PooledTransport.h"
#include "node/QnamTransport.h"

namespace miroir::node {

std::unique_ptr<Transport> makeTransport(TransportKind kind)
{
    if (kind == TransportKind::Qnam)
        return std::make_unique<QnamTransport>();
    return std::make_unique<PooledTransport>();
}

} // namespace miroir::node
