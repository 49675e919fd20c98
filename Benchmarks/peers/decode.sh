#!/usr/bin/env bash
# Measures llama.cpp: prefill of 512 tokens and decoding of 128, as JSON on standard output.
#
#     Benchmarks/peers/decode.sh [KIND or FILE.gguf]...     default Q4_1; KIND also F32 BF16 F16
#                                                           Q8_0 Q4_0 Q4_K_M of the sample model
#     THREADS=2 REPEATS=5 Benchmarks/peers/decode.sh Q8_0
set -euo pipefail

peers=${WORKBENCH_PEERS:-$HOME/.cache/workbench-peers}
bin=$peers/llama.cpp/bin
name=SmolLM2-135M-Instruct
source=$(echo "$peers"/source/llama_cpp_python-*/vendor/llama.cpp)
threads=${THREADS:-2}

# The file of a kind; all but Q4_1, which is as published, are made from the folder once.
file_of() {
    local path=$peers/$name.$1.gguf
    if [ ! -f "$path" ] && [ "$1" = F32 ]; then
        "$peers/venv/bin/python" "$source/convert_hf_to_gguf.py" "$peers/$name" \
            --outtype f32 --outfile "$path.partial" >"$peers/convert.log" 2>&1
        mv "$path.partial" "$path"
    elif [ ! -f "$path" ]; then
        "$bin/llama-quantize" "$(file_of F32)" "$path.partial" "$1" "$threads" \
            >"$peers/quantize.log" 2>&1
        mv "$path.partial" "$path"
    fi
    echo "$path"
}

[ $# -gt 0 ] || set -- Q4_1
arguments=()
for kind in "$@"; do
    case $kind in
    *.gguf) arguments+=(-m "$kind") ;;
    *) arguments+=(-m "$(file_of "$kind")") ;;
    esac
done
OMP_NUM_THREADS=$threads exec "$bin/llama-bench" "${arguments[@]}" -t "$threads" -p 512 -n 128 \
    -r "${REPEATS:-5}" -o json 2>/dev/null
