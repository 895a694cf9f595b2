/* Any bytes as an influent of a small plant, and, when they are one, a moment of its run under it. */
#include "fuzz.h"
#include "plant/series.h"

#include <stdlib.h>
#include <string.h>

static const char small[] = "[plant]\nmodel = asm1\ntemperature = influent\n"
                            "[unit sewer]\nkind = influent\n"
                            "[unit T1]\nkind = tank\nvolume_m3 = 1000\nkla_1d = 100\n"
                            "[unit river]\nkind = effluent\n"
                            "[pipe in]\nfrom = sewer\nto = T1\n"
                            "[pipe out]\nfrom = T1\nto = river\n";

static void run(const tw_plant *plant, const tw_plant_series *series)
{
    tw_plant_run *run = NULL;
    if (tw_plant_run_create(plant, &run) != TW_OK) return;
    tw_plant_run_feed(run, series, tw_plant_series_at_d(series, 0));
    (void)tw_plant_run_advance(run, tw_plant_run_at_d(run) + 1e-4);
    tw_plant_run_destroy(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    tw_plant *plant = NULL;
    tw_plant_series *series = NULL;
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = 0;
    tw_status status = tw_plant_parse(small, "small.ini", NULL, &plant);
    if (status == TW_OK) {
        status = tw_plant_series_parse(plant, text, "fuzz.csv", NULL, &series);
    } else {
        abort(); /* the plant above is sound */
    }
    if (status == TW_OK) run(plant, series);
    tw_plant_series_destroy(series);
    tw_plant_destroy(plant);
    free(text);
    return 0;
}
