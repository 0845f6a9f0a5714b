// SPDX-License-Identifier: Apache-2.0
//
// Gives the terminal back when the process crashes.
//
// The handler may interrupt anything, ncurses and malloc included. So it calls async-signal-safe
// functions only, and all it needs lies ready: the bytes, the modes, the descriptors. Afterwards
// the signal takes its default action, so that exit status and core file are those of the crash.

#define _GNU_SOURCE
#include "CNCurses.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { alternate_stack_size = 64 * 1024, write_patience_ms = 200 };

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

static atomic_bool armed, crashing;
static int terminal_fd, captured_fd, errors_fd;
static _Atomic off_t captured_from;
static atomic_long lost_line_count;
static struct termios saved_modes;
static uint8_t restoring[512];
static size_t restoring_count;

static void write_all(int fd, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            if (poll(&ready, 1, write_patience_ms) <= 0) return;
        } else if (written == 0 || errno != EINTR) {
            return;
        }
    }
}

static void write_text(const char *text) { write_all(2, (const uint8_t *)text, strlen(text)); }

static void write_lost_lines(void) {
    long count = atomic_load(&lost_line_count);
    if (count == 0) return;
    char digits[24], *first = digits + sizeof digits;
    *--first = 0;
    for (; count > 0; count /= 10) *--first = (char)('0' + count % 10);
    write_text(first);
    write_text(" earlier lines of standard error were not kept.\n");
}

static const char *name_of(int number) {
    switch (number) {
    case SIGILL: return "SIGILL";
    case SIGTRAP: return "SIGTRAP";
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    default: return "SIGABRT";
    }
}

// The shell names the signal at best; which thread it was tells most of a pool's crash.
static void report(int number) {
    char thread[16] = "";
    prctl(PR_GET_NAME, thread);
    write_text("pooltop crashed: ");
    write_text(name_of(number));
    write_text(" in the thread ");
    write_text(thread);
    write_text(".\n");
}

static void restore(void) {
    if (!atomic_exchange(&armed, false)) return;
    write_all(terminal_fd, restoring, restoring_count);
    tcsetattr(terminal_fd, TCSANOW, &saved_modes);
    if (captured_fd < 0) return;
    dup2(errors_fd, 2);
    write_lost_lines();
    uint8_t buffer[1024];
    off_t offset = atomic_load(&captured_from);
    ssize_t count;
    while ((count = pread(captured_fd, buffer, sizeof buffer, offset)) > 0) {
        write_all(2, buffer, (size_t)count);
        offset += count;
    }
}

static void handle_crash(int number) {
    // Another thread is at it already and will end the process.
    while (atomic_exchange(&crashing, true)) pause();
    const bool had_screen = atomic_load(&armed);
    restore();
    if (had_screen) report(number);
    signal(number, SIG_DFL);
    // It is blocked here and takes effect on return.
    raise(number);
}

void cn_crash_arm(int terminal, const struct termios *modes, const uint8_t *bytes, size_t count,
                  int captured, int errors) {
    atomic_store(&armed, false);
    terminal_fd = terminal;
    saved_modes = *modes;
    restoring_count = count < sizeof restoring ? count : sizeof restoring;
    memcpy(restoring, bytes, restoring_count);
    captured_fd = captured;
    errors_fd = errors;
    cn_crash_captured_from(0, 0);
    atomic_store(&armed, true);
}

void cn_crash_captured_from(off_t offset, long line_count) {
    atomic_store(&captured_from, offset);
    atomic_store(&lost_line_count, line_count);
}

void cn_crash_disarm(void) { atomic_store(&armed, false); }

static void install(void) {
    const size_t count = sizeof crashes / sizeof *crashes;
    struct sigaction action = {.sa_handler = handle_crash, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    // A fault in the handler itself finds its signal blocked, and the kernel ends the process.
    for (size_t index = 0; index < count; index++) sigaddset(&action.sa_mask, crashes[index]);
    for (size_t index = 0; index < count; index++) sigaction(crashes[index], &action, NULL);
    atexit(restore);
}

void cn_crash_install(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}

void cn_crash_use_alternate_stack(void) {
    stack_t present;
    if (sigaltstack(NULL, &present) == 0 && !(present.ss_flags & SS_DISABLE)) return;
    void *memory = mmap(NULL, alternate_stack_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t stack = {.ss_sp = memory, .ss_size = alternate_stack_size};
    sigaltstack(&stack, NULL);
}
