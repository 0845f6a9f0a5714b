// SPDX-License-Identifier: Apache-2.0
//
// ncursesw for Swift.
//
// Swift does not import ncurses' macros and variadic functions, and its global variables are
// unsafe there. So what is needed is wrapped: mostly inline here, and in the .c files what wants
// definitions that a header must not make.
//
// ncurses never sees the terminal. It writes into a memory file, from which a whole frame goes to
// the terminal in one write; on its own it writes at every cursor movement.

#ifndef CNCURSES_H
#define CNCURSES_H

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

enum {
    CN_BOLD = 1,
    CN_DIM = 2,
    CN_REVERSE = 4,
    CN_UNDERLINE = 8,
};

/// An anonymous file in memory, closed on exec; -1 with errno. Corresponds to `memfd_create(2)`.
int cn_memory_file(const char *name);

/// Gives back the memory of a part of a file. Corresponds to `fallocate(2)`.
void cn_make_hole(int file, off_t offset, off_t count);

/// Starts ncurses for a terminal type; its output goes to `memory`. It reads no input. `size` is the
/// window's, as `cn_terminal_size` tells it.
///
/// Both descriptors stay the caller's. False if the type is unknown. One screen at a time.
bool cn_screen_open(const char *term, int memory, int input, uint32_t size);

/// Gives back what `cn_screen_open` took; writes nothing.
void cn_screen_close(void);

/// Descriptor from which INT, TERM, HUP, QUIT, WINCH, TSTP and CONT are read; -1 with errno.
int cn_signal_descriptor(void);

/// Blocks these signals in the calling thread and in all threads that it starts from now on.
void cn_signals_block(void);

/// The next signal taken from the descriptor; 0 if there is none.
int cn_signal_next(int descriptor);

/// Stops the process as an unhandled SIGTSTP does; returns when it is continued.
void cn_stop_process(void);

/// Columns and rows of a terminal, as columns * 65536 + rows; 0 if it does not say.
uint32_t cn_terminal_size(int terminal);

/// Whether the locale of the environment writes UTF-8.
bool cn_locale_is_utf8(void);

/// What a crash has to undo. All descriptors stay open until `cn_crash_disarm`.
///
/// - `terminal`: where `bytes` go; `modes` are set on it.
/// - `captured`, `errors`: text collected in the file `captured` is copied to `errors`, which is
///   made descriptor 2 again; -1 for none.
void cn_crash_arm(int terminal, const struct termios *modes, const uint8_t *bytes, size_t count,
                  int captured, int errors);

/// Text captured before `offset`, of so many lines, is gone: a crash copies what comes behind it.
void cn_crash_captured_from(off_t offset, long line_count);

/// From now on a crash leaves the terminal alone.
void cn_crash_disarm(void);

/// Handles ILL, TRAP, SEGV, BUS, FPE and ABRT, once a process; and exit() while armed.
void cn_crash_install(void);

/// Lets the calling thread handle a crash even when its stack has overflowed.
void cn_crash_use_alternate_stack(void);

/// The bytes of a terminfo capability without padding; the count, or 0 if there is none.
size_t cn_capability(const char *name, uint8_t *bytes, size_t capacity);

/// The bytes that let all lines of a window scroll, none where the terminal cannot be told.
size_t cn_scrolling_lines(int count, uint8_t *bytes, size_t capacity);

/// Whether a terminfo capability is there, be it a flag, a number or a string.
bool cn_capability_is_set(const char *name);

static inline bool cn_colors_possible(void) { return has_colors(); }

/// Colours and pairs, known once `cn_start_color` has been called.
static inline int cn_colors(void) { return COLORS; }

static inline int cn_pairs(void) { return COLOR_PAIRS; }

static inline void cn_start_color(void) {
    start_color();
    use_default_colors();
}

/// Two colours as a pair; -1 is the terminal's own.
static inline void cn_define_pair(int pair, int color, int background) {
    init_extended_pair(pair, color, background);
}

/// Puts one character into ncurses' picture of the screen.
static inline void cn_put(int row, int column, uint32_t scalar, unsigned look, int pair) {
    wchar_t text[2] = {(wchar_t)scalar, 0};
    cchar_t cell;
    attr_t attributes = A_NORMAL;
    if (look & CN_BOLD) attributes |= A_BOLD;
    if (look & CN_DIM) attributes |= A_DIM;
    if (look & CN_REVERSE) attributes |= A_REVERSE;
    if (look & CN_UNDERLINE) attributes |= A_UNDERLINE;
    setcchar(&cell, text, attributes, (short)pair, NULL);
    mvadd_wch(row, column, &cell);
}

/// Writes what has changed to the memory file.
void cn_flush(void);

/// The next `cn_flush` paints everything.
static inline void cn_forget(void) { clearok(stdscr, TRUE); }

/// The window has another size; the next `cn_flush` has to paint everything.
static inline void cn_resize(int rows, int columns) { resize_term(rows, columns); }

/// Writes what ends the full screen to the memory file; the next `cn_flush` begins it again.
static inline void cn_end(void) { endwin(); }

#endif
