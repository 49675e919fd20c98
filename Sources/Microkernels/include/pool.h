// The one thread pool of the program: workers spin for a moment, then sleep on a futex.
// Work is cut into parts; the caller works too, and each part runs exactly once.
#pragma once

typedef void (*mk_part)(void *context, int part, int worker);

/// Sets the number of threads that share the work, the caller included (1 … mk_pool_threads_max), and starts
/// them. Waits for running work. The answer is how many there are: fewer where the system gives no more.
int mk_pool_set_threads(int threads);
int mk_pool_threads(void);
int mk_pool_threads_max(void);
/// Makes the calling thread do its parts alone whenever another caller has the workers: short answers beside
/// a long training keep their pace.
void mk_pool_set_impatient(int impatient);
/// Runs `body` once for each part in 0 ..< parts; returns when all are done. Calls from several threads
/// take turns. A part must not call mk_pool_run itself.
void mk_pool_run(mk_part body, void *context, int parts);
