// Keeps the process alive when a mapped file shrinks or its disk fails while it is read: the lost pages
// read as zeros from then on, and the mapping says so when it is asked.
#pragma once
#include <stddef.h>

/// Watches a read-only mapping of a file; returns its number, or -1 when there are too many.
int mk_mapped_watch(const void *start, size_t bytes);
/// Forgets a mapping; to be called before it is unmapped.
void mk_mapped_forget(int number);
/// Whether a part of the mapping could not be read and was replaced by zeros.
int mk_mapped_is_lost(int number);
/// Puts the handler of SIGBUS in front of whatever is installed now; doing it again is harmless.
void mk_mapped_guard(void);

/// Maps a file of so many bytes for reading, larger ones from a boundary of huge pages on. MAP_FAILED as mmap.
void *mk_mapped_open(int descriptor, size_t bytes);
/// Reads the mapped file into memory on huge pages and puts that in the mapping's place, at the same
/// addresses; nobody may read them meanwhile. Returns 0, with the mapping as it was, when that cannot be done.
int mk_mapped_take(void *start, size_t bytes, int descriptor);
