/* Climate files of any bytes: days come out in their order, or a line is told. */
#include "fuzz.h"
#include "io/climate_file.h"

#include "base/require.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    /* the first byte says how the file is read */
    struct tw_climate_reading how = {.us = (data[0] & 4) != 0,
                                     .unit = (enum tw_climate_unit)(data[0] % 3)};
    char *text = malloc(size);
    if (text == NULL) return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    struct tw_arena arena;
    struct tw_climate_days days[TW_CLIMATE_VALUES];
    int line;
    tw_arena_init(&arena);
    tw_status status = tw_climate_file_read(text, size - 1, &how, &arena, days, &line);
    TW_REQUIRE(status == TW_OK || status == TW_ERR_FORMAT || status == TW_ERR_NOMEM);
    for (int k = 0; status == TW_OK && k < TW_CLIMATE_VALUES; k++)
        for (int32_t i = 1; i < days[k].count; i++)
            TW_REQUIRE(days[k].day[i] > days[k].day[i - 1]);
    tw_arena_done(&arena);
    free(text);
    return 0;
}
