#!/bin/sh
# Installs the Debian packages that a build needs, and only those that are missing.
# Does nothing, and needs neither network nor rights, when all are there.
set -eu

say() { printf '%s\n' "$*" >&2; }

# Each line: the package, a blank, and a command that succeeds when it is there.
missing=""
need() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has_header() {
    echo "#include <$1>" | cc -E -x c - >/dev/null 2>&1 \
        || echo "#include <$1>" | clang -E -x c - >/dev/null 2>&1
}

has_library() {
    for folder in /usr/lib /usr/lib64 /usr/local/lib /usr/lib/*-linux-gnu; do
        if [ -e "$folder/lib$1.so" ] || [ -e "$folder/lib$1.a" ]; then return 0; fi
    done
    return 1
}

has_curses() { has_header curses.h && has_library ncursesw && has_library tinfo; }
has_blas() { has_header cblas.h && has_library openblas; }
has_pip() { python3 -m pip --version; }

if ! command -v swift >/dev/null 2>&1; then
    say "Swift 6.2 or newer is not on the PATH. Install it from https://www.swift.org/install/linux/"
    exit 69
fi

need libncurses-dev has_curses
need libopenblas-dev has_blas
need pkg-config command -v pkg-config
need tmux command -v tmux
need python3 command -v python3
need python3-pip has_pip

[ -n "$missing" ] || exit 0

say "Missing packages:$missing"
by_hand="Install them by hand:  apt-get install$missing"

if ! command -v apt-get >/dev/null 2>&1; then
    say "This system has no apt-get. Install what these Debian packages hold:$missing"
    exit 69
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        say "Neither root nor sudo is here to install them. $by_hand"
        exit 77
    fi
    # Without a terminal sudo must not wait for a password that nobody types.
    if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
        say "sudo would ask for a password, and there is no terminal. $by_hand"
        exit 77
    fi
    as_root="sudo"
fi

apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >&2; }

say "Installing them with apt-get…"
if ! apt update; then
    say "apt-get update failed: is the network there? $by_hand"
    exit 75
fi
# shellcheck disable=SC2086 # the list is meant to be split
if ! apt install -y --no-install-recommends $missing; then
    say "apt-get install failed. $by_hand"
    exit 75
fi
