// One word holds the job's number and its next part, so a part is claimed by comparing and swapping:
// a worker that comes late finds another job's number and takes nothing. The caller waits for parts,
// not for workers, so a busy neighbour on one core costs what it holds at that moment and no more.
// See pool.h.
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
#define CLOSED 0x7fffffffu  // a part number beyond all parts

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_t workers[MAX_THREADS];
static uint32_t first_seen[MAX_THREADS];  // the job at each worker's creation: older ones are not its own
static int started = 0;  // worker threads alive, without the caller
static atomic_int wanted = 1;  // threads in use, with the caller; written in a turn only

static _Alignas(64) _Atomic uint64_t ticket = CLOSED;  // job number << 32 | next part
static _Alignas(64) atomic_int job;                    // the same job number, for sleeping on
static _Alignas(64) atomic_int sleepers;
static _Alignas(64) atomic_int finished;  // parts of the current job that are done

static _Thread_local int impatient;

// Of the current job; written only while the ticket is closed.
static _Atomic(mk_part) job_body;
static _Atomic(void *) job_context;
static atomic_int job_parts;
static atomic_int job_threads;

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

// Claims and runs parts of job `number` until none is left.
static void work(uint32_t number, int worker) {
    for (;;) {
        uint64_t seen = atomic_load_explicit(&ticket, memory_order_acquire);
        mk_part body = atomic_load_explicit(&job_body, memory_order_relaxed);
        void *context = atomic_load_explicit(&job_context, memory_order_relaxed);
        int parts = atomic_load_explicit(&job_parts, memory_order_relaxed);
        int threads = atomic_load_explicit(&job_threads, memory_order_relaxed);
        uint32_t part = (uint32_t)seen;
        if ((uint32_t)(seen >> 32) != number || part >= (uint32_t)parts || worker >= threads) return;
        // Success proves that the job was still open, so what was read above is its own.
        atomic_thread_fence(memory_order_acquire);
        if (!atomic_compare_exchange_weak_explicit(&ticket, &seen, seen + 1, memory_order_acq_rel,
                                                   memory_order_relaxed))
            continue;
        body(context, (int)part, worker);
        atomic_fetch_add_explicit(&finished, 1, memory_order_release);
    }
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
        work(now, index);
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
    uint32_t number = (uint32_t)atomic_load(&job) + 1;
    atomic_store_explicit(&ticket, (uint64_t)number << 32 | CLOSED, memory_order_seq_cst);
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&job_body, body, memory_order_relaxed);
    atomic_store_explicit(&job_context, context, memory_order_relaxed);
    atomic_store_explicit(&job_parts, parts, memory_order_relaxed);
    atomic_store_explicit(&job_threads, wanted, memory_order_relaxed);
    atomic_store_explicit(&finished, 0, memory_order_relaxed);
    atomic_store_explicit(&ticket, (uint64_t)number << 32, memory_order_release);
    atomic_store_explicit(&job, (int)number, memory_order_seq_cst);
    if (atomic_load(&sleepers) > 0) futex_wake(&job);
    work(number, 0);
    for (int spin = 1; atomic_load_explicit(&finished, memory_order_acquire) != parts; spin++) {
        if (spin % YIELD_EVERY == 0) sched_yield();
        else relax();
    }
    pthread_mutex_unlock(&turn);
}
