#include "io/inp_reader.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LINES = 20 }; /* SWMM keeps three */

/* [TITLE]: lines as they are, joined by newlines. */
tw_status tw_inp_title_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (inp->title_lines++ >= MOST_LINES) return TW_OK;
    const char *line = tw_inp_word(inp, row, 0);
    const char *before = inp->model->title;
    size_t used = before != NULL ? strlen(before) + 1 : 0;
    size_t length = strlen(line);
    char *title = tw_arena_alloc(&inp->model->arena, used + length + 1, 1);
    if (title == NULL) return TW_ERR_NOMEM;
    if (before != NULL) snprintf(title, used + 1, "%s\n", before);
    memcpy(title + used, line, length + 1);
    inp->model->title = title;
    return TW_OK;
}
