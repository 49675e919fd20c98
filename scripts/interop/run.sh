#!/usr/bin/env bash
# Compares the program with PEFT, transformers and llama.cpp: every check_*.py of this folder, one after the other.
#
#     scripts/interop/run.sh PROGRAM [NAME…]        NAME: adapters for check_adapters.py
#     LLAMA=1 …                                     builds llama.cpp first, once, in some ten minutes
#     PYTHON=/path/to/venv/bin/python …             instead of an environment of its own
#     SEED=N …                                      the same draw again; each check prints its seed
#
# Without PYTHON an environment is made outside of the repository, in ~/.cache/workbench-interop (or in
# WORKBENCH_INTEROP), from Benchmarks/peers/requirements.txt. With PYTHON, LLAMA_CPP_LIB_PATH and LLAMA_SOURCE say where
# libllama and llama.cpp's converter lie. Rows of what is not there say "left out". All checks together stop after
# 20 minutes.
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
    # The source package of the Python binding carries llama.cpp with its converter. The library is built from it
    # for this processor, and the binding is installed without one of its own.
    version=0.3.36
    sources=$home/llama_cpp_python-$version
    if [ -n "${LLAMA:-}" ] && [ ! -f "$home/llama-$version.done" ]; then
        export PATH=$home/venv/bin:$PATH
        log=$home/llama.log
        echo "building llama.cpp $version, once; the log is $log"
        {
            "$PYTHON" -m pip download --no-deps --no-binary llama-cpp-python --dest "$home" \
                "llama-cpp-python==$version" &&
                tar -xzf "$sources.tar.gz" -C "$home" &&
                cmake -S "$sources/vendor/llama.cpp" -B "$home/llama" -G Ninja \
                    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DGGML_NATIVE=ON \
                    -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TOOLS=OFF \
                    -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_COMMON=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_CURL=OFF &&
                nice cmake --build "$home/llama" --target llama &&
                CMAKE_ARGS=-DLLAMA_BUILD=OFF "$PYTHON" -m pip install "$sources.tar.gz" &&
                touch "$home/llama-$version.done"
        } >"$log" 2>&1 || { tail -20 "$log"; exit 69; }
    fi
    if [ -f "$home/llama-$version.done" ]; then
        export LLAMA_CPP_LIB_PATH=$home/llama/bin LLAMA_SOURCE=$sources/vendor/llama.cpp
    fi
elif [ -n "${LLAMA:-}" ]; then
    echo "LLAMA=1 builds into an environment of its own: leave PYTHON away, or set LLAMA_CPP_LIB_PATH" >&2
    exit 64
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
