#!/usr/bin/env bash
# Compare Mini with the peers: whole processes, interleaved rounds, medians of per-round ratios.
#
#   benches/compare.sh                        the default benchmarks and columns, size std
#   benches/compare.sh -b loopsum,fib --rounds 3
#   benches/compare.sh --size big --base pypy3
#
# The timer and the peers' programs live beside this repository, in ../shared/bench; BENCH points elsewhere.
# Every argument goes to run.py. Peers that are not installed are skipped by it.
set -euo pipefail
cd "$(dirname "$0")/.."
bench=${BENCH:-../shared/bench}
if [[ ! -f $bench/run.py ]]; then
    echo "compare.sh: no run.py in $bench (set BENCH to the folder of the peer programs)" >&2
    exit 2
fi
cargo build --release --package mini
mini=$PWD/${CARGO_TARGET_DIR:-target}/release/mini
programs=$PWD/benches/programs/mini
results=$PWD/target/bench
mkdir -p "$results"

# The Mini programs there are, unless the caller chose with -b.
names=$(cd "$programs" && ls -- *.mini | sed 's/\.mini$//' | paste -sd,)
columns=mini,mini-off
for peer in luajit lua5.4 pypy3 node gcc; do
    if command -v "$peer" >/dev/null; then
        [[ $peer == gcc ]] && peer=c
        columns+=,$peer
    fi
done

exec python3 "$bench/run.py" -b "$names" -c "$columns" --base luajit \
    --add "name=mini,lang=mini,ext=mini,dir=$programs,cmd=$mini {file}" \
    --add "name=mini-off,lang=mini,ext=mini,dir=$programs,cmd=$mini --jit off {file}" \
    --builddir "$results/build" --out "$results/last" "$@"
