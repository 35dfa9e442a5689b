#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts a local cluster of three nodes, loads sample data, shows it searched and opens the console where there is a
# display. Ctrl-C ends all of it. usage: tools/sample-cluster.sh FOLDER_OF_PROGRAMS
# Environment: PORT (7700; 0: any), MIROIR_DATA (.miroir), MIROIR_MASTER_KEY (dev-key).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-build/bin}

port=${PORT:-7700}
data=${MIROIR_DATA:-.miroir}
export MIROIR_MASTER_KEY=${MIROIR_MASTER_KEY:-dev-key}
mkdir -p "$data"
log=$data/miroir.log
: >"$log" # before anybody looks: the last run has written into it, too, that all nodes serve

console=
"$bin"/miroir --daemon --local-cluster-nodes 3 --replication-factor 2 --server-port "$port" --data-dir "$data" \
    >"$log" 2>&1 &
daemon=$!
finish() {
    trap - EXIT INT TERM
    [ -n "$console" ] && kill "$console" 2>/dev/null || true
    kill "$daemon" 2>/dev/null && echo "== Stopping" || true
    wait "$daemon" 2>/dev/null || true
}
trap finish EXIT
trap 'exit 0' INT TERM

echo "== Starting three nodes with two replicas of every shard"
for _ in $(seq 600); do
    grep -q '^All nodes serve' "$log" && break
    kill -0 "$daemon" 2>/dev/null || { cat "$log"; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^All nodes serve; ready on //p' "$log")
[ -n "$url" ] || { cat "$log"; echo "the cluster did not get ready in a minute"; exit 1; }
grep '^Nodes run' "$log" || true

json='Content-Type: application/json'
call() {
    curl -sS --fail-with-body -H "Authorization: Bearer $MIROIR_MASTER_KEY" "$@"
}
await() { # the end of the task that the answer on stdin names
    local answer uid; answer=$(cat); uid=$(sed -n 's/.*"taskUid":\([0-9]*\).*/\1/p' <<<"$answer")
    [ -n "$uid" ] || { echo "$answer"; return 1; }
    for _ in $(seq 1200); do
        case $(call "$url/tasks/$uid") in
            *'"status":"succeeded"'*) return 0 ;;
            *'"status":"failed"'*) call "$url/tasks/$uid"; return 1 ;;
        esac
        sleep 0.1
    done
    echo "task $uid did not end in two minutes"; return 1
}
if ! call "$url/indexes/packages/stats" 2>/dev/null | grep -q '"numberOfDocuments":[1-9]'; then
    echo "== Loading 3,000 Debian packages into the index 'packages'"
    call -X PATCH "$url/indexes/packages/settings" -H "$json" -d @resources/sample/settings.json | await
    call -X POST "$url/indexes/packages/documents?primaryKey=id" -H 'Content-Type: application/x-ndjson' \
        --data-binary @resources/sample/packages.ndjson | await
fi
victim=$("$bin"/miroir-ctl --data-dir "$data" nodes --json | sed -n 's/.*"id":"node-2"[^}]*"pid":\([0-9]*\).*/\1/p')
echo "== A search with two typos: 'pyhton libary'"
call "$url/indexes/packages/search" -H "$json" \
    -d '{"q":"pyhton libary","limit":3,"attributesToRetrieve":["name","summary"]}'
cat <<END


The cluster answers on $url (key: $MIROIR_MASTER_KEY). Try:

  curl $url/health
  curl $url/indexes/packages/search -H 'Authorization: Bearer $MIROIR_MASTER_KEY' -H 'Content-Type: application/json' \\
       -d '{"q":"game","filter":"installed_kib < 1000","facets":["section"],"sort":["installed_kib:asc"]}'
  $bin/miroir-ctl --data-dir $data status

Kill a node (kill -9 $victim, that is node-2 now) and search again: nothing is missing. Ctrl-C stops everything.
END
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    MIROIR_ADMIN_API_KEY=$(cat "$data/admin.key") "$bin"/miroir --connect "$url" &
    console=$!
fi
wait "$daemon"
