#!/usr/bin/env bash
# Measures llama.cpp: prefill of 512 tokens and decoding of 128, as JSON on standard output.
#
#     Benchmarks/peers/decode.sh [KIND or FILE.gguf]...     default Q4_1; KIND also F32 BF16 F16
#                                                           Q8_0 Q4_0 Q4_K_M of the sample model
#     THREADS=2 REPEATS=5 Benchmarks/peers/decode.sh Q8_0
set -euo pipefail

peers=${WORKBENCH_PEERS:-$HOME/.cache/workbench-peers}
bin=$peers/llama.cpp/bin
here=$(cd "$(dirname "$0")" && pwd)
threads=${THREADS:-2}

[ $# -gt 0 ] || set -- Q4_1
arguments=()
for kind in "$@"; do
    case $kind in
    *.gguf) arguments+=(-m "$kind") ;;
    *) arguments+=(-m "$("$here/gguf_files.sh" "$kind")") ;;
    esac
done
OMP_NUM_THREADS=$threads exec "$bin/llama-bench" "${arguments[@]}" -t "$threads" -p 512 -n 128 \
    -r "${REPEATS:-5}" -o json 2>/dev/null
