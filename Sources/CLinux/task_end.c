// SPDX-License-Identifier: Apache-2.0

#include "CLinux.h"

#include <stdatomic.h>

// The outermost function of a task returns as every async function does: by a tail call of the
// function that its context names. In a task's first context that is one of the concurrency
// runtime's own, which completes the task. Here a watcher takes its place, which tells that the task
// ends and goes on with the function that was there before: with the same two arguments, in the same
// registers, without a frame of its own.
typedef __attribute__((swiftasynccall)) void (*last_function)(
    __attribute__((swift_async_context)) void *context,
    __attribute__((swift_context)) void *error);

// The concurrency runtime has a handful, by whether the task has a closure to release.
enum { variants = 8 };
static _Atomic(last_function) originals[variants];
static _Atomic(clinux_task_action) action;

#define WATCHER(number)                                                                            \
    __attribute__((swiftasynccall)) static void task_ends_##number(                                \
        __attribute__((swift_async_context)) void *context,                                        \
        __attribute__((swift_context)) void *error) {                                              \
        atomic_load_explicit(&action, memory_order_relaxed)((uintptr_t)swift_task_getCurrent());   \
        __attribute__((musttail)) return atomic_load_explicit(&originals[number],                  \
                                                              memory_order_relaxed)(context,       \
                                                                                    error);        \
    }

WATCHER(0)
WATCHER(1)
WATCHER(2)
WATCHER(3)
WATCHER(4)
WATCHER(5)
WATCHER(6)
WATCHER(7)

static const last_function watchers[variants] = {task_ends_0, task_ends_1, task_ends_2, task_ends_3,
                                                 task_ends_4, task_ends_5, task_ends_6, task_ends_7};

void clinux_on_task_end(clinux_task_action new_action) {
    atomic_store_explicit(&action, new_action, memory_order_relaxed);
}

bool clinux_watch_task_end(uintptr_t first_context) {
    last_function *place = (last_function *)(first_context + sizeof(void *));
    last_function last = *place;
    for (int i = 0; i < variants; i++) {
        // Relaxed: an entry is written once, and the reader compares it with a value that it has.
        last_function known = atomic_load_explicit(&originals[i], memory_order_relaxed);
        if (known == NULL) {
            for (int k = 0; k < variants; k++)
                if (watchers[k] == last) return true;
            if (atomic_compare_exchange_strong_explicit(&originals[i], &known, last,
                                                        memory_order_relaxed, memory_order_relaxed))
                known = last;
        }
        if (known == last) {
            *place = watchers[i];
            return true;
        }
        if (watchers[i] == last) return true;
    }
    return false;
}
