// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CNCurses.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static sigset_t taken(void) {
    sigset_t set;
    sigemptyset(&set);
    const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) {
        sigaddset(&set, signals[index]);
    }
    return set;
}

void cn_signals_block(void) {
    sigset_t set = taken();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cn_signal_descriptor(void) {
    sigset_t set = taken();
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int cn_signal_next(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

void cn_stop_process(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction previous;
    sigset_t stop, mask;
    sigemptyset(&usual.sa_mask);
    sigaction(SIGTSTP, &usual, &previous);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    // The process stops here, when the pending signal gets through.
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &previous, NULL);
}
