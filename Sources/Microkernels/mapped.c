// The handler of SIGBUS and the table of watched mappings. Everything the handler touches is atomic or
// written before it is installed; mmap in a handler is a plain system call on Linux. See mapped.h.
#define _GNU_SOURCE
#include "mapped.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_MAPPINGS = 65536 };  // as many as Linux gives a process

static struct {
    atomic_int taken;
    atomic_size_t bytes;  // 0 while the entry is not in use: it is written last
    atomic_uintptr_t start;
    atomic_int lost;
} mappings[MAX_MAPPINGS];

static atomic_uint next_place;  // where a free entry is likely

static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction first;  // what stood there before the program
static struct sigaction above;  // a handler that came after ours, such as that of the terminal
static int has_first = 0;
static atomic_int has_above;
static uintptr_t page = 4096;

/// Replaces the rest of the mapping, from the lost page on; 0 when the address is not ours.
static int replace(uintptr_t address) {
    for (int i = 0; i < MAX_MAPPINGS; i++) {
        size_t bytes = atomic_load_explicit(&mappings[i].bytes, memory_order_acquire);
        uintptr_t start = atomic_load_explicit(&mappings[i].start, memory_order_relaxed);
        if (bytes == 0 || address < start || address - start >= bytes) continue;
        uintptr_t from = address & ~(page - 1);
        void *zeros = mmap((void *)from, start + bytes - from, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros == MAP_FAILED) return 0;
        atomic_store_explicit(&mappings[i].lost, 1, memory_order_release);
        return 1;
    }
    return 0;
}

static void on_bus_error(int number, siginfo_t *info, void *context) {
    (void)context;
    // Addresses come with faults only, not with signals that someone sent.
    if (info->si_code > 0 && replace((uintptr_t)info->si_addr)) return;
    sigaction(number, atomic_exchange(&has_above, 0) ? &above : &first, NULL);
    // A fault happens again on return; a signal that was sent must be sent again.
    if (info->si_code <= 0) raise(number);
}

void mk_mapped_guard(void) {
    pthread_mutex_lock(&installing);
    struct sigaction now;
    int is_ours = sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
                  now.sa_sigaction == on_bus_error;
    if (!is_ours) {
        if (has_first) {
            above = now;
            atomic_store(&has_above, 1);
        } else {
            first = now;
            has_first = 1;
            page = (uintptr_t)sysconf(_SC_PAGESIZE);
        }
        struct sigaction ours;
        memset(&ours, 0, sizeof ours);
        sigemptyset(&ours.sa_mask);
        ours.sa_sigaction = on_bus_error;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGBUS, &ours, NULL);
    }
    pthread_mutex_unlock(&installing);
}

int mk_mapped_watch(const void *start, size_t bytes) {
    if (bytes == 0) return -1;
    mk_mapped_guard();
    unsigned first_place = atomic_fetch_add(&next_place, 1);
    for (int n = 0; n < MAX_MAPPINGS; n++) {
        int i = (int)((first_place + (unsigned)n) % MAX_MAPPINGS);
        int free = 0;
        if (!atomic_compare_exchange_strong(&mappings[i].taken, &free, 1)) continue;
        atomic_store_explicit(&mappings[i].lost, 0, memory_order_relaxed);
        atomic_store_explicit(&mappings[i].start, (uintptr_t)start, memory_order_relaxed);
        atomic_store_explicit(&mappings[i].bytes, bytes, memory_order_release);
        return i;
    }
    return -1;
}

void mk_mapped_forget(int number) {
    if (number < 0) return;
    atomic_store_explicit(&mappings[number].bytes, 0, memory_order_release);
    atomic_store_explicit(&mappings[number].taken, 0, memory_order_release);
}

int mk_mapped_is_lost(int number) {
    return number >= 0 && atomic_load_explicit(&mappings[number].lost, memory_order_acquire);
}
