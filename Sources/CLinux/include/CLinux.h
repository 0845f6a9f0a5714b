// SPDX-License-Identifier: Apache-2.0
//
// The parts of Linux that Swift's Glibc module does not import, such as epoll, eventfd, futex and
// signalfd; and what can be said in C only: thread-local words, a clock that is read without a call,
// and functions with the calling convention of Swift's async code.
// _GNU_SOURCE is not defined on purpose: with it, fd_set clashes with Glibc's module.

#ifndef POOLTOP_CLINUX_H
#define POOLTOP_CLINUX_H

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

long syscall(long number, ...);

/// For how long the clock has stood still; or, with the highest bit, the time at which it does so.
extern _Atomic uint64_t clinux_clock_word;

#define CLINUX_CLOCK_STANDS (UINT64_C(1) << 63)
/// It is just being stopped: nobody reads a time that is later than the one at which it will stand.
#define CLINUX_CLOCK_CHANGES UINT64_MAX

static inline uint64_t clinux_clock_ns(clockid_t clock) {
    for (;;) {
        // Acquiring, both; they pair with the releasing stores in clinux.c. With the same word on
        // either side of the call, the clock has not stood still in between.
        uint64_t word = atomic_load_explicit(&clinux_clock_word, memory_order_acquire);
        if (word == CLINUX_CLOCK_CHANGES) continue;
        if (word & CLINUX_CLOCK_STANDS) return word & ~CLINUX_CLOCK_STANDS;
        struct timespec ts;
        clock_gettime(clock, &ts);
        uint64_t now = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
        if (atomic_load_explicit(&clinux_clock_word, memory_order_acquire) == word) {
            return now - word;
        }
    }
}

/// Nanoseconds of CLOCK_MONOTONIC, less the time for which the clock has stood still.
static inline uint64_t clinux_monotonic_ns(void) { return clinux_clock_ns(CLOCK_MONOTONIC); }

/// The same clock as of the last tick of the kernel, some milliseconds ago; a fifth of the cost.
static inline uint64_t clinux_monotonic_coarse_ns(void) {
    return clinux_clock_ns(CLOCK_MONOTONIC_COARSE);
}

/// Nanoseconds of CLOCK_MONOTONIC itself.
static inline uint64_t clinux_real_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline int clinux_clock_stands(void) {
    return (atomic_load_explicit(&clinux_clock_word, memory_order_seq_cst) & CLINUX_CLOCK_STANDS) != 0;
}

/// Lets the clock stand still until as many calls of clinux_release_clock have followed.
void clinux_hold_clock(void);

/// Takes back one hold; after the last the clock goes on from where it stands.
void clinux_release_clock(void);

/// Nanoseconds of processor time used by the calling thread.
static inline uint64_t clinux_thread_cpu_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/// Nanoseconds of processor time used by the whole process.
static inline uint64_t clinux_process_cpu_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline struct timespec clinux_timespec(int64_t ns) {
    struct timespec ts = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return ts;
}

/// Sleeps while *word == expected, at most timeout_ns (negative: for ever). Returns 0 or -errno.
static inline int clinux_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
    struct timespec ts = clinux_timespec(timeout_ns < 0 ? 0 : timeout_ns);
    long r = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? NULL : &ts,
                     NULL, 0);
    return r == 0 ? 0 : -errno;
}

static inline int clinux_futex_wake(const void *word, int count) {
    long r = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
    return r >= 0 ? (int)r : -errno;
}

/// Corresponds to epoll_wait(2) and, for a timeout below a millisecond's multiple, epoll_pwait2(2).
/// A negative timeout waits for ever. Returns a count or -errno.
int clinux_epoll_wait(int epfd, struct epoll_event *events, int capacity, int64_t timeout_ns);

static inline int clinux_epoll_ctl(int epfd, int op, int fd, uint32_t events, uint64_t data) {
    struct epoll_event ev = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epfd, op, fd, &ev) == 0 ? 0 : -errno;
}

static inline uint32_t clinux_event_flags(const struct epoll_event *event) { return event->events; }
static inline uint64_t clinux_event_data(const struct epoll_event *event) { return event->data.u64; }

static const uint32_t clinux_epollin = EPOLLIN;
static const uint32_t clinux_epollout = EPOLLOUT;
static const uint32_t clinux_epollerr = EPOLLERR;
static const uint32_t clinux_epollhup = EPOLLHUP;
static const uint32_t clinux_epollrdhup = EPOLLRDHUP;
static const uint32_t clinux_epollet = EPOLLET;

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. Returns a descriptor or -errno.
int clinux_accept(int fd);

