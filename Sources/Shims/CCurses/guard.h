/* Signals as bytes in a pipe, the modes of a terminal that is to be given back, and stopping as Control-Z
   does. What is called in a handler is async-signal-safe. The state is static: each object file would get
   its own, so one Swift file may call this. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct {
    int reader, writer;
} cc_signals = {-1, -1};

static const int cc_polite[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};

static void cc_on_polite(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(cc_signals.writer, &byte, 1);
    (void)ignored;
    errno = saved;
}

/* From here on these signals only write their number to a pipe; -1 with errno on failure. */
static inline int cc_signals_watch(void) {
    int ends[2];
    if (cc_signals.reader < 0) {
        if (pipe(ends) != 0) return -1;
        for (int i = 0; i < 2; i++) {
            fcntl(ends[i], F_SETFL, O_NONBLOCK);
            fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        }
        cc_signals.reader = ends[0];
        cc_signals.writer = ends[1];
    }
    struct sigaction action;
    sigset_t wanted;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    sigemptyset(&wanted);
    action.sa_handler = cc_on_polite;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof cc_polite / sizeof *cc_polite; i++) {
        sigaction(cc_polite[i], &action, NULL);
        sigaddset(&wanted, cc_polite[i]);
    }
    /* Whoever started us may have blocked them, as threads of thread pools do. */
    return pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
}

static inline int cc_signals_reader(void) { return cc_signals.reader; }

/* Stops the process group as the terminal would: with SIGTSTP, as its Control-Z, or with SIGTTOU, as for a
   write from behind. The kernel drops these when no shell could ever continue us, and would obey SIGSTOP. */
static inline void cc_stop_group(int number) {
    struct sigaction mine, plain;
    memset(&plain, 0, sizeof plain);
    sigemptyset(&plain.sa_mask);
    plain.sa_handler = SIG_DFL;
    sigaction(number, &plain, &mine);
    kill(0, number);
    sigaction(number, &mine, NULL);
}

/* Whether the terminal takes this process group for the one in front, or is gone. */
static inline int cc_is_in_front(int tty) {
    pid_t front = tcgetpgrp(tty);
    return front < 0 || front == getpgrp();
}

/* Ends what a session that died may have left on: modes of input, colours, the alternate screen. */
static inline void cc_leave_screen(int tty, const struct termios *modes) {
    static const char text[] =
        "\033[?2026l\033[?1006l\033[?1002l\033[?1000l\033[?1004l\033[?2004l\033[0m\033[?25h\033[?1l\033>"
        "\033[?1049l\r\n";
    ssize_t ignored = write(tty, text, sizeof text - 1);
    (void)ignored;
    tcsetattr(tty, TCSANOW, modes);
}
