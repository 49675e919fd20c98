/* What Swift cannot import from ncurses: cast macros, globals, variadics. Wide characters on.
   Knows cells and modes; it does not know themes, widgets or keys. */
#pragma once
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* Hidden by the feature macros that Swift's module of libc is built with. */
extern int wcwidth(wchar_t c);

static inline int cc_width(wchar_t c) { return wcwidth(c); }
static inline int cc_codeset_is_utf8(void) {
    const char *name = nl_langinfo(CODESET);
    return (name[0] | 32) == 'u' && (name[1] | 32) == 't' && (name[2] | 32) == 'f';
}
static inline int cc_colors(void) { return COLORS; }
static inline int cc_pairs(void) { return COLOR_PAIRS; }
static inline int cc_lines(void) { return LINES; }
static inline int cc_columns(void) { return COLS; }

/* Bits in the order of Panels.Attributes: bold, dim, reverse, underline, italic. */
static inline attr_t cc_attributes(unsigned bits) {
    attr_t a = A_NORMAL;
    if (bits & 1) a |= A_BOLD;
    if (bits & 2) a |= A_DIM;
    if (bits & 4) a |= A_REVERSE;
    if (bits & 8) a |= A_UNDERLINE;
    if (bits & 16) a |= A_ITALIC;
    return a;
}

/* newterm on the given terminal descriptor: unlike initscr it reports failure instead of exiting. */
static inline int cc_open(int fd) {
    FILE *out = fdopen(dup(fd), "w"), *in = fdopen(dup(fd), "r");
    if (!out || !in) return -1;
    if (!newterm(NULL, out, in)) return -1;
    raw();
    noecho();
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    return 0;
}

/* One cell: a base character with its combining marks. The last corner answers ERR: ignored. */
static inline void cc_put(int row, int column, const wchar_t *text, unsigned bits, int pair) {
    cchar_t cell;
    if (setcchar(&cell, text, cc_attributes(bits), 0, &pair) == OK)
        mvwadd_wch(stdscr, row, column, &cell);
}
static inline void cc_flush(int row, int column, int visible) {
    curs_set(visible ? 1 : 0);
    if (visible) wmove(stdscr, row, column);
    wnoutrefresh(stdscr);
    doupdate();
}
static inline void cc_repaint(void) { clearok(curscr, TRUE); }
static inline void cc_erase(void) { werase(stdscr); }
static inline int cc_window_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}
