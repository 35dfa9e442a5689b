// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConsoleApp.h"

/// The one name the program looks for after loading this module.
extern "C" __attribute__((visibility("default"))) int miroirUiMain(int argc, char **argv, miroir::ui::Host *host)
{
    return miroir::ui::runConsole(argc, argv, host);
}
