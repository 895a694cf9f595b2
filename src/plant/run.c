#include "plant/run.h"

#include "num/fast_exp.h"
#include "plant/control.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double minute_d = 1.0 / 1440.0;

static void lay_out(tw_plant_run *run, struct tw_pool *kept, struct tw_pool *work)
{
    const tw_plant *p = run->plant;
    struct tw_eval *e = &run->eval;
    run->clock = TW_POOL_NEW(kept, struct tw_plant_clock, 1);
    run->y = TW_POOL_NEW(kept, double, p->state_count);
    run->set = TW_POOL_NEW(kept, double, p->knob_count);
    run->held = TW_POOL_NEW(kept, double, p->sensor_count);
    run->samples = TW_POOL_NEW(kept, int64_t, p->sensor_count);
    run->saturated_d = TW_POOL_NEW(kept, double, p->controller_count);
    run->manual = TW_POOL_NEW(kept, bool, p->controller_count);
    tw_rkc_lay_out(&run->rkc, p->state_count, kept, work);
    int32_t outlets = p->unit_count * TW_UNIT_PORTS;
    run->parameters = TW_POOL_NEW(work, double, p->biology->parameter_count * p->lanes);
    run->segment = TW_POOL_NEW(work, double, 2 * p->width);
    run->noise = TW_POOL_NEW(work, double, 2 * p->sensor_count);
    run->dy = TW_POOL_NEW(work, double, p->state_count);
    run->before = TW_POOL_NEW(work, double, p->state_count);
    e->influent = TW_POOL_NEW(work, double, p->width);
    e->knob = TW_POOL_NEW(work, double, p->knob_count);
    e->asked = TW_POOL_NEW(work, double, p->controller_count);
    e->reading = TW_POOL_NEW(work, double, p->sensor_count);
    e->pipe_m3d = TW_POOL_NEW(work, double, p->pipe_count);
    e->in_m3d = TW_POOL_NEW(work, double, p->unit_count);
    e->load = TW_POOL_NEW(work, double, p->unit_count * p->width);
    e->out_m3d = TW_POOL_NEW(work, double, outlets);
    e->notes = TW_POOL_NEW(work, double, p->unit_count *TW_UNIT_NOTES);
    e->out = TW_POOL_NEW(work, double, outlets * p->width);
    e->oxygen_saturation = TW_POOL_NEW(work, double, p->lanes);
    e->oxygen_faster = TW_POOL_NEW(work, double, p->lanes);
}

/* What belongs to a plant's states and no other's. */
static uint64_t mark_of(const tw_plant *plant)
{
    const int32_t parts[] = {plant->state_count, plant->knob_count,   plant->unit_count,
                             plant->pipe_count,  plant->sensor_count, plant->controller_count,
                             plant->components};
    uint64_t mark = 0x7477706C616E7401u;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        mark = (mark ^ (uint64_t)parts[i]) * 0x100000001B3u;
    return mark;
}

static void begin(tw_plant_run *run)
{
    const tw_plant *p = run->plant;
    struct tw_eval *e = &run->eval;
    e->plant = p;
    e->parameters = run->parameters;
    e->segment = run->segment;
    e->noise = run->noise;
    e->held = run->held;
    e->set = run->set;
    e->manual = run->manual;
    run->rkc.relative = p->relative;
    run->rkc.absolute = p->absolute;
    run->rkc.strictness = 1.0;
    run->rkc.rates = tw_plant_rates;
    run->rkc.user = e;
    run->clock->mark = mark_of(p);
    for (int32_t k = 0; k < p->knob_count; k++)
        run->set[k] = p->knobs[k].value;
    for (int32_t u = 0; u < p->unit_count; u++) {
        const struct tw_unit *unit = &p->units[u];
        bool tank = unit->row >= 0;
        if (unit->kind->start != NULL) {
            unit->kind->start(p, unit, tank ? run->y : run->y + unit->state);
        }
    }
}

tw_status tw_plant_run_create(const tw_plant *plant, tw_plant_run **out_run)
{
    tw_plant_run *run = calloc(1, sizeof *run);
    if (run == NULL) return TW_ERR_NOMEM;
    struct tw_pool work = {0};
    tw_arena_init(&run->arena);
    run->plant = plant;
    lay_out(run, &run->kept, &work);
    run->kept.base = tw_arena_alloc(&run->arena, 1, run->kept.used);
    work.base = tw_arena_alloc(&run->arena, 1, work.used);
    if (run->kept.base == NULL || work.base == NULL) {
        tw_plant_run_destroy(run);
        return TW_ERR_NOMEM;
    }
    run->kept.used = work.used = 0;
    lay_out(run, &run->kept, &work);
    begin(run);
    *out_run = run;
    return TW_OK;
}

