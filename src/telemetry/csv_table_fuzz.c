/* Tables of any bytes: what is accepted has names and lines, what is refused says why. */
#include "telemetry/csv_table.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_csv_table table;
    struct tw_samples_fault fault;
    tw_status status = tw_csv_table_read((const char *)data, size, 28800, &table, &fault);
    for (size_t i = 0; i < table.count; i++) {
        TW_REQUIRE(isfinite(table.list[i].value) && table.list[i].sensor != NULL);
        TW_REQUIRE(table.lines[i] > 0);
    }
    if (status == TW_ERR_FORMAT) TW_REQUIRE(fault.error[0] != 0 && fault.remedy[0] != 0);
    tw_csv_table_done(&table);
    return 0;
}
