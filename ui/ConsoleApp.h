// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Host.h"

namespace miroir::ui {

/// Makes the application object, its language and look, and the window; runs until the window is closed.
int runConsole(int argc, char **argv, Host *host);
/// Loads the translation for the system's language, if there is one. The translator belongs to the application.
void installLanguage();

} // namespace miroir::ui
