#include "operate/influent.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_arena arena;
    struct tw_influent_model model;
    struct tw_influent_forecast forecast;
    double flow[200], rain[200];
    const struct tw_influent_hours hours = {200, 0, 0, flow, rain};
    for (int i = 0; i < 200; i++) {
        flow[i] = 100.0 + i % 24;
        rain[i] = i % 50 == 0;
    }
    tw_arena_init(&arena);
    if (tw_influent_read("m.json", (const char *)data, size, &arena, NULL, &model) == TW_OK) {
        (void)tw_influent_ahead(&model, &hours, 199, &forecast);
    }
    tw_arena_done(&arena);
    return 0;
}
