/* Problems of any bytes: what is accepted is planned, nobody twice, and written. */
#include "dispatch/case.h"

#include "base/require.h"
#include "fuzz.h"

#include <stdlib.h>

/* A crew or vehicle that a plan books is in one mission. */
static void look_at(const struct tw_plan *plan, const struct tw_dispatch_problem *problem)
{
    int64_t sent = 0, booked = 0;
    for (int32_t c = 0; c < problem->crew_count; c++)
        sent += plan->crew_point[c] >= 0;
    for (int32_t m = 0; m < plan->mission_count; m++)
        booked += plan->missions[m].crew_count;
    TW_REQUIRE(sent == booked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_dispatch_case item;
    struct tw_plan *plan;
    char *text;
    if (tw_dispatch_case_read("p.json", (const char *)data, size, NULL, NULL, &item) != TW_OK)
        return 0;
    item.options.iterations = 5;
    if (tw_plan_create(&item.problem, &item.options, &plan) == TW_OK) {
        look_at(plan, &item.problem);
        if (tw_plan_write(plan, &item.problem, true, &text) == TW_OK) free(text);
        tw_plan_destroy(plan);
    }
    tw_dispatch_case_done(&item);
    return 0;
}
