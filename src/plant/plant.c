/* What others may ask of a plant. */
#include "base/text.h"
#include "plant/flowsheet.h"

#include <string.h>

const char *tw_plant_title(const tw_plant *plant)
{
    return plant->title != NULL ? plant->title : "";
}

int32_t tw_plant_component_count(const tw_plant *plant) { return plant->components; }

const char *tw_plant_component_name(const tw_plant *plant, int32_t i)
{
    if (i < 0 || i >= plant->components) return "";
    return i == plant->temperature ? "T" : plant->biology->components[i];
}

int32_t tw_plant_knob_count(const tw_plant *plant) { return plant->knob_count; }

struct tw_plant_knob tw_plant_knob_get(const tw_plant *plant, int32_t i)
{
    if (i < 0 || i >= plant->knob_count) return (struct tw_plant_knob){.name = ""};
    const struct tw_knob *k = &plant->knobs[i];
    return (struct tw_plant_knob){
        .name = k->name,
        .value = k->value,
        .least = k->least,
        .most = k->most,
        .controller = k->controller >= 0 ? plant->controllers[k->controller].name : NULL};
}

tw_status tw_plant_knob_find(const tw_plant *plant, const char *name, int32_t *out_knob)
{
    for (int32_t i = 0; i < plant->knob_count; i++) {
        if (!tw_text_same(plant->knobs[i].name, name)) continue;
        *out_knob = i;
        return TW_OK;
    }
    return TW_ERR_NAME;
}

int32_t tw_plant_controller_count(const tw_plant *plant) { return plant->controller_count; }

const char *tw_plant_controller_name(const tw_plant *plant, int32_t i)
{
    return i < 0 || i >= plant->controller_count ? "" : plant->controllers[i].name;
}

static bool component_of(const tw_plant *plant, const char *word, int32_t *out)
{
    static const struct {
        const char *word;
        int32_t component;
    } sums[] = {{"flow", TW_PROBE_FLOW}, {"Q", TW_PROBE_FLOW},   {"TSS", TW_PROBE_TSS},
                {"COD", TW_PROBE_COD},   {"TKN", TW_PROBE_TKN},  {"TN", TW_PROBE_TN},
                {"TP", TW_PROBE_TP},     {"BOD5", TW_PROBE_BOD5}};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        if (!tw_text_same(sums[i].word, word)) continue;
        *out = sums[i].component;
        return true;
    }
    for (int32_t c = 0; c < plant->components; c++) {
        if (!tw_text_same(tw_plant_component_name(plant, c), word)) continue;
        *out = c;
        return true;
    }
    return false;
}

tw_status tw_plant_place_find(const tw_plant *plant, const char *text, tw_plant_place *out_place)
{
    int32_t knob = -1, component = 0;
    if (tw_plant_knob_find(plant, text, &knob) == TW_OK) {
        *out_place = (tw_plant_place){-1, knob};
        return TW_OK;
    }
    const char *dot = strrchr(text, '.');
    if (dot == NULL || !component_of(plant, dot + 1, &component)) return TW_ERR_NAME;
    for (int32_t u = 0; u < plant->unit_count; u++) {
        const char *name = plant->units[u].name;
        size_t length = strlen(name);
        if (length != (size_t)(dot - text)) continue;
        char same[128];
        if (length >= sizeof same) continue;
        memcpy(same, text, length);
        same[length] = 0;
        if (!tw_text_same(name, same)) continue;
        *out_place = (tw_plant_place){u, component};
        return TW_OK;
    }
    return TW_ERR_NAME;
}

int32_t tw_plant_column_count(const tw_plant *plant) { return plant->column_count; }

const char *tw_plant_column_name(const tw_plant *plant, int32_t i)
{
    return i < 0 || i >= plant->column_count ? "" : plant->columns[i].name;
}

tw_plant_place tw_plant_column_place(const tw_plant *plant, int32_t i)
{
    return i < 0 || i >= plant->column_count ? (tw_plant_place){-1, -1} : plant->columns[i].probe;
}

tw_plant_place tw_plant_effluent_place(const tw_plant *plant, int32_t component)
{
    if (component == plant->components) component = TW_PROBE_TSS;
    return (tw_plant_place){plant->effluent, component};
}

int32_t tw_plant_process_count(const tw_plant *plant) { return plant->biology->process_count; }

const char *tw_plant_process_name(const tw_plant *plant, int32_t i)
{
    return i < 0 || i >= plant->biology->process_count ? "" : plant->biology->processes[i];
}

void tw_plant_processes(const tw_plant *plant, const double *at, double *out_rates,
                        double *out_coefficients)
{
    const struct tw_biology *b = plant->biology;
    b->rates(at, plant->parameter, out_rates);
    if (out_coefficients == NULL) return;
    b->matrix(plant->parameter, out_coefficients);
    if (plant->components == b->component_count) return;
    for (int32_t p = b->process_count - 1; p >= 0; p--) { /* a column for temperature */
        double *row = out_coefficients + p * plant->components;
        memmove(row, out_coefficients + p * b->component_count,
                (size_t)b->component_count * sizeof *row);
        row[plant->temperature] = 0.0;
    }
}

int32_t tw_plant_parameter_count(const tw_plant *plant) { return plant->biology->parameter_count; }

const char *tw_plant_parameter_get(const tw_plant *plant, int32_t i, double *out_value)
{
    if (i < 0 || i >= plant->biology->parameter_count) return "";
    *out_value = plant->parameter[i];
    return plant->biology->parameters[i].name;
}
