/* What Swift cannot import from ncurses: cast macros, globals, variadics. Wide characters on.
   Knows cells and modes; it does not know themes, widgets or keys. */
#pragma once
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* From term.h, whose macros take all short names. */
struct term;
extern struct term *cur_term;
extern struct term *set_curterm(struct term *);
extern int del_curterm(struct term *);
extern int setupterm(const char *, int, int *);

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

/* What belongs to a screen besides ncurses' own: the streams that newterm was given. */
struct cc_screen {
    SCREEN *screen;
    FILE *out, *in;
};

static inline void cc_close(struct cc_screen *s) {
    if (s->screen) {
        set_term(s->screen);
        delscreen(s->screen);
    }
    if (s->out) fclose(s->out);
    if (s->in) fclose(s->in);
    free(s);
}

/* newterm on the given terminal descriptor: unlike initscr it reports failure instead of exiting. */
static inline struct cc_screen *cc_open(int fd, const char *type) {
    struct cc_screen *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    int out = fcntl(fd, F_DUPFD_CLOEXEC, 3), in = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    s->out = out >= 0 ? fdopen(out, "w") : NULL;
    s->in = in >= 0 ? fdopen(in, "r") : NULL;
    if (s->out && s->in) s->screen = newterm(type, s->out, s->in);
    if (!s->screen) {
        cc_close(s);
        return NULL;
    }
    set_term(s->screen);
    raw();
    noecho();
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    /* Of a screen without colours the counts of the one before would stay. */
    COLORS = COLOR_PAIRS = 0;
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    return s;
}

/* Whether the type is in the database; the screen that is open stays the current one. */
static inline int cc_knows(const char *type, int fd) {
    struct term *before = cur_term, *tried;
    int error = 0, known = setupterm(type, fd, &error) == OK;
    tried = set_curterm(before);
    if (known && tried && tried != before) del_curterm(tried);
    return known;
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
