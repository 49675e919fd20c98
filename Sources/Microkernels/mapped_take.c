// A mapped file's bytes in memory of our own: pages of a file are 4 KiB each, so that reading a gigabyte waits
// for a quarter of a million address translations; on huge pages for five hundred. See mapped.h.
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mapped.h"
#include "pool.h"

static const size_t HUGE = (size_t)2 << 20;

/// Address space for so many bytes from a boundary of huge pages on; NULL when there is none.
static char *reserve(size_t bytes, int protection) {
    char *area = mmap(NULL, bytes + HUGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) return NULL;
    size_t before = (HUGE - (uintptr_t)area % HUGE) % HUGE;
    if (before > 0) munmap(area, before);
    munmap(area + before + bytes, HUGE - before);
    return area + before;
}

static size_t whole_pages(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

void *mk_mapped_open(int descriptor, size_t bytes) {
    char *place = bytes < HUGE ? NULL : reserve(whole_pages(bytes), PROT_NONE);
    if (!place) return mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    void *mapped = mmap(place, bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        int why = errno;
        munmap(place, whole_pages(bytes));
        errno = why;
    }
    return mapped;
}

typedef struct {
    char *memory;
    size_t bytes;
    int descriptor;
    atomic_int failed;
} Reading;

/// Reads one huge page.
static void read_part(void *context, int part, int worker) {
    (void)worker;
    Reading *r = context;
    size_t at = (size_t)part * HUGE, end = at + HUGE < r->bytes ? at + HUGE : r->bytes;
    while (at < end && !atomic_load(&r->failed)) {
        ssize_t count = pread(r->descriptor, r->memory + at, end - at, (off_t)at);
        if (count > 0) at += (size_t)count;
        else if (count == 0 || errno != EINTR) atomic_store(&r->failed, 1);
    }
}

int mk_mapped_take(void *start, size_t bytes, int descriptor) {
    size_t whole = whole_pages(bytes);
    if (bytes < HUGE || (uintptr_t)start % HUGE != 0 || bytes / HUGE >= INT32_MAX) return 0;
    Reading r = {reserve(whole, PROT_READ | PROT_WRITE), bytes, descriptor, 0};
    if (!r.memory) return 0;
    madvise(r.memory, whole, MADV_HUGEPAGE);
    mk_pool_run(read_part, &r, (int)((bytes + HUGE - 1) / HUGE));
    if (!atomic_load(&r.failed) && mprotect(r.memory, whole, PROT_READ) == 0 &&
        mremap(r.memory, whole, whole, MREMAP_MAYMOVE | MREMAP_FIXED, start) != MAP_FAILED)
        return 1;
    munmap(r.memory, whole);
    return 0;
}
