#!/usr/bin/env bash
# Compares the program with PEFT and transformers: every check_*.py of this folder, one after the other.
#
#     scripts/interop/run.sh PROGRAM [NAME…]        NAME: adapters for check_adapters.py
#     PYTHON=/path/to/venv/bin/python …             instead of an environment of its own
#     SEED=N …                                      the same draw again; each check prints its seed
#
# Without PYTHON an environment is made outside of the repository, in ~/.cache/workbench-interop (or in
# WORKBENCH_INTEROP), from Benchmarks/peers/requirements.txt. All checks together stop after 20 minutes.
set -uo pipefail
program=$(realpath "$1") && shift || exit 64
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
if [ -z "${PYTHON:-}" ]; then
    home=${WORKBENCH_INTEROP:-$HOME/.cache/workbench-interop}
    PYTHON=$home/venv/bin/python
    requirements=$here/../../Benchmarks/peers/requirements.txt
    if ! cmp -s "$requirements" "$home/installed.txt"; then
        mkdir -p "$home" && python3 -m venv "$home/venv" || exit 69
        "$PYTHON" -m pip install --quiet --requirement "$requirements" || exit 69
        cp "$requirements" "$home/installed.txt"
    fi
fi
out=$(mktemp -d "${TMPDIR:-/tmp}/workbench-interop.XXXXXX")
trap 'rm -rf "$out"' EXIT
end=$(($(date +%s) + 1200))
[ $# -gt 0 ] || set -- $(cd "$here" && ls check_*.py | sed 's/^check_//; s/\.py$//')
status=0
for name in "$@"; do
    left=$((end - $(date +%s)))
    echo "== $name"
    if [ $left -le 0 ]; then
        echo "no time is left for it"
        status=1
        continue
    fi
    timeout "$left" nice "$PYTHON" "$here/check_$name.py" --program "$program" --out "$out/$name" \
        ${SEED:+--seed "$SEED"} || status=1
done
exit $status
