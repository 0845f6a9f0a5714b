// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CNCurses.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>

static SCREEN *screen;
static FILE *output;
static FILE *keyboard;
static bool shows_cursor;

void cn_flush(void) {
    if (shows_cursor) move(LINES - 1, COLS - 1);
    refresh();
}

int cn_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

void cn_make_hole(int file, off_t offset, off_t count) {
    fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}

uint32_t cn_terminal_size(int terminal) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return 0;
    return (uint32_t)size.ws_col << 16 | size.ws_row;
}

bool cn_locale_is_utf8(void) {
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static FILE *open_copy(int descriptor, const char *mode) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
    if (file == NULL && copy >= 0) close(copy);
    return file;
}

static void set_variable(const char *name, unsigned value) {
    char text[12];
    snprintf(text, sizeof text, "%u", value);
    setenv(name, text, 1);
}

/// `newterm` for a window of a size.
///
/// ncurses asks the output, which is a file in memory and has no size, and the environment. It must
/// know the size now: it sets the lines that scroll, and in a window that is larger than it
/// believes, no cursor moves down beyond them. Afterwards the environment is as it was; the caller
/// tells each later size.
static SCREEN *open_screen(const char *term, uint32_t size) {
    const char *height = getenv("LINES"), *width = getenv("COLUMNS");
    char *old_height = height ? strdup(height) : NULL, *old_width = width ? strdup(width) : NULL;
    use_env(TRUE);
    use_tioctl(FALSE);
    set_variable("LINES", size & 0xFFFF);
    set_variable("COLUMNS", size >> 16);
    SCREEN *opened = newterm(term, output, keyboard);
    if (old_height) setenv("LINES", old_height, 1); else unsetenv("LINES");
    if (old_width) setenv("COLUMNS", old_width, 1); else unsetenv("COLUMNS");
    free(old_height);
    free(old_width);
    use_env(FALSE);
    return opened;
}

bool cn_screen_open(const char *term, int memory, int input, uint32_t size) {
    setlocale(LC_CTYPE, "");
    output = open_copy(memory, "w");
    keyboard = open_copy(input, "r");
    if (output != NULL && keyboard != NULL) screen = open_screen(term, size);
    const char *address = screen == NULL ? NULL : tigetstr("cup");
    // Without a way to address the cursor, as on `dumb`, there is no full screen.
    if (address == NULL || address == (char *)-1) {
        cn_screen_close();
        return false;
    }
    nonl();
    typeahead(-1);
    // Where the cursor cannot be hidden it stays in the last corner, rather than all over the place.
    shows_cursor = curs_set(0) == ERR;
    leaveok(stdscr, !shows_cursor);
    // What begins a screen, once and for this size, goes to the file before any frame.
    refresh();
    return true;
}

void cn_screen_close(void) {
    if (screen != NULL) delscreen(screen);
    screen = NULL;
    if (output != NULL) fclose(output);
    output = NULL;
    if (keyboard != NULL) fclose(keyboard);
    keyboard = NULL;
}

bool cn_capability_is_set(const char *name) {
    const char *text = tigetstr(name);
    return tigetflag(name) > 0 || tigetnum(name) > 0 || (text != NULL && text != (char *)-1);
}

// Leaves padding out: no terminal that a person still uses needs it.
static size_t unpadded(const char *text, uint8_t *bytes, size_t capacity) {
    if (text == NULL || text == (char *)-1) return 0;
    size_t count = 0;
    while (*text != 0 && count < capacity) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end != NULL) {
            text = end + 1;
        } else {
            bytes[count++] = (uint8_t)*text++;
        }
    }
    return count;
}

size_t cn_capability(const char *name, uint8_t *bytes, size_t capacity) {
    return unpadded(tigetstr(name), bytes, capacity);
}

size_t cn_scrolling_lines(int count, uint8_t *bytes, size_t capacity) {
    const char *region = change_scroll_region;
    if (region == NULL || region == (char *)-1) return 0;
    return unpadded(tparm(region, 0, count - 1, 0, 0, 0, 0, 0, 0, 0), bytes, capacity);
}
