// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QHostAddress>

#include <vector>

namespace miroir::http {

/// Listening TCP descriptors on one address and port; the caller owns them.
struct Listeners {
    std::vector<qintptr> descriptors;
    quint16 port = 0;
};

/// Opens count of them, sharing the port by SO_REUSEPORT when there are several; port 0 takes a free one. Refuses a
/// port on which anybody listens, also a process that would let it be shared: two programs would each get some of the
/// clients.
Result<Listeners> openListeners(const QHostAddress &address, quint16 port, int count);
void closeDescriptor(qintptr descriptor);

/// Sends no more on a connected socket, so that the other side sees the end while we still read.
void shutdownWriting(qintptr descriptor);

/// Raises the soft limit of open files as far as the system lets us, if it is below what so many connections need.
void allowDescriptors(int connections);

} // namespace miroir::http
