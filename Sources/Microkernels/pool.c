// Each thread has a share of a job's parts, a run of neighbours, and a cache line of its own for it: from job to job
// it meets the same rows, and while all goes well no line passes from core to core but once a job. Who is done with its
// own share takes from the others', so a busy neighbour on one core costs what it holds at that moment and no more
// (affinity scheduling, Markatos and LeBlanc 1994). A part is claimed by comparing and swapping one word that holds all
// there is to know; the caller waits for parts, not for workers. See pool.h.
#define _GNU_SOURCE
#include "pool.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_THREADS = 256, SPINS = 20000, YIELD_EVERY = 2048 };
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_t workers[MAX_THREADS];
static uint32_t first_seen[MAX_THREADS];  // the job at each worker's creation: older ones are not its own
static int started = 0;  // worker threads alive, without the caller
static atomic_int wanted = 1;  // threads in use, with the caller; written in a turn only

// Two lines: processors fetch neighbours in pairs.
#define APART _Alignas(128)
enum { PART_BITS = 24, PARTS_AT_ONCE = 1 << 23 };
#define PART_MASK ((1u << PART_BITS) - 1)

// What a thread takes first of the current job.
typedef struct {
    // Threads of the job << 48 | next part << 24 | end: all that decides whether a thread may claim, so a claim is right
    // whatever job its word is of.
    APART _Atomic uint64_t range;
    // Of the current job; read after a part of it was claimed, when it cannot end.
    _Atomic(mk_part) body;
    _Atomic(void *) context;
    atomic_int first;  // added to the parts' numbers
} share;

static share shares[MAX_THREADS];
static APART atomic_int job;     // counts the jobs, for waiting on
static APART atomic_int sleepers;
static APART atomic_int finished;  // parts of the current job that are done

static _Thread_local int impatient;

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

// Claims and runs parts of one share until none is left.
static void work_on(share *from, int worker) {
    int done = 0;
    uint64_t seen = atomic_load_explicit(&from->range, memory_order_acquire);
    for (;;) {
        uint32_t part = (uint32_t)(seen >> PART_BITS) & PART_MASK;
        if (part >= ((uint32_t)seen & PART_MASK) || (uint64_t)worker >= seen >> 2 * PART_BITS) break;
        if (!atomic_compare_exchange_weak_explicit(&from->range, &seen, seen + (1u << PART_BITS),
                                                   memory_order_acq_rel, memory_order_acquire))
            continue;
        mk_part body = atomic_load_explicit(&from->body, memory_order_relaxed);
        void *context = atomic_load_explicit(&from->context, memory_order_relaxed);
        body(context, atomic_load_explicit(&from->first, memory_order_relaxed) + (int)part, worker);
        done++;
        seen = atomic_load_explicit(&from->range, memory_order_acquire);
    }
    if (done > 0) atomic_fetch_add_explicit(&finished, done, memory_order_release);
}

// Its own share first, then what the next ones have left.
static void work(int worker, int threads) {
    for (int i = 0; i < threads; i++) work_on(&shares[(worker + i) % threads], worker);
}

static void *worker_main(void *argument) {
    int index = (int)(size_t)argument;
    uint32_t seen = first_seen[index];
    for (;;) {
        uint32_t now = seen;
        for (int spin = 1; spin < SPINS; spin++) {
            now = (uint32_t)atomic_load_explicit(&job, memory_order_acquire);
            if (now != seen) break;
            if (spin % YIELD_EVERY == 0) sched_yield();
            else relax();
        }
        while (now == seen) {
            atomic_fetch_add(&sleepers, 1);
            futex_wait(&job, (int)seen);
            atomic_fetch_sub(&sleepers, 1);
            now = (uint32_t)atomic_load_explicit(&job, memory_order_acquire);
        }
        seen = now;
        int threads = wanted;
        if (index < threads) work(index, threads);
    }
    return NULL;
}

// Starts the workers that are missing; where the system gives no more threads, fewer are wanted from then on.
static void start_workers(void) {
    while (started < wanted - 1) {
        first_seen[started + 1] = (uint32_t)atomic_load(&job);
        if (pthread_create(&workers[started], NULL, worker_main, (void *)(size_t)(started + 1)) != 0) {
            wanted = started + 1;
            return;
        }
        pthread_detach(workers[started]);
        started++;
    }
}

int mk_pool_set_threads(int threads) {
    pthread_mutex_lock(&turn);
    if (threads < 1) threads = 1;
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    wanted = threads;
    start_workers();
    int granted = wanted;
    pthread_mutex_unlock(&turn);
    return granted;
}

int mk_pool_threads(void) { return wanted; }

int mk_pool_threads_max(void) { return MAX_THREADS; }

void mk_pool_set_impatient(int value) { impatient = value; }

static void run_shared(mk_part body, void *context, int first, int count, int threads) {
    atomic_store_explicit(&finished, 0, memory_order_relaxed);
    for (int i = 0; i < threads; i++) {
        share *to = &shares[i];
        uint64_t next = (uint64_t)((int64_t)count * i / threads), end = (uint64_t)((int64_t)count * (i + 1) / threads);
        atomic_store_explicit(&to->body, body, memory_order_relaxed);
        atomic_store_explicit(&to->context, context, memory_order_relaxed);
        atomic_store_explicit(&to->first, first, memory_order_relaxed);
        atomic_store_explicit(&to->range, (uint64_t)threads << 2 * PART_BITS | next << PART_BITS | end,
                              memory_order_release);
    }
    atomic_fetch_add(&job, 1);
    if (atomic_load(&sleepers) > 0) futex_wake(&job);
    work(0, threads);
    for (int spin = 1; atomic_load_explicit(&finished, memory_order_acquire) != count; spin++) {
        if (spin % YIELD_EVERY == 0) sched_yield();
        else relax();
    }
}

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
    int threads = wanted;
    for (int first = 0; first < parts; first += PARTS_AT_ONCE) {
        int count = parts - first < PARTS_AT_ONCE ? parts - first : PARTS_AT_ONCE;
        run_shared(body, context, first, count, threads);
    }
    pthread_mutex_unlock(&turn);
}