/// pipe2(2) with O_CLOEXEC. Returns 0 or -errno.
int clinux_pipe(int *reading, int *writing);

/// Starts this same executable with the descriptors as its standard input and output; words holds
/// count words, each ending in NUL. The child takes no signal mask and no handlers from its parent.
/// Returns 0 or an error number.
int clinux_spawn_self(const char *words, int count, int input, int output, pid_t *child);

/// Has the kernel kill the calling process when the thread that started it ends. Returns whether
/// its parent is still that one.
int clinux_die_with_parent(pid_t parent);

/// Asks the processor for the cache line of the address, to be written. Nothing waits for it, and no
/// address is wrong.
static inline void clinux_prefetch(const void *address) {
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
    __builtin_prefetch(address, 1);
#endif
}

/// Two words for each thread: a pointer to what Swift keeps about the thread, and who keeps it.
extern __thread void *clinux_thread_word;
extern __thread uint64_t clinux_thread_owner;
static inline void *clinux_get_thread_word(void) { return clinux_thread_word; }
static inline uint64_t clinux_get_thread_owner(void) { return clinux_thread_owner; }
static inline void clinux_set_thread_word(void *word, uint64_t owner) {
    clinux_thread_word = word;
    clinux_thread_owner = owner;
}

/// Calls action(argument) once, when the calling thread ends. Returns 0 or an error number.
int clinux_at_thread_end(void (*action)(void *), void *argument);

/// The argument of the calling thread's action, or NULL where it has none.
void *clinux_get_end_argument(void);

/// Adds to the calling thread's count of held locks and returns the sum (debug builds use it).
extern __thread int clinux_lock_depth;
static inline int clinux_lock_depth_add(int delta) { return clinux_lock_depth += delta; }

/// Gives the calling thread the policy SCHED_BATCH. Returns 0 or an error number.
int clinux_prefer_throughput(void);

/// Of Swift's standard library: the object lives for ever, and references to it are not counted.
void _swift_stdlib_immortalize(void *object);

/// Of Swift's standard library: a mangled name as people write it, to be freed; NULL for other names.
char *swift_demangle(const char *name, size_t length, char *buffer, size_t *buffer_bytes,
                     uint32_t flags);

/// Of Swift's concurrency runtime: the task that runs on the calling thread, or NULL.
void *swift_task_getCurrent(void) __attribute__((swiftcall));

/// Of Swift's concurrency runtime: where the value is that the task which runs on the calling thread, or
/// one that it came from, has bound to a TaskLocal, whose address is the key; NULL where none has.
void *swift_task_localValueGet(const void *key) __attribute__((swiftcall));

/// Called with the address of a task.
typedef void (*clinux_task_action)(uintptr_t task);

/// From here on action is called at the end of each task that is watched, on its thread: its body has
/// returned, and nobody who waits for it knows yet. Before the first task is watched.
void clinux_on_task_end(clinux_task_action action);

/// Watches the end of the task whose first context this is; the caller has the task for itself.
/// Returns whether it is watched now: not if it ends in a way that no task before did, of more than
/// eight.
bool clinux_watch_task_end(uintptr_t first_context);

/// Calls action(word) when the task that runs on the calling thread is cancelled: at once, if it has
/// been already. What is returned is to be given to clinux_unwatch_cancellation before the function
/// that has called this one ends. The same as withTaskCancellationHandler, without frames of its own.
void *clinux_watch_cancellation(void (*action)(uint64_t word), uint64_t word);

/// The action is not called from here on; where it is being called, its end is waited for.
void clinux_unwatch_cancellation(void *watch);

/// A number that no other thread of the process has, given at first use.
uint32_t clinux_thread_number(void);

static inline int clinux_gettid(void) { return (int)syscall(SYS_gettid); }

/// Where the executable was loaded.
uintptr_t clinux_executable_base(void);

/// Calls body(argument) while the calling thread can handle signals even if its stack overflows.
void clinux_with_signal_stack(void (*body)(void *), void *argument);

/// Joins a thread, waiting at most timeout_ns. Returns 0, or an error number such as ETIMEDOUT.
int clinux_join(pthread_t thread, int64_t timeout_ns);

/// Logical processors that this process may run on.
int clinux_processor_count(void);

/// Sets the calling thread's name as ps and /proc show it. At most 15 bytes.
int clinux_set_thread_name(const char *name);

static inline void clinux_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
