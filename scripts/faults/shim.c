/* Stands between the program and the C library (LD_PRELOAD) and counts the calls that concern files below a
 * folder. The n-th of them fails, or the process is killed before it. It knows nothing of Workbench.
 *
 *   FAULT_UNDER  a part of the paths that count
 *   FAULT_TRACE  a file that gets one letter for each call, for a first run without a fault
 *   FAULT_AT     the number of the call, from 1
 *   FAULT_DO     "kill", "short" (a write takes half of its bytes), or an errno
 *
 * The program is linked to libc dynamically, so all calls of the Swift runtime and Foundation come by. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *under;
static long wanted = -1;
static int action; /* 0 none, -1 kill, -2 short, else an errno */
static int trace = -1;
static atomic_long count;

__attribute__((constructor)) static void start(void) {
    const char *at = getenv("FAULT_AT"), *what = getenv("FAULT_DO"), *file = getenv("FAULT_TRACE");
    under = getenv("FAULT_UNDER");
    if (at) wanted = atol(at);
    if (what) action = !strcmp(what, "kill") ? -1 : !strcmp(what, "short") ? -2 : atoi(what);
    if (file) trace = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int concerns(const char *path, int fd) {
    char link[40], target[4096];
    if (!under) return 0;
    if (!path) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        long length = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target - 1);
        if (length <= 0) return 0;
        target[length] = 0;
        path = target;
    }
    return strstr(path, under) != NULL;
}

/* What becomes of this call: 0 as usual, -2 a short write, else the errno that it fails with. */
static int fate(char letter, const char *path, int fd) {
    int saved = errno;
    if (!concerns(path, fd)) {
        errno = saved;
        return 0;
    }
    long number = atomic_fetch_add(&count, 1) + 1;
    if (trace >= 0) syscall(SYS_write, trace, &letter, 1);
    errno = saved;
    if (number != wanted) return 0;
    if (action == -1) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    return action == -2 && letter != 'w' ? 0 : action;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(letter, path, fd, failed) \
    int code = fate(letter, path, fd); \
    if (code > 0) { errno = code; return failed; }

ssize_t write(int fd, const void *bytes, size_t size) {
    NEXT(write);
    FAIL('w', NULL, fd, -1)
    return next(fd, bytes, code == -2 && size > 1 ? size / 2 : size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t place) {
    NEXT(pwrite);
    FAIL('w', NULL, fd, -1)
    return next(fd, bytes, code == -2 && size > 1 ? size / 2 : size, place);
}
ssize_t read(int fd, void *bytes, size_t size) { NEXT(read); FAIL('r', NULL, fd, -1) return next(fd, bytes, size); }
ssize_t pread(int fd, void *bytes, size_t size, off_t place) { NEXT(pread); FAIL('r', NULL, fd, -1) return next(fd, bytes, size, place); }
int fsync(int fd) { NEXT(fsync); FAIL('s', NULL, fd, -1) return next(fd); }
int ftruncate(int fd, off_t size) { NEXT(ftruncate); FAIL('t', NULL, fd, -1) return next(fd, size); }
int fstat(int fd, struct stat *status) { NEXT(fstat); FAIL('f', NULL, fd, -1) return next(fd, status); }
int mkdir(const char *path, mode_t mode) { NEXT(mkdir); FAIL('d', path, -1, -1) return next(path, mode); }
int rmdir(const char *path) { NEXT(rmdir); FAIL('u', path, -1, -1) return next(path); }
int unlink(const char *path) { NEXT(unlink); FAIL('u', path, -1, -1) return next(path); }
int rename(const char *old, const char *new) { NEXT(rename); FAIL('n', new, -1, -1) return next(old, new); }
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    NEXT(renameat2);
    FAIL('n', new, -1, -1)
    return next(from, old, to, new, flags);
}
void *mmap(void *place, size_t size, int protection, int flags, int fd, off_t offset) {
    NEXT(mmap);
    if (fd >= 0) { FAIL('m', NULL, fd, MAP_FAILED) }
    return next(place, size, protection, flags, fd, offset);
}
int close(int fd) {
    NEXT(close);
    int code = fate('c', NULL, fd);
    int result = next(fd); /* The descriptor is gone all the same. */
    if (code <= 0) return result;
    errno = code;
    return -1;
}
static int open_at(int folder, const char *path, int flags, mode_t mode) {
    static int (*next)(int, const char *, int, ...);
    if (!next) next = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat");
    FAIL('o', path, -1, -1)
    return next(folder, path, flags, mode);
}
#define WITH_MODE \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more)
int open(const char *path, int flags, ...) { WITH_MODE; return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { WITH_MODE; return open_at(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { WITH_MODE; return open_at(folder, path, flags, mode); }
