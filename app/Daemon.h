// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "Engine.h"

#include <QCoreApplication>

namespace miroir {

/// Runs the engine without a window until it is told to stop. Gives the exit code: 0 after a clean stop, 1 when it
/// could not start.
int runDaemon(QCoreApplication &app, Config config, int signalDescriptor);

} // namespace miroir
