// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CLinux.h"

#include <stdatomic.h>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

__thread void *clinux_thread_word = NULL;
__thread uint64_t clinux_thread_owner = 0;
__thread int clinux_lock_depth = 0;

_Atomic uint64_t clinux_clock_word = 0;

// Held for a few instructions; a lock of Swift's would be a lock inside the caller's.
static atomic_flag clock_is_changing = ATOMIC_FLAG_INIT;
static uint32_t clock_holders = 0;

static void begin_clock_change(void) {
    while (atomic_flag_test_and_set_explicit(&clock_is_changing, memory_order_acquire))
        clinux_pause();
}

static void end_clock_change(void) {
    atomic_flag_clear_explicit(&clock_is_changing, memory_order_release);
}

void clinux_hold_clock(void) {
    begin_clock_change();
    if (clock_holders++ == 0) {
        // Readers wait for these few instructions. One that has read a time has seen the word before
        // this exchange, and so an earlier time.
        uint64_t offset = atomic_exchange_explicit(&clinux_clock_word, CLINUX_CLOCK_CHANGES,
                                                   memory_order_acq_rel);
        uint64_t now = clinux_real_ns() - offset;
        atomic_store_explicit(&clinux_clock_word, now | CLINUX_CLOCK_STANDS, memory_order_release);
    }
    end_clock_change();
}

void clinux_release_clock(void) {
    begin_clock_change();
    if (--clock_holders == 0) {
        uint64_t stands_at = clinux_monotonic_ns();
        uint64_t now = clinux_real_ns();
        // Sequentially consistent; see `WorldClock.release`.
        atomic_store_explicit(&clinux_clock_word, now - stands_at, memory_order_seq_cst);
    }
    end_clock_change();
}

static __thread uint32_t thread_number = 0;
static _Atomic uint32_t thread_numbers = 0;

uint32_t clinux_thread_number(void) {
    if (thread_number == 0)
        thread_number = atomic_fetch_add_explicit(&thread_numbers, 1, memory_order_relaxed) + 1;
    return thread_number;
}

int clinux_prefer_throughput(void) {
    struct sched_param parameter = {0};
    return pthread_setschedparam(pthread_self(), SCHED_BATCH, &parameter);
}

static pthread_key_t end_key;
static pthread_once_t end_once = PTHREAD_ONCE_INIT;
static int end_error = 0;
static __thread void (*end_action)(void *) = NULL;

static void thread_ends(void *argument) {
    if (end_action) end_action(argument);
}

static void make_end_key(void) { end_error = pthread_key_create(&end_key, thread_ends); }

int clinux_at_thread_end(void (*action)(void *), void *argument) {
    pthread_once(&end_once, make_end_key);
    if (end_error) return end_error;
    end_action = action;
    return pthread_setspecific(end_key, argument);
}

void *clinux_get_end_argument(void) {
    pthread_once(&end_once, make_end_key);
    return end_error ? NULL : pthread_getspecific(end_key);
}

int clinux_accept(int fd) {
    int r = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return r >= 0 ? r : -errno;
}

int clinux_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

static int first_image(struct dl_phdr_info *info, size_t size, void *base) {
    (void)size;
    // The executable comes first; 1 ends the iteration.
    *(uintptr_t *)base = info->dlpi_addr;
    return 1;
}

uintptr_t clinux_executable_base(void) {
    uintptr_t base = 0;
    dl_iterate_phdr(first_image, &base);
    return base;
}

// ThreadSanitizer knows pthread_timedjoin_np, but not the call with a choice of clock; to it a thread
// joined by that one lives on.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JOIN_CLOCK CLOCK_REALTIME
#define JOIN(thread, until) pthread_timedjoin_np(thread, NULL, until)
#endif
#endif
#ifndef JOIN
#define JOIN_CLOCK CLOCK_MONOTONIC
#define JOIN(thread, until) pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, until)
#endif

