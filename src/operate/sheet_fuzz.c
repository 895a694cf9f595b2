#include "operate/sheet.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_sheet sheet;
    tw_faults *faults;
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    if (tw_faults_create(0, &faults) == TW_OK) {
        if (tw_sheet_read("x.csv", text, 28800, faults, &sheet) == TW_OK) {
            double cells[8];
            tw_sheet_grid(&sheet, 0, sheet.time_ms[0], 900000, 8, cells);
        }
        tw_sheet_done(&sheet);
        tw_faults_destroy(faults);
    }
    free(text);
    return 0;
}
