/* Unix sockets as Swift cannot say them: addresses below a folder's descriptor (so that long paths fit
   into the 108 bytes of an address), descriptors handed over, who is at the other end, and a child in a
   session of its own. Knows no messages. All answer -1 with errno on failure. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int cs_address(struct sockaddr_un *address, int folder, const char *name) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    int count = snprintf(
        address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", folder, name);
    if (count > 0 && (size_t)count < sizeof address->sun_path) return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* Hidden by the feature macros that Swift's module of libc is built with. */
#ifndef O_PATH
#define O_PATH 010000000
#endif

/* A folder as a place to name things in; it need not be readable. */
static inline int cs_folder(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }

static inline int cs_fail(int fd) {
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

/* A listening socket in a folder that only this user can open from its first moment on: Linux takes the
   mode of the new file from the socket, not from a later chmod. */
static inline int cs_listen(int folder, const char *name) {
    struct sockaddr_un address;
    if (cs_address(&address, folder, name) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (fchmod(fd, 0600) != 0) return cs_fail(fd);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) return cs_fail(fd);
    if (fchmodat(folder, name, 0600, 0) != 0 || listen(fd, 16) != 0) return cs_fail(fd);
    return fd;
}

static inline int cs_connect(int folder, const char *name) {
    struct sockaddr_un address;
    if (cs_address(&address, folder, name) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return cs_fail(fd);
    return fd;
}

static inline int cs_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* The process and the user at the other end when the connection was made. */
static inline int cs_peer(int fd, int *process, unsigned *user) {
    struct {
        pid_t pid;
        uid_t uid;
        gid_t gid;
    } peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *process = peer.pid;
    *user = peer.uid;
    return 0;
}

/* Sends bytes, with a descriptor unless it is -1. Never blocks, never raises SIGPIPE. */
static inline ssize_t cs_send(int fd, const void *bytes, size_t count, int passed) {
    struct iovec part = {(void *)bytes, count};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &passed, sizeof(int));
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Receives bytes and at most one descriptor (-1 when there is none); surplus ones are closed. */
static inline ssize_t cs_receive(int fd, void *bytes, size_t count, int *passed) {
    struct iovec part = {bytes, count};
    union {
        char bytes[CMSG_SPACE(8 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    *passed = -1;
    ssize_t size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size < 0) return size;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
        size_t surplus = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < surplus; i++) {
            int received;
            memcpy(&received, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
            if (*passed < 0)
                *passed = received;
            else
                close(received);
        }
    }
    return size;
}

/* Two connected ends, closed in other programs. */
static inline int cs_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

/* Starts this program anew in a session of its own, with /dev/null as input, output and errors as here,
   and `channel` as descriptor 3. Signals are as in a fresh process. */
static inline int cs_start_self(char *const arguments[], char *const environment[], int channel) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t child = -1;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    /* A copy onto itself would keep the flag that closes it. */
    posix_spawn_file_actions_adddup2(&actions, channel, 3);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | 0x80 /* SETSID */);
    int code = posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code == 0) return child;
    errno = code;
    return -1;
}

/* How a child ended, if it has: its exit code, or the signal in `number`. 0 while it lives. */
static inline int cs_ended(int child, int *code, int *number) {
    int status = 0;
    pid_t found = waitpid(child, &status, WNOHANG);
    if (found <= 0) return 0;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    *number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 1;
}
