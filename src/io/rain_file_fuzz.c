/* Rain files of any bytes, read as each kind of gage would. */
#include "fuzz.h"
#include "io/rain_file.h"

#include "base/require.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    struct tw_rain_request request = {.path = "fuzz.dat",
                                      .station = "STA",
                                      .kind = (enum tw_rain_kind)(data[0] % 3),
                                      .interval_s = 900,
                                      .millimetres = (data[0] & 4) != 0,
                                      .first_day = (data[0] & 8) != 0 ? 36000.0 : -INFINITY};
    tw_faults *faults = NULL;
    struct tw_arena arena;
    struct tw_rain_record record;
    if (tw_faults_create(0, &faults) != TW_OK) return 0;
    tw_arena_init(&arena);
    const char *text = (const char *)data + 1;
    tw_status status = tw_rain_file_read(&request, text, size - 1, faults, &arena, &record);
    TW_REQUIRE((status == TW_OK) == (tw_faults_count(faults) == 0));
    for (int64_t k = 0; status == TW_OK && k < record.count; k++)
        TW_REQUIRE(isfinite(record.day[k]) && isfinite(record.inches[k]));
    tw_arena_done(&arena);
    tw_faults_destroy(faults);
    return 0;
}
