#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs, builds, starts a local cluster of three nodes and loads sample data. Ctrl-C ends all of it.
# Environment: see tools/sample-cluster.sh.
set -euo pipefail
cd "$(dirname "$0")"
tools/setup.sh build -DMIROIR_TESTS=OFF
exec tools/sample-cluster.sh build/bin