void tw_plant_run_destroy(tw_plant_run *run)
{
    if (run == NULL) return;
    tw_arena_done(&run->arena);
    free(run);
}

/* ---- what holds for a while ---- */

/* Oxygen in water under air [g/m3], scaled to 8 at 15 C as the benchmark has it.
 * source: BSM2 report; van't Hoff's equation with the values of Lide 2004 */
static double oxygen_saturation_gm3(double celsius)
{
    double t = (celsius + 273.15) / 100.0;
    return 0.9997743214 * 8.0 / 10.5 * 56.12 * 6791.5 *
           exp(-66.7354 + 87.4755 / t + 24.4526 * log(t));
}

/* Rates at the tanks' temperatures. */
static void set_parameters(tw_plant_run *run)
{
    const tw_plant *p = run->plant;
    const struct tw_biology *b = p->biology;
    if (run->rated && p->temperature < 0) return; /* it is the same all the time */
    run->rated = true;
    for (int32_t k = 0; k < p->lanes; k++) {
        const struct tw_unit *tank = k < p->tank_count ? &p->units[p->tanks[k]] : NULL;
        double celsius = p->temperature_c;
        if (p->temperature >= 0 && tank != NULL) celsius = run->y[p->temperature * p->lanes + k];
        double argument[TW_BIOLOGY_PARAMETERS], factor[TW_BIOLOGY_PARAMETERS];
        for (int32_t i = 0; i < b->parameter_count; i++)
            argument[i] = b->parameters[i].theta * (celsius - b->reference_c);
        tw_fast_exp(b->parameter_count, argument, factor);
        for (int32_t i = 0; i < b->parameter_count; i++)
            run->parameters[i * p->lanes + k] = p->parameter[i] * factor[i];
        double given = tank != NULL ? tank->value[2] : 0.0;
        run->eval.oxygen_saturation[k] = given > 0.0 ? given : oxygen_saturation_gm3(celsius);
        run->eval.oxygen_faster[k] = pow(1.024, celsius - 15.0);
    }
}

static double earlier(double a, double b) { return a < b ? a : b; }

/* The time of the next tick of a clock, safely after now. */
static double tick_after(double now, double every)
{
    return (floor(now / every + 1e-6) + 1.0) * every;
}

static double noise_of(const struct tw_sensor *sensor, int64_t minute)
{
    if (sensor->noise_at == NULL) return sensor->noise * tw_sensor_noise(sensor->seed, minute);
    int64_t i = minute % sensor->noise_count;
    return sensor->noise * sensor->noise_at[i < 0 ? i + sensor->noise_count : i];
}

/* Noise of all sensors, linear from minute to minute; until when it holds. */
static double set_noise(tw_plant_run *run, double at_d)
{
    const tw_plant *p = run->plant;
    bool heard = p->noisy && run->clock->noisy;
    int64_t minute = (int64_t)floor(at_d / minute_d + 1e-6);
    for (int32_t s = 0; s < p->sensor_count; s++) {
        const struct tw_sensor *sensor = &p->sensors[s];
        double *noise = run->noise + 2 * s;
        noise[0] = noise[1] = 0.0;
        if (!heard || !(sensor->noise > 0.0)) continue;
        double from = noise_of(sensor, minute), to = noise_of(sensor, minute + 1);
        noise[1] = (to - from) / minute_d;
        noise[0] = from + (at_d - (double)minute * minute_d) * noise[1];
    }
    return heard ? tick_after(at_d, minute_d) : HUGE_VAL;
}

/* Sensors that measure now and then; until when their samples hold. */
static double set_samples(tw_plant_run *run, double at_d)
{
    const tw_plant *p = run->plant;
    double until = HUGE_VAL;
    for (int32_t s = 0; s < p->sensor_count; s++) {
        const struct tw_sensor *sensor = &p->sensors[s];
        if (!(sensor->every_d > 0.0)) continue;
        int64_t sample = (int64_t)floor(at_d / sensor->every_d + 1e-6) + 1;
        if (run->samples[s] != sample) {
            run->eval.at_d = at_d;
            run->eval.y = run->y;
            run->held[s] = tw_sensor_now(&run->eval, sensor);
            run->samples[s] = sample;
        }
        until = earlier(until, tick_after(at_d, sensor->every_d));
    }
    return until;
}

