#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Miroir authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of README and documentation: tools/screenshots/screenshots.sh BUILD_FOLDER [URL ADMIN_KEY]
# Without an address the window shows a served example, which is the same on every machine. Needs no display.
set -eu
if [ $# -ne 1 ] && [ $# -ne 3 ]; then
    echo "usage: $0 BUILD_FOLDER [URL ADMIN_KEY]" >&2
    exit 2
fi
build=$1
shift
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cmake --build "$build" --target miroir-screenshots
QT_QPA_PLATFORM=offscreen "$build/bin/miroir-screenshots" "$root/docs/pictures" \
    --only cluster,node,degraded,search,tasks,indexes "$@"
if command -v optipng >/dev/null 2>&1; then
    optipng -quiet -o2 "$root"/docs/pictures/*.png
fi
echo "pictures are in docs/pictures"
