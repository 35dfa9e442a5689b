// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// core.h for the window and its tests.
#include "core.h"

#include <QtWidgets>
