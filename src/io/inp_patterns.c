#include "io/inp_reader.h"

/* [PATTERNS]: name kind factor ... in the first row, name factor ... in the rows that follow. */
tw_status tw_inp_pattern_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"MONTHLY", "DAILY", "HOURLY", "WEEKEND", NULL};
    struct tw_patterns *patterns = &inp->model->patterns;
    int32_t pattern = row->object;
    int next = 1;
    if (!tw_inp_need(inp, row, 2)) return TW_OK;
    if (inp->pattern_count[pattern] < 0) {
        if (!tw_inp_choice(inp, row, 1, "the kind", kinds, &patterns->kind[pattern])) return TW_OK;
        inp->pattern_count[pattern] = 0;
        next = 2;
    }
    for (; next < row->count && inp->pattern_count[pattern] < 24; next++) {
        double factor;
        if (!tw_inp_number(inp, row, next, "the factor", &factor)) return TW_OK;
        patterns->factor[pattern][inp->pattern_count[pattern]++] = factor;
    }
    return TW_OK;
}
