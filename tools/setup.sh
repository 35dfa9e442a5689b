#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the project needs (Debian 12) and builds it. usage: tools/setup.sh [BUILD_FOLDER [CMAKE_ARGUMENTS...]]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}; shift || true

packages=(build-essential cmake ninja-build mold ccache pkg-config curl ca-certificates
    qt6-base-dev qt6-httpserver-dev qt6-websockets-dev libqt6sql6-sqlite qt6-svg-dev qt6-l10n-tools qt6-tools-dev
    libgl1-mesa-dev libxxhash-dev libyaml-cpp-dev zlib1g-dev libbrotli-dev libzstd-dev libicu-dev fonts-dejavu-core)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    echo "== Installing ${#missing[@]} packages: ${missing[*]}"
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -f "$build/build.ninja" ]; then
    echo "== Configuring in $build"
    cmake -S . -B "$build" -G Ninja "$@" >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
    rm -f "$build.log"
fi
echo "== Building"
NINJA_STATUS='[%f/%t %es] ' ninja -C "$build"
