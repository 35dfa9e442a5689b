#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs, builds and runs all tests. usage: ./test.sh [address|thread]
# With a sanitizer the build folder is one of its own.
set -euo pipefail
cd "$(dirname "$0")"
case ${1:-} in
    '') build=build-debug; tools/setup.sh "$build" -DCMAKE_BUILD_TYPE=Debug ;;
    address|thread) build=build-$1; tools/setup.sh "$build" -DMIROIR_SANITIZE="$1" -DCMAKE_BUILD_TYPE=Debug ;;
    *) echo "usage: ./test.sh [address|thread]"; exit 2 ;;
esac
echo "== Testing"
ctest --test-dir "$build" --output-on-failure -j "$(nproc)"
