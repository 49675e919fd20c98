// The first code of the program that runs: see start.h. A file opened while 0, 1 or 2 is closed would get that
// number, and every message would be written into it; so they are opened before any library is initialised.
#define _GNU_SOURCE
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static unsigned closed;
static sigset_t held;

static void open_standard_descriptors(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
        closed |= 1u << descriptor;
        int opened = open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY);
        // Any file holds the place; a folder can be neither read nor written.
        if (opened < 0) opened = open("/", O_RDONLY | O_DIRECTORY);
        if (opened < 0 || opened == descriptor) continue;
        dup2(opened, descriptor);
        close(opened);
    }
}

// Whether the command brings its work to an orderly end when it is asked to (SignalStop).
static int stops_in_order(const char *command) {
    return command && (strcmp(command, "train") == 0 || strcmp(command, "evaluate") == 0);
}

static void prepare(int count, char **words, char **environment) {
    (void)environment;
    open_standard_descriptors();
    sigemptyset(&held);
    if (count < 2 || !stops_in_order(words[1])) return;
    // What comes before the command listens waits for it.
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

// Runs before the constructors of all libraries.
__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = prepare;

static void ignore_unless_handled(int number) {
    struct sigaction now;
    if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(number, SIG_IGN);
}

// A small stack that may grow is let grow, for this thread and for those that are started later.
static void widen_stack(void) {
    const rlim_t wanted = 8 << 20;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
        if (setrlimit(RLIMIT_STACK, &limit) != 0) return;
        // Threads need no stack of the main one's kind: theirs is ordinary memory.
        pthread_attr_t attributes;
        if (pthread_attr_init(&attributes) != 0) return;
        if (pthread_attr_setstacksize(&attributes, wanted) == 0) pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
    }
}

// A model in many parts, and a folder of many files, keep one descriptor each.
static void widen_descriptors(void) {
    const rlim_t wanted = 1 << 16;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

__attribute__((constructor(101))) static void settle(void) {
    // A file beyond `ulimit -f` is an error of that file (EFBIG); batch systems send the others before time is up.
    ignore_unless_handled(SIGXFSZ);
    ignore_unless_handled(SIGUSR1);
    ignore_unless_handled(SIGUSR2);
    widen_stack();
    widen_descriptors();
}

void start_settle_environment(void) {
    // OpenBLAS starts threads while it is loaded; the products are cut over our own.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

int start_was_closed(int descriptor) { return descriptor >= 0 && descriptor <= 2 && (closed >> descriptor & 1); }

long start_stack_bytes(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
    return (long)limit.rlim_cur;
}

int start_processors(void) {
    // The system refuses a set that is smaller than its own.
    for (int most = 1024; most <= 1 << 16; most *= 2) {
        cpu_set_t *set = CPU_ALLOC(most);
        if (!set) return 0;
        size_t size = CPU_ALLOC_SIZE(most);
        int failed = sched_getaffinity(0, size, set) != 0, code = errno;
        int count = failed ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (!failed || code != EINVAL) return count;
    }
    return 0;
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *argument) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return argument;
}

int start_can_run_threads(int count) {
    enum { MOST = 8 };
    pthread_t threads[MOST];
    if (count > MOST) count = MOST;
    int started = 0;
    pthread_mutex_lock(&gate);
    while (started < count && pthread_create(&threads[started], NULL, wait_at_gate, NULL) == 0) started++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
    return started == count;
}

void start_release_signals(void) { sigprocmask(SIG_UNBLOCK, &held, NULL); }
