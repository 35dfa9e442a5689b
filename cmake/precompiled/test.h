// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// core.h for the tests.
#include "core.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
