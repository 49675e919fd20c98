// What the program makes of the process it is given, before anything else of it runs: standard descriptors,
// signals, the stack, the environment of libraries. It prints nothing and knows no command's work.
#pragma once

/// Whether a standard descriptor (0, 1, 2) was closed when the program began; it is /dev/null since then.
int start_was_closed(int descriptor);
/// Bytes of stack that the main thread may have; -1 without a limit.
long start_stack_bytes(void);
/// Processors that this process may run on; 0 when the system does not tell.
int start_processors(void);
/// Whether so many further threads can run at once. They are started for that, and end.
int start_can_run_threads(int count);
/// Lets hang-ups, interrupts and requests to end through that came since the start and were held back.
void start_release_signals(void);
/// Sets the environment of libraries that are opened later. Not before the words of the command line were read:
/// Swift's runtime finds them beside the environment that the process was given, and a changed one lies elsewhere.
void start_settle_environment(void);
