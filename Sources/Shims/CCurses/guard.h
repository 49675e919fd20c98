/* The crash guard and the self-pipe of signals. A fatal signal writes one constant string and the
   saved modes to the terminal, both async-signal-safe, then lets the former handler (Swift's
   backtracer) have the fault. The other signals only write their number to a pipe. Standard output
   and error can be diverted to a log meanwhile; ncurses has descriptors of its own.
   One Swift file may call this: the state is static, each object file would get its own. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct {
    int tty, reader, writer, armed;
    struct termios saved;
    struct sigaction before[65];
    char stack[65536];
    int output, error; /* the diverted ones; -1 while nothing is diverted */
    char note[1024];
} cc_guard = {-1, -1, -1, 0, {0}, {{{0}}}, {0}, -1, -1, {0}};

static const int cc_fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
static const int cc_polite[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};

static inline void cc_guard_restore_terminal(void) {
    static const char text[] =
        "\033[?2026l\033[?1006l\033[?1002l\033[?1000l\033[?1004l\033[?2004l\033[0m\033[?25h\033[?1l\033>"
        "\033[?1049l\r\n";
    ssize_t ignored = write(cc_guard.tty, text, sizeof text - 1);
    (void)ignored;
    tcsetattr(cc_guard.tty, TCSANOW, &cc_guard.saved);
}

/* Standard output and error are what they were; only async-signal-safe calls. */
static inline void cc_guard_undivert(void) {
    if (cc_guard.output >= 0) dup2(cc_guard.output, 1), close(cc_guard.output);
    if (cc_guard.error >= 0) dup2(cc_guard.error, 2), close(cc_guard.error);
    cc_guard.output = cc_guard.error = -1;
}

/* Lets standard output and error go to a log; `note` is told on a crash. -1 when it cannot be done. */
static inline int cc_guard_divert(int log, const char *note) {
    cc_guard_undivert();
    fflush(NULL);
    cc_guard.output = fcntl(1, F_DUPFD_CLOEXEC, 3);
    cc_guard.error = fcntl(2, F_DUPFD_CLOEXEC, 3);
    strncpy(cc_guard.note, note, sizeof cc_guard.note - 1);
    if (cc_guard.output >= 0 && cc_guard.error >= 0 && dup2(log, 1) >= 0 && dup2(log, 2) >= 0)
        return 0;
    cc_guard_undivert();
    return -1;
}

static void cc_on_fatal(int number, siginfo_t *info, void *context) {
    (void)context;
    if (cc_guard.armed) {
        cc_guard.armed = 0;
        cc_guard_restore_terminal();
        cc_guard_undivert();
        ssize_t ignored = write(cc_guard.tty, cc_guard.note, strlen(cc_guard.note));
        (void)ignored;
    }
    sigaction(number, &cc_guard.before[number], NULL);
    /* A fault happens again on return; a signal that was sent must be sent again. */
    if (number == SIGABRT || info->si_code <= 0) raise(number);
}

static void cc_on_polite(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(cc_guard.writer, &byte, 1);
    (void)ignored;
    errno = saved;
}

/* Saves the modes of the terminal and installs all handlers; -1 with errno on failure. */
static inline int cc_guard_arm(int tty) {
    int ends[2];
    if (tcgetattr(tty, &cc_guard.saved) != 0) return -1;
    if (cc_guard.reader < 0) {
        if (pipe(ends) != 0) return -1;
        for (int i = 0; i < 2; i++) {
            fcntl(ends[i], F_SETFL, O_NONBLOCK);
            fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        }
        cc_guard.reader = ends[0];
        cc_guard.writer = ends[1];
    }
    cc_guard.tty = tty;
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
        stack_t own = {.ss_sp = cc_guard.stack, .ss_flags = 0, .ss_size = sizeof cc_guard.stack};
        sigaltstack(&own, NULL);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = cc_on_fatal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (size_t i = 0; i < sizeof cc_fatal / sizeof *cc_fatal; i++)
        sigaction(cc_fatal[i], &action, &cc_guard.before[cc_fatal[i]]);
    action.sa_handler = cc_on_polite;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof cc_polite / sizeof *cc_polite; i++)
        sigaction(cc_polite[i], &action, &cc_guard.before[cc_polite[i]]);
    cc_guard.armed = 1;
    return 0;
}

static inline void cc_guard_disarm(void) {
    if (!cc_guard.armed) return;
    cc_guard.armed = 0;
    tcsetattr(cc_guard.tty, TCSANOW, &cc_guard.saved);
    for (size_t i = 0; i < sizeof cc_fatal / sizeof *cc_fatal; i++)
        sigaction(cc_fatal[i], &cc_guard.before[cc_fatal[i]], NULL);
    for (size_t i = 0; i < sizeof cc_polite / sizeof *cc_polite; i++)
        sigaction(cc_polite[i], &cc_guard.before[cc_polite[i]], NULL);
}

/* Stops the process group as the terminal's Control-Z would: with SIGTSTP, because the kernel drops
   that one when no shell could ever continue us, and would obey SIGSTOP. */
static inline void cc_guard_stop(void) {
    struct sigaction mine, plain;
    memset(&plain, 0, sizeof plain);
    sigemptyset(&plain.sa_mask);
    plain.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &plain, &mine);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &mine, NULL);
}

static inline int cc_guard_reader(void) { return cc_guard.reader; }
