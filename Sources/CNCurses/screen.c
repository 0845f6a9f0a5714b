// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CNCurses.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
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

bool cn_screen_open(const char *term, int memory, int input) {
    setlocale(LC_CTYPE, "");
    // The caller knows the size and sets it; LINES and COLUMNS would freeze it.
    use_env(FALSE);
    // Asks the memory file, which has no size: so that a description without one, such as the Linux
    // console's, gets the usual one. With both switched off ncurses refuses it.
    use_tioctl(TRUE);
    output = open_copy(memory, "w");
    keyboard = open_copy(input, "r");
    if (output != NULL && keyboard != NULL) screen = newterm(term, output, keyboard);
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

size_t cn_capability(const char *name, uint8_t *bytes, size_t capacity) {
    const char *text = tigetstr(name);
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
