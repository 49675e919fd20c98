// A generation counter wakes the workers; parts are claimed from one atomic counter, so a busy
// neighbour on one core slows that core's share only. See pool.h.
#define _GNU_SOURCE
#include "pool.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_THREADS = 256, SPINS = 20000 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_t workers[MAX_THREADS];
static int first_seen[MAX_THREADS];  // the generation at each worker's creation: older jobs are not its own
static int started = 0;  // worker threads alive, without the caller
static int wanted = 1;   // threads in use, with the caller

static _Alignas(64) atomic_int generation;
static _Alignas(64) atomic_int sleepers;
static _Alignas(64) atomic_int next_part;
static _Alignas(64) atomic_int active;  // workers still inside the current job

static _Thread_local int impatient;

static mk_part job_body;
static void *job_context;
static int job_parts;
static int job_threads;

static void futex_wait(atomic_int *word, int seen) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_wake(atomic_int *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void work(int worker) {
    for (;;) {
        int part = atomic_fetch_add_explicit(&next_part, 1, memory_order_relaxed);
        if (part >= job_parts) return;
        job_body(job_context, part, worker);
    }
}

static void *worker_main(void *argument) {
    int index = (int)(size_t)argument;
    int seen = first_seen[index];
    for (;;) {
        int now = seen;
        for (int spin = 0; spin < SPINS; spin++) {
            now = atomic_load_explicit(&generation, memory_order_acquire);
            if (now != seen) break;
            relax();
        }
        while (now == seen) {
            atomic_fetch_add(&sleepers, 1);
            futex_wait(&generation, seen);
            atomic_fetch_sub(&sleepers, 1);
            now = atomic_load_explicit(&generation, memory_order_acquire);
        }
        seen = now;
        if (index < job_threads) work(index);
        atomic_fetch_sub_explicit(&active, 1, memory_order_acq_rel);
    }
    return NULL;
}

void mk_pool_set_threads(int threads) {
    pthread_mutex_lock(&turn);
    if (threads < 1) threads = 1;
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    wanted = threads;
    pthread_mutex_unlock(&turn);
}

int mk_pool_threads(void) { return wanted; }

void mk_pool_set_impatient(int value) { impatient = value; }

void mk_pool_run(mk_part body, void *context, int parts) {
    if (parts <= 0) return;
    int alone = parts == 1 || wanted == 1;
    if (!alone && impatient) {
        alone = pthread_mutex_trylock(&turn) != 0;
    } else if (!alone) {
        pthread_mutex_lock(&turn);
    }
    if (alone) {
        for (int part = 0; part < parts; part++) body(context, part, 0);
        return;
    }
    while (started < wanted - 1) {
        first_seen[started + 1] = atomic_load(&generation);
        if (pthread_create(&workers[started], NULL, worker_main, (void *)(size_t)(started + 1)) != 0) {
            wanted = started + 1;
            break;
        }
        pthread_detach(workers[started]);
        started++;
    }
    job_body = body;
    job_context = context;
    job_parts = parts;
    job_threads = wanted;
    atomic_store_explicit(&next_part, 0, memory_order_relaxed);
    atomic_store_explicit(&active, started, memory_order_relaxed);
    atomic_fetch_add_explicit(&generation, 1, memory_order_seq_cst);
    if (atomic_load(&sleepers) > 0) futex_wake(&generation);
    work(0);
    for (int spin = 0; atomic_load_explicit(&active, memory_order_acquire) != 0; spin++) {
        if (spin < 4000) relax();
        else { spin = 0; usleep(0); }
    }
    pthread_mutex_unlock(&turn);
}