/* Everything that stays or goes on evenly from now; until when. */
static double begin_segment(tw_plant_run *run)
{
    const tw_plant *p = run->plant;
    struct tw_eval *e = &run->eval;
    double at_d = run->clock->at_d, until = HUGE_VAL;
    e->segment_d = at_d;
    if (run->series != NULL) {
        until = tw_plant_series_segment(run->series, at_d, e->segment_m3d, run->segment);
    } else {
        e->segment_m3d[0] = p->steady_flow_m3d;
        e->segment_m3d[1] = 0.0;
        memcpy(run->segment, p->steady, (size_t)p->width * sizeof *p->steady);
        memset(run->segment + p->width, 0, (size_t)p->width * sizeof *p->steady);
    }
    e->influent_m3d = e->segment_m3d[0];
    memcpy(e->influent, run->segment, (size_t)p->width * sizeof *e->influent);
    set_parameters(run);
    until = earlier(until, set_noise(run, at_d));
    return earlier(until, set_samples(run, at_d));
}

void tw_plant_run_refresh(tw_plant_run *run)
{
    if (run->fresh) return;
    (void)begin_segment(run);
    run->eval.whole = true;
    tw_plant_rates(&run->eval, run->clock->at_d, run->y, run->dy);
    run->eval.whole = false;
    run->fresh = true;
}

/* ---- time ---- */

static void book(tw_plant_run *run, double days)
{
    const tw_plant *p = run->plant;
    if (run->eval.short_m3d > 1e-3) run->clock->short_d += days;
    for (int32_t i = 0; i < p->controller_count; i++) {
        const struct tw_controller *c = &p->controllers[i];
        double asked = run->eval.asked[i];
        if (asked <= c->least || asked >= c->most) run->saturated_d[i] += days;
    }
}

tw_status tw_plant_run_advance(tw_plant_run *run, double until_d)
{
    struct tw_plant_clock *clock = run->clock;
    if (!isfinite(until_d)) return TW_ERR_ARG;
    run->fresh = false;
    while (clock->at_d < until_d) {
        double begun_d = clock->at_d, end_d = earlier(begin_segment(run), until_d);
        tw_status status = tw_rkc_advance(&run->rkc, &clock->at_d, end_d, run->y);
        book(run, clock->at_d - begun_d);
        TW_TRY(status);
    }
    return TW_OK;
}

/* How far the state is from what it was, in tolerances; notes what it is. */
static double moved(const tw_plant_run *run, double *before)
{
    const tw_plant *p = run->plant;
    double most = 0.0;
    for (int32_t i = 0; i < p->state_count; i++) {
        double size = p->absolute[i] + 1e-4 * fabs(run->y[i]);
        most = fmax(most, fabs(run->y[i] - before[i]) / size);
        before[i] = run->y[i];
    }
    return most;
}

/* Advance until less than `still` moves in 20 days. Settlers keep some layers where their flux has a
 * kink, about which coarse steps waver: the second time is with fine ones. */
static tw_status advance_to_rest(tw_plant_run *run, double strictness, double still, double *before)
{
    const double stretch_d = 20.0, most_d = 3000.0;
    tw_status status = TW_OK;
    run->rkc.strictness = strictness;
    (void)moved(run, before);
    for (double way = HUGE_VAL; status == TW_OK && way > still;) {
        status = tw_plant_run_advance(run, run->clock->at_d + stretch_d);
        way = moved(run, before);
        if (status == TW_OK && way > still && run->clock->at_d > most_d) status = TW_ERR_NUMERIC;
    }
    run->rkc.strictness = 1.0;
    return status;
}

/* The constant influent to settle under as a series; NULL: the plant's own. */
static tw_status steady_series(const tw_plant *p, const tw_plant_series *otherwise,
                               tw_plant_series **out_mean)
{
    double content[TW_BIOLOGY_COMPONENTS + 4] = {0}, flow = 0.0;
    const double at_d = 0.0;
    if (p->steady_given) return TW_OK;
    if (otherwise == NULL) return TW_ERR_ARG;
    tw_plant_series_mean(otherwise, &flow, content);
    return tw_plant_series_create(p, 1, &at_d, &flow, content, out_mean);
}

