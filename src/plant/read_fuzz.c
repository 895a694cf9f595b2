/* Any bytes as a plant's file, and, when that is one, a moment of its run. */
#include "fuzz.h"
#include "thalweg/plant.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    tw_plant *plant = NULL;
    tw_plant_run *run = NULL;
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = 0;
    if (tw_plant_parse(text, "fuzz.ini", NULL, &plant) == TW_OK &&
        tw_plant_run_create(plant, &run) == TW_OK) {
        (void)tw_plant_run_advance(run, 1e-4);
    }
    tw_plant_run_destroy(run);
    tw_plant_destroy(plant);
    free(text);
    return 0;
}