int clinux_join(pthread_t thread, int64_t timeout_ns) {
    struct timespec until;
    clock_gettime(JOIN_CLOCK, &until);
    int64_t ns = until.tv_nsec + timeout_ns % 1000000000;
    until.tv_sec += timeout_ns / 1000000000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    return JOIN(thread, &until);
}

int clinux_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int clinux_epoll_wait(int epfd, struct epoll_event *events, int capacity, int64_t timeout_ns) {
    // Waiting for ever or not at all needs no timespec. epoll_pwait2 came with Linux 5.11; before
    // that the timeout is rounded up to a millisecond, which makes timers late, never early.
    static _Atomic int pwait2_missing = 0;
    int r;
    if (timeout_ns <= 0) {
        r = epoll_wait(epfd, events, capacity, timeout_ns < 0 ? -1 : 0);
        return r >= 0 ? r : -errno;
    }
    if (!atomic_load_explicit(&pwait2_missing, memory_order_relaxed)) {
        struct timespec ts = clinux_timespec(timeout_ns);
        r = epoll_pwait2(epfd, events, capacity, &ts, NULL);
        if (r >= 0 || errno != ENOSYS) return r >= 0 ? r : -errno;
        atomic_store_explicit(&pwait2_missing, 1, memory_order_relaxed);
    }
    int64_t ms = (timeout_ns + 999999) / 1000000;
    r = epoll_wait(epfd, events, capacity, ms > 0x7fffffff ? 0x7fffffff : (int)ms);
    return r >= 0 ? r : -errno;
}

__attribute__((noinline)) void clinux_with_signal_stack(void (*body)(void *), void *argument) {
    // Lies above all that body calls, so an overflow, which happens at the far end, leaves it whole;
    // and it goes with the thread's own stack. Untouched pages take no memory.
    char memory[32 * 1024];
    stack_t present, stack = {.ss_sp = memory, .ss_size = sizeof memory};
    // A sanitizer has set one up already, and takes it down itself.
    const int is_ours = sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE)
                        && sigaltstack(&stack, NULL) == 0;
    body(argument);
    if (!is_ours) return;
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
}

int clinux_pipe(int *reading, int *writing) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    *reading = ends[0];
    *writing = ends[1];
    return 0;
}

int clinux_spawn_self(const char *words, int count, int input, int output, pid_t *child) {
    enum { most = 16 };
    char *arguments[most + 1] = {NULL};
    if (count > most) return E2BIG;
    for (int index = 0; index < count; index++) {
        arguments[index] = (char *)words;
        words += strlen(words) + 1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    // What this process has inherited without the mark to close it is not the child's business.
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (error == 0) {
        error = posix_spawn(child, "/proc/self/exe", &actions, &attributes, arguments, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int clinux_die_with_parent(pid_t parent) {
    // The parent may have ended before the kernel knew that this matters.
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

typedef __attribute__((swiftcall)) void (*cancellation_handler)(
    __attribute__((swift_context)) void *context);

// Of Swift's concurrency runtime.
extern void *swift_task_addCancellationHandler(cancellation_handler handler, void *context)
    __attribute__((swiftcall));
extern void swift_task_removeCancellationHandler(void *record) __attribute__((swiftcall));

// One action for the whole process: a handler has one word of its own, and that is the operation's.
static _Atomic(void (*)(uint64_t)) cancellation_action;

static __attribute__((swiftcall)) void cancelled(__attribute__((swift_context)) void *context) {
    void (*action)(uint64_t) = atomic_load_explicit(&cancellation_action, memory_order_relaxed);
    action((uint64_t)(uintptr_t)context);
}

void *clinux_watch_cancellation(void (*action)(uint64_t word), uint64_t word) {
    // Relaxed: it is the same every time, and whoever cancels has seen the handler, which came later.
    atomic_store_explicit(&cancellation_action, action, memory_order_relaxed);
    return swift_task_addCancellationHandler(cancelled, (void *)(uintptr_t)word);
}

void clinux_unwatch_cancellation(void *watch) {
    // NULL where the task had been cancelled before: the runtime expects that.
    swift_task_removeCancellationHandler(watch);
}