tw_status tw_plant_run_settle(tw_plant_run *run, const tw_plant_series *otherwise)
{
    const tw_plant *p = run->plant;
    tw_plant_series *mean = NULL;
    TW_TRY(steady_series(p, otherwise, &mean));
    tw_plant_run_noise(run, false);
    tw_plant_run_feed(run, mean, 0.0);
    tw_status status = advance_to_rest(run, 1.0, 20.0, run->before);
    if (status == TW_OK) status = advance_to_rest(run, 100.0, 0.05, run->before);
    tw_plant_run_feed(run, NULL, 0.0);
    run->clock->short_d = 0.0;
    for (int32_t i = 0; i < p->controller_count; i++)
        run->saturated_d[i] = 0.0;
    tw_plant_series_destroy(mean);
    return status;
}

void tw_plant_run_feed(tw_plant_run *run, const tw_plant_series *series, double at_d)
{
    run->series = series;
    run->clock->at_d = at_d;
    for (int32_t s = 0; s < run->plant->sensor_count; s++)
        run->samples[s] = 0;
    run->fresh = false;
}

void tw_plant_run_noise(tw_plant_run *run, bool on)
{
    run->clock->noisy = on;
    run->fresh = false;
}

/* ---- what others ask and set ---- */

tw_status tw_plant_run_set(tw_plant_run *run, int32_t knob, double value)
{
    const tw_plant *p = run->plant;
    if (knob < 0 || knob >= p->knob_count) return TW_ERR_ARG;
    if (!(value >= p->knobs[knob].least && value <= p->knobs[knob].most)) return TW_ERR_ARG;
    run->set[knob] = value;
    if (p->knobs[knob].controller >= 0) run->manual[p->knobs[knob].controller] = true;
    run->fresh = false;
    return TW_OK;
}

tw_status tw_plant_run_automatic(tw_plant_run *run, int32_t knob)
{
    const tw_plant *p = run->plant;
    if (knob < 0 || knob >= p->knob_count) return TW_ERR_ARG;
    run->set[knob] = p->knobs[knob].value;
    if (p->knobs[knob].controller >= 0) run->manual[p->knobs[knob].controller] = false;
    run->fresh = false;
    return TW_OK;
}

double tw_plant_run_at_d(const tw_plant_run *run) { return run->clock->at_d; }

double tw_plant_run_value(tw_plant_run *run, tw_plant_place place)
{
    const tw_plant *p = run->plant;
    bool knob = place.unit == -1 && place.component >= 0 && place.component < p->knob_count;
    bool unit = place.unit >= 0 && place.unit < p->unit_count &&
                place.component >= TW_PROBE_LEAST && place.component < p->components;
    if (!knob && !unit) return (double)NAN;
    tw_plant_run_refresh(run);
    return tw_probe_value(&run->eval, place);
}

struct tw_plant_stats tw_plant_run_stats(const tw_plant_run *run)
{
    const struct tw_rkc_memory *m = run->rkc.memory;
    struct tw_plant_stats stats = {.steps = m->steps,
                                   .refused = m->refused,
                                   .calls = m->calls,
                                   .short_d = run->clock->short_d,
                                   .saturated = -1};
    for (int32_t i = 0; i < run->plant->controller_count; i++) {
        if (!(run->saturated_d[i] > stats.saturated_d)) continue;
        stats.saturated_d = run->saturated_d[i];
        stats.saturated = i;
    }
    return stats;
}

size_t tw_plant_run_state_size(const tw_plant_run *run) { return run->kept.used; }

void tw_plant_run_state_save(const tw_plant_run *run, void *out_state)
{
    memcpy(out_state, run->kept.base, run->kept.used);
}

tw_status tw_plant_run_state_restore(tw_plant_run *run, const void *state, size_t size)
{
    struct tw_plant_clock clock;
    if (size != run->kept.used) return TW_ERR_FORMAT;
    memcpy(&clock, state, sizeof clock);
    if (clock.mark != run->clock->mark) return TW_ERR_FORMAT;
    memcpy(run->kept.base, state, size);
    run->fresh = false;
    return TW_OK;
}

tw_status tw_plant_run_copy(tw_plant_run *to, const tw_plant_run *from)
{
    if (to->plant != from->plant) return TW_ERR_ARG;
    memcpy(to->kept.base, from->kept.base, from->kept.used);
    to->series = from->series;
    to->fresh = false;
    return TW_OK;
}
