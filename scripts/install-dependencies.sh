#!/bin/sh
# Installs the Debian packages that a build needs, and only those that are missing.
# Does nothing, and needs neither network nor rights, when all are there. With the word "tests" it also tries
# to install what only some tests use; they leave out what is not there.
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
has_blas() { ldconfig -p | grep -q 'libopenblas\.so\.0'; }
has_pip() { python3 -m pip --version; }
has_onednn() { ldconfig -p | grep -q 'libdnnl\.so'; }

if ! command -v swift >/dev/null 2>&1; then
    say "Swift 6.2 or newer is not on the PATH. Install it from https://www.swift.org/install/linux/"
    exit 69
fi

need libncurses-dev has_curses
need libopenblas0 has_blas
need tmux command -v tmux
need python3 command -v python3
need python3-pip has_pip

# The back end that is opened at run time, for its tests: installed if that goes without asking.
install_for_tests() {
    if [ "$wanted" != tests ] || has_onednn >/dev/null 2>&1; then return 0; fi
    command -v apt-get >/dev/null 2>&1 || return 0
    if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo -n"; fi
    # The name carries a version, and a fresh machine knows no names yet.
    for update in no yes; do
        if [ "$update" = yes ]; then $as_root apt-get -q update >&2 || break; fi
        for package in libdnnl3 libdnnl2; do
            apt-cache show "$package" >/dev/null 2>&1 || continue
            say "Installing $package for its tests…"
            $as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get -q install -y --no-install-recommends "$package" >&2 && return 0
        done
    done
    say "oneDNN could not be installed; tests of it are left out."
}
wanted=${1:-}

if [ -z "$missing" ]; then
    install_for_tests
    exit 0
fi

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
install_for_tests
