#include "session.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

const char *tw_swmm_error_text(int code)
{
    static const struct {
        int code;
        const char *text;
    } errors[] = {
#define ROW(code, text) {code, text},
        TW_SWMM_ERROR_LIST(ROW)
#undef ROW
    };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].code == code) return errors[i].text;
    }
    return "";
}

int tw_swmm_error_of(tw_status status)
{
    if (status == TW_OK) return 0;
    if (status == TW_ERR_NOMEM) return TW_SWMM_ERROR_101;
    if (status == TW_ERR_INPUT) return TW_SWMM_ERROR_200;
    return status == TW_ERR_FILE ? TW_SWMM_ERROR_309 : TW_SWMM_ERROR_401;
}

struct tw_swmm_session *tw_swmm_session(void)
{
    static struct tw_swmm_session the_one; /* the interface has no handle */
    return &the_one;
}

bool tw_swmm_running(void)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    return s->run != NULL && !s->ended;
}

int tw_swmm_check(tw_object kind, int index, const void *answer)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (answer == NULL) return TW_SWMM_ERROR_2011;
    if (s->model == NULL) return TW_SWMM_ERROR_2001;
    bool known = index >= 0 && index < tw_model_object_count(s->model, kind);
    return known ? 0 : TW_SWMM_ERROR_2004;
}

static tw_status set_now(tw_run *run, const struct tw_swmm_setting *one)
{
    int32_t i = one->index;
    if (one->kind == TW_SWMM_HELD_SETTING)
        return tw_run_set_link_setting(run, (tw_link_id){i}, one->value);
    if (one->kind == TW_SWMM_HELD_INFLOW)
        return tw_run_set_node_inflow(run, (tw_node_id){i}, one->value);
    if (one->kind == TW_SWMM_HELD_STAGE)
        return tw_run_set_outfall_stage(run, (tw_node_id){i}, one->value);
    return tw_run_hold_gage_rain(run, (tw_gage_id){i}, one->value);
}

/* Once for each object: the last value is kept. */
static int remember(struct tw_swmm_session *s, struct tw_swmm_setting one)
{
    for (int32_t i = 0; i < s->setting_count; i++) {
        if (s->setting[i].kind != one.kind || s->setting[i].index != one.index) continue;
        s->setting[i].value = one.value;
        return 0;
    }
    size_t size = ((size_t)s->setting_count + 1) * sizeof *s->setting;
    struct tw_swmm_setting *grown = realloc(s->setting, size);
    if (grown == NULL) return TW_SWMM_ERROR_101;
    grown[s->setting_count++] = one;
    s->setting = grown;
    return 0;
}

int tw_swmm_hold(enum tw_swmm_held kind, int index, double value)
{
    struct tw_swmm_session *s = tw_swmm_session();
    struct tw_swmm_setting one = {kind, index, value};
    /* rain is forgotten by the start, as in SWMM */
    if (!tw_swmm_running()) return kind == TW_SWMM_HELD_RAIN ? 0 : remember(s, one);
    return set_now(s->run, &one) == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

tw_status tw_swmm_hold_all(void)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    for (int32_t i = 0; i < s->setting_count; i++)
        TW_TRY(set_now(s->run, &s->setting[i]));
    return TW_OK;
}

tw_object tw_swmm_object(int type)
{
    static const tw_object objects[] = {
        TW_OBJECT_GAGE,       TW_OBJECT_SUBCATCHMENT, TW_OBJECT_NODE,     TW_OBJECT_LINK,
        TW_OBJECT_POLLUTANT,  TW_OBJECT_LANDUSE,      TW_OBJECT_PATTERN,  TW_OBJECT_CURVE,
        TW_OBJECT_SERIES,     TW_OBJECT_COUNT,        TW_OBJECT_TRANSECT, TW_OBJECT_AQUIFER,
        TW_OBJECT_HYDROGRAPH, TW_OBJECT_SNOW_PACK,    TW_OBJECT_COUNT,    TW_OBJECT_LID};
    bool known = type >= 0 && type < (int)(sizeof objects / sizeof objects[0]);
    return known ? objects[type] : TW_OBJECT_COUNT;
}

double tw_swmm_load(double mass, int pollutant)
{
    if (!tw_model_pollutant_counted(tw_swmm_session()->model, pollutant)) return mass;
    return mass > 0.0 ? log10(mass) : 0.0;
}

double tw_swmm_factor(enum tw_swmm_unit unit)
{
    const struct tw_model_units *u = &tw_swmm_session()->units;
    const double factors[] = {[TW_SWMM_NONE] = 1.0,
                              [TW_SWMM_LENGTH] = u->length_m,
                              [TW_SWMM_AREA] = u->area_m2,
                              [TW_SWMM_LAND] = u->land_m2,
                              [TW_SWMM_VOLUME] = u->volume_m3,
                              [TW_SWMM_FLOW] = u->flow_m3s,
                              [TW_SWMM_DEPTH] = u->rain_mm / 1000.0,
                              [TW_SWMM_RAIN] = u->rain_mm,
                              [TW_SWMM_RATE] = u->rain_mm / 3.6e6,
                              [TW_SWMM_DAY_RATE] = u->rain_mm / 8.64e7,
                              [TW_SWMM_HOURS] = 3600.0,
                              [TW_SWMM_PER_KWH] = 3.6e6};
    return factors[unit];
}

double tw_swmm_shown(double value, enum tw_swmm_unit unit)
{
    enum { ROOM = 40 };
    char digits[ROOM];
    double factor = tw_swmm_factor(unit);
    if (isnan(value)) return 0.0;
    if (factor == 1.0) return value;
    (void)snprintf(digits, sizeof digits, "%.15g", value / factor);
    return strtod(digits, NULL);
}
