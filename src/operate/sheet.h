/* A table of measurements as plants export it: a header, a column of times, columns of numbers;
 * commas, semicolons or tabs between them. */
#ifndef TW_OPERATE_SHEET_H
#define TW_OPERATE_SHEET_H

#include "base/arena.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdint.h>

enum { TW_SHEET_COLUMNS = 512 };

/** A table that was read; strings and arrays live in its arena. */
struct tw_sheet {
    struct tw_arena arena;
    int32_t rows, columns; /* columns without that of the times */
    const char **name;     /* [columns] */
    int64_t *time_ms;      /* [rows] rising, none twice */
    double **value;        /* [columns][rows] NAN: a gap */
    int64_t step_ms;       /* what lies most often between two rows; 0: less than two rows */
    int32_t *gaps;         /* [columns] cells without a number */
    int32_t *words;        /* [columns] of them with a text that is no number */
};

/**
 * Read a table. Rows may be in any order. A cell that is empty or holds a text is a gap; texts are
 * named, the first of each column with its line. A row with a time that is none, or with other than
 * the header's number of cells, is a fault.
 *
 * path       for the faults
 * text       terminated; overwritten
 * zone_s     seconds east of Greenwich of times that name no zone
 * faults     not NULL
 * out_sheet  tw_sheet_done; all zeros on failure
 * errors     TW_ERR_INPUT there are faults, TW_ERR_NOMEM
 */
tw_status tw_sheet_read(const char *path, char *text, int32_t zone_s, tw_faults *faults,
                        struct tw_sheet *out_sheet);

/** Free; a sheet of zeros is fine. */
void tw_sheet_done(struct tw_sheet *sheet);

/** Index of a column by its name, letter case ignored; -1: none. */
int32_t tw_sheet_find(const struct tw_sheet *sheet, const char *name);

/**
 * Put a column on a grid: each value is the mean of the numbers in [begin + i step, + step).
 *
 * out_value  [count] NAN where there is none
 */
void tw_sheet_grid(const struct tw_sheet *sheet, int32_t column, int64_t begin_ms, int64_t step_ms,
                   int32_t count, double *out_value);

/** As tw_sheet_grid, of values that are added up instead: rain that fell. */
void tw_sheet_grid_sums(const struct tw_sheet *sheet, int32_t column, int64_t begin_ms,
                        int64_t step_ms, int32_t count, double *out_value);

#endif
