#!/usr/bin/env bash
# Makes the sample model as GGUF files of some types, where they are missing, and prints their paths.
#
#     Benchmarks/peers/gguf_files.sh TYPE...     F32 BF16 F16 Q8_0 Q4_0 Q4_1 Q4_K_M
#
# All but Q4_1, which is as published, are quantized by llama.cpp from the folder's weights in F32.
set -euo pipefail

peers=${WORKBENCH_PEERS:-$HOME/.cache/workbench-peers}
name=SmolLM2-135M-Instruct
source=$(echo "$peers"/source/llama_cpp_python-*/vendor/llama.cpp)

file_of() {
    local path=$peers/$name.$1.gguf part=$peers/$name.$1.gguf.partial.$$
    if [ ! -f "$path" ] && [ "$1" = F32 ]; then
        "$peers/venv/bin/python" "$source/convert_hf_to_gguf.py" "$peers/$name" \
            --outtype f32 --outfile "$part" >"$peers/convert.log" 2>&1
        mv "$part" "$path"
    elif [ ! -f "$path" ]; then
        "$peers/llama.cpp/bin/llama-quantize" "$(file_of F32)" "$part" "$1" "$(nproc)" \
            >"$peers/quantize.log" 2>&1
        mv "$part" "$path"
    fi
    echo "$path"
}

for kind in "$@"; do file_of "$kind"; done
