/* What sensors said, and whether to believe them: by themselves (silent, frozen, impossible), and by
 * what the members expected (lagging, drifting, wrong for long). */
#include "forecast/filter_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Values older than this say nothing of now; none for longer is worth telling [s]. */
static const double recent_s = 190.0, silent_s = 600.0;
/* A sensor that always flickers has stopped when it does not for so long [s]. */
static const double frozen_s = 600.0;
/* Squared innovation in expected deviations, its mean over about four updates: from the first limit
 * on a sensor is left out, below the second it is taken back. */
static const double misfit_out = 9.0, misfit_in = 4.0, misfit_most = 100.0, misfit_part = 0.25;
/* A model's error of depth does not grow beyond this depth: then the sewer is full. */
static const double deep_m = 2.0;
/* ... and at most a third of all may fit as badly as this part of it. */
static const double alone_ratio = 3.0;
/* Updates that are looked back on for a lag, and the longest one. */
enum { LAG_UPDATES = 18, LAG_MOST = 6, LAG_MOVES = 6 };

tw_status tw_filter_observe(struct tw_filter *filter, int32_t sensor, double at_s, double value,
                            bool usable)
{
    if (sensor < 0 || sensor >= filter->setup.sensor_count) return TW_ERR_ARG;
    struct tw_sensor_state *s = &filter->sensor[sensor];
    double last_s = s->values > 0 ? s->at_s[s->values - 1] : -(double)INFINITY;
    if (!isfinite(at_s) || at_s <= last_s) return TW_OK;
    if (!usable || !isfinite(value)) {
        s->refused_s = at_s;
        return TW_OK;
    }
    if (s->values > 0) {
        double change = fabs(value - s->value[s->values - 1]);
        if (change > 0.0) s->same_since_s = at_s;
        if (change > 0.0) s->usual_change += 0.1 * (change - s->usual_change);
    } else {
        s->same_since_s = at_s;
    }
    if (s->values == TW_FILTER_WINDOW) {
        memmove(s->at_s, s->at_s + 1, (TW_FILTER_WINDOW - 1) * sizeof s->at_s[0]);
        memmove(s->value, s->value + 1, (TW_FILTER_WINDOW - 1) * sizeof s->value[0]);
        s->values--;
    }
    s->at_s[s->values] = at_s;
    s->value[s->values++] = value;
    return TW_OK;
}

static double middle_of_three(double a, double b, double c)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* The newest value; its error is the sensor's, the model's, and how far it is off the median of the
 * last three: a single wild value, or one on a steep rise, says less. */
bool tw_filter_measured(const struct tw_filter *filter, int32_t sensor, double *out_value,
                        double *out_sd)
{
    const struct tw_sensor_state *s = &filter->sensor[sensor];
    const struct tw_filter_sensor *about = &filter->sensors[sensor];
    double now_s = tw_filter_now_s(filter), window[TW_FILTER_WINDOW];
    int32_t count = 0;
    for (int32_t i = 0; i < s->values; i++) {
        if (s->at_s[i] > now_s - recent_s) window[count++] = s->value[i];
    }
    if (count == 0) return false;
    double value = window[count - 1], middle = value;
    if (count == 3) middle = middle_of_three(window[0], window[1], window[2]);
    if (count == 2) middle = 0.5 * (window[0] + window[1]);
    double large = fabs(value), off = value - middle, least = filter->setup.model_flow_m3s;
    double model = filter->setup.model_flow_ratio * large;
    if (about->kind == TW_FILTER_LEVEL) {
        least = filter->setup.model_level_m;
        model = filter->setup.model_level_ratio * (large < deep_m ? large : deep_m);
    }
    *out_sd = sqrt(about->noise_sd * about->noise_sd + least * least + model * model + off * off);
    *out_value = value;
    return true;
}

/* ---- notes ---- */

static const struct words {
    const char *code, *en, *zh;
} words[] = {
#define TW_FILTER_NOTE(id, code, en, zh) [TW_FILTER_NOTE_##id] = {code, en, zh},
#include "forecast/filter_notes.def"
#undef TW_FILTER_NOTE
};

static size_t put(char *out, size_t at, size_t room, const char *text)
{
    while (*text != 0 && at + 1 < room)
        out[at++] = *text++;
    return at;
}

/* {name} and {value} filled in; a name too long is cut. */
static void write_words(char *out, size_t room, const char *pattern, const char *name, double value)
{
    char number[32];
    (void)snprintf(number, sizeof number, fabs(value) >= 10.0 ? "%.0f" : "%.2g", value);
    size_t at = 0;
    while (*pattern != 0) {
        if (strncmp(pattern, "{name}", 6) == 0) {
            at = put(out, at, room - 60, name);
            pattern += 6;
        } else if (strncmp(pattern, "{value}", 7) == 0) {
            at = put(out, at, room, number);
            pattern += 7;
        } else {
            if (at + 1 < room) out[at++] = *pattern;
            pattern++;
        }
    }
    out[at] = 0;
}

static void leave_out(struct tw_filter *f, int32_t sensor, enum tw_filter_note_kind kind,
                      double value)
{
    f->sensor[sensor].note = (int32_t)kind;
    f->sensor[sensor].note_value = value;
    f->sensor[sensor].fit.used = false;
}

static void write_notes(struct tw_filter *f)
{
    f->note_count = 0;
    for (int32_t i = 0; i < f->setup.sensor_count; i++) {
        const struct tw_sensor_state *s = &f->sensor[i];
        if (s->note < 0) continue;
        int32_t n = f->note_count++;
        f->note_sensor[n] = i;
        write_words(f->note_en[n], sizeof f->note_en[n], words[s->note].en, f->sensors[i].name,
                    s->note_value);
        write_words(f->note_zh[n], sizeof f->note_zh[n], words[s->note].zh, f->sensors[i].name,
                    s->note_value);
    }
}

int32_t tw_filter_note_count(const struct tw_filter *filter) { return filter->note_count; }

struct tw_filter_note tw_filter_note_get(const struct tw_filter *filter, int32_t i)
{
    int32_t sensor = filter->note_sensor[i];
    int32_t kind = filter->sensor[sensor].note;
    return (struct tw_filter_note){.kind = (enum tw_filter_note_kind)kind,
                                   .code = words[kind].code,
                                   .sensor = sensor,
                                   .en = filter->note_en[i],
                                   .zh = filter->note_zh[i]};
}

struct tw_filter_fit tw_filter_fit_get(const struct tw_filter *filter, int32_t sensor)
{
    if (sensor < 0 || sensor >= filter->setup.sensor_count) {
        const double none = (double)NAN;
        return (struct tw_filter_fit){none, none, none, none, none, false};
    }
    return filter->sensor[sensor].fit;
}

/* ---- checks ---- */

/* Depths below the invert or far above the ground, flows that no head could drive. */
static bool is_impossible(const struct tw_filter *f, int32_t sensor, double value)
{
    const struct tw_filter_sensor *s = &f->sensors[sensor];
    double slack = 10.0 * s->noise_sd + 0.2;
    if (s->kind == TW_FILTER_LEVEL) {
        struct tw_node_info node;
        tw_status status = tw_model_node_info(f->setup.model, (tw_node_id){s->index}, &node);
        return status == TW_OK && (value < -slack || value > node.full_depth_m + 3.0 + slack);
    }
    struct tw_link_info link;
    tw_status status = tw_model_link_info(f->setup.model, (tw_link_id){s->index}, &link);
    return status == TW_OK && link.full_flow_m3s > 0.0 &&
           fabs(value) > 10.0 * link.full_flow_m3s + slack;
}

/* What a sensor's own values tell; true: it is left out. */
static bool check_alone(struct tw_filter *f, int32_t i)
{
    const struct tw_sensor_state *s = &f->sensor[i];
    double now_s = tw_filter_now_s(f), newest_s = s->values > 0 ? s->at_s[s->values - 1] : 0.0;
    double noise = f->sensors[i].noise_sd;
    if (f->sensors[i].held_out) {
        leave_out(f, i, TW_FILTER_NOTE_HELD_OUT, 0.0);
    } else if (s->refused_s > now_s - recent_s && s->refused_s > newest_s) {
        leave_out(f, i, TW_FILTER_NOTE_REFUSED, 0.0);
    } else if (!(newest_s > now_s - silent_s) && now_s >= silent_s) {
        leave_out(f, i, TW_FILTER_NOTE_SILENT, (now_s - newest_s) / 60.0);
    } else if (s->values > 0 && newest_s - s->same_since_s >= frozen_s &&
               s->usual_change > 0.3 * noise) {
        leave_out(f, i, TW_FILTER_NOTE_FROZEN, (newest_s - s->same_since_s) / 60.0);
    } else if (isfinite(s->fit.measured) && is_impossible(f, i, s->fit.measured)) {
        leave_out(f, i, TW_FILTER_NOTE_IMPOSSIBLE, s->fit.measured);
    } else {
        return false;
    }
    return true;
}

/* The i-th last of a ring, 0 the newest. */
static int32_t back(const struct tw_sensor_state *s, int32_t i)
{
    return (s->ring - 1 - i) % TW_FILTER_RING;
}

/* Mean square of what is measured against what was expected `lag` updates before, over the last
 * LAG_UPDATES that have both; negative without enough of them. */
static double misfit_of_lag(const struct tw_sensor_state *s, int32_t lag)
{
    double sum = 0.0;
    int32_t count = 0, most = s->ring < TW_FILTER_RING ? s->ring : TW_FILTER_RING;
    for (int32_t i = 0; i < LAG_UPDATES && i + lag < most; i++) {
        double difference = s->measured[back(s, i)] - s->expected[back(s, i + lag)];
        if (!isfinite(difference)) continue;
        sum += difference * difference;
        count++;
    }
    return count >= LAG_UPDATES - 4 ? sum / count : -1.0;
}

static double usual_spread(const struct tw_sensor_state *s)
{
    double sum = 0.0;
    int32_t most = s->ring < LAG_UPDATES ? s->ring : LAG_UPDATES;
    for (int32_t i = 0; i < most; i++)
        sum += s->spread[back(s, i)];
    return most > 0 ? sum / most : 0.0;
}

/* Updates in which what is expected moved by more than its spread: one rise alone may be a storm that
 * comes late. */
static int32_t moves_of(const struct tw_sensor_state *s)
{
    int32_t moves = 0, most = s->ring < TW_FILTER_RING ? s->ring : TW_FILTER_RING;
    for (int32_t i = 0; i + 1 < LAG_UPDATES && i + 1 < most; i++) {
        double move = fabs(s->expected[back(s, i)] - s->expected[back(s, i + 1)]);
        moves += move > s->spread[back(s, i)];
    }
    return moves;
}

/* Updates by which a sensor lags; 0: it does not. It has to fit much better late than now, and
 * badly now. */
static int32_t lag_of(const struct tw_sensor_state *s)
{
    if (moves_of(s) < LAG_MOVES) return 0;
    double now = misfit_of_lag(s, 0), best = now, spread = usual_spread(s);
    int32_t lag = 0;
    for (int32_t k = 1; k <= LAG_MOST; k++) {
        double late = misfit_of_lag(s, k);
        if (late < 0.0 || late >= best) continue;
        best = late;
        lag = k;
    }
    return now > 2.0 * spread * spread && best < 0.15 * now ? lag : 0;
}

/* True when the last hours' innovations lie on a rising or falling line. */
static bool drifts(const struct tw_sensor_state *s)
{
    double n = 0.0, t1 = 0.0, t2 = 0.0, d1 = 0.0, d2 = 0.0, td = 0.0;
    int32_t most = s->ring < TW_FILTER_RING ? s->ring : TW_FILTER_RING;
    for (int32_t i = 0; i < most; i++) {
        double d = s->measured[back(s, i)] - s->expected[back(s, i)], t = -i;
        if (!isfinite(d)) continue;
        n += 1.0;
        t1 += t;
        t2 += t * t;
        d1 += d;
        d2 += d * d;
        td += t * d;
    }
    double tt = t2 - t1 * t1 / n, dd = d2 - d1 * d1 / n, cross = td - t1 * d1 / n;
    if (n < 12.0 || !(tt > 0.0) || !(dd > 0.0)) return false;
    return cross * cross > 0.7 * tt * dd;
}

static void remember(struct tw_filter *f, int32_t i, double sd)
{
    struct tw_sensor_state *s = &f->sensor[i];
    double expected_sd = sqrt(s->fit.before_sd * s->fit.before_sd + sd * sd);
    int32_t at = s->ring++ % TW_FILTER_RING;
    if (s->ring == 2 * TW_FILTER_RING) s->ring = TW_FILTER_RING;
    s->seen_s[at] = tw_filter_now_s(f);
    s->measured[at] = s->fit.measured;
    s->expected[at] = s->fit.before_mean;
    s->spread[at] = isfinite(expected_sd) ? expected_sd : 0.0;
    double off = (s->fit.measured - s->fit.before_mean) / expected_sd;
    if (!isfinite(off)) return;
    double square = off * off < misfit_most ? off * off : misfit_most;
    s->misfit += misfit_part * (square - s->misfit);
}

/* How many sensors that could be used fit worse than this. */
static int32_t worse_than(const struct tw_filter *f, double misfit)
{
    int32_t worse = 0;
    for (int32_t i = 0; i < f->setup.sensor_count; i++)
        worse += f->sensor[i].fit.used && f->sensor[i].misfit > misfit;
    return worse;
}

/* Sensors that do not fit are left out while most others fit much better: else the model is what is
 * wrong, or the storm. */
static void check_together(struct tw_filter *f)
{
    int32_t judged = worse_than(f, -1.0), late = 0;
    for (int32_t i = 0; i < f->setup.sensor_count; i++)
        late += f->sensor[i].fit.used && lag_of(&f->sensor[i]) > 0;
    for (int32_t i = 0; i < f->setup.sensor_count; i++) {
        struct tw_sensor_state *s = &f->sensor[i];
        if (!s->fit.used) continue;
        double off = s->fit.measured - s->fit.before_mean;
        int32_t lag = lag_of(s);
        bool alone = judged >= 3 && 3 * worse_than(f, s->misfit / alone_ratio) <= judged;
        if (lag > 0 && judged >= 3 && 3 * late <= judged) {
            double late_s = s->seen_s[back(s, 0)] - s->seen_s[back(s, lag)];
            leave_out(f, i, TW_FILTER_NOTE_LAGS, late_s / 60.0);
        } else if (alone && s->misfit > misfit_in && drifts(s)) {
            leave_out(f, i, TW_FILTER_NOTE_DRIFTS, off);
        } else if (alone && s->misfit > (s->note >= 0 ? misfit_in : misfit_out)) {
            leave_out(f, i, TW_FILTER_NOTE_DISAGREES, off);
        } else {
            s->note = -1;
        }
    }
}

void tw_filter_check(struct tw_filter *filter)
{
    struct tw_filter *f = filter;
    for (int32_t i = 0; i < f->setup.sensor_count; i++) {
        double value = 0.0, sd = 0.0;
        bool any = tw_filter_measured(f, i, &value, &sd);
        f->sensor[i].fit.measured = any ? value : (double)NAN;
        f->sensor[i].fit.used = any;
        if (any) remember(f, i, sd);
        bool out = check_alone(f, i);
        if (out && !f->sensors[i].held_out) f->sensor[i].misfit = 0.0; /* judged anew after that */
        if (!any && !out) f->sensor[i].note = -1;
    }
    check_together(f);
    write_notes(f);
}

/* ---- the update ---- */

static void fit_of(struct tw_filter *f, int32_t sensor, double *out_mean, double *out_sd)
{
    double sum = 0.0, squares = 0.0;
    int32_t sound = 0;
    for (int32_t m = 0; m < f->setup.members; m++) {
        if (!f->sound[m]) continue;
        sum += tw_filter_seen(f, sensor, m);
        sound++;
    }
    double mean = sum / sound;
    for (int32_t m = 0; m < f->setup.members; m++) {
        double off = f->sound[m] ? tw_filter_seen(f, sensor, m) - mean : 0.0;
        squares += off * off;
    }
    *out_mean = mean;
    *out_sd = sound > 1 ? sqrt(squares / (sound - 1)) : 0.0;
}

/* A member that failed goes on as the next one that did not, with its own factors and rain. */
static tw_status replace_failed(struct tw_filter *f)
{
    int32_t members = f->setup.members, sound = 0;
    for (int32_t m = 0; m < members; m++) {
        f->sound[m] = tw_batch_status(f->batch, m) == TW_OK;
        sound += f->sound[m];
    }
    if (sound == 0) return TW_ERR_NUMERIC;
    if (sound == members) return TW_OK;
    struct tw_arena arena;
    tw_arena_init(&arena);
    size_t size = tw_batch_state_size(f->batch);
    void *state = TW_ARENA_NEW(&arena, char, size);
    tw_status status = state != NULL ? TW_OK : TW_ERR_NOMEM;
    for (int32_t m = 0; m < members && status == TW_OK; m++) {
        if (f->sound[m]) continue;
        int32_t from = m;
        while (!f->sound[from])
            from = (from + 1) % members;
        status = tw_batch_state_save(f->batch, from, state);
        if (status == TW_OK) status = tw_batch_state_restore(f->batch, m, state, size);
        f->state.replaced++;
    }
    for (int32_t m = 0; m < members; m++)
        f->sound[m] = true;
    tw_arena_done(&arena);
    return status;
}

tw_status tw_filter_update(struct tw_filter *filter)
{
    struct tw_filter *f = filter;
    TW_TRY(replace_failed(f));
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        struct tw_filter_fit *fit = &f->sensor[s].fit;
        fit_of(f, s, &fit->before_mean, &fit->before_sd);
        for (int32_t m = 0; m < f->setup.members; m++)
            f->hx[(int64_t)s * f->setup.members + m] = tw_filter_seen(f, s, m);
    }
    tw_filter_check(f);
    TW_TRY(tw_filter_draw(f));
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        struct tw_filter_fit *fit = &f->sensor[s].fit;
        fit_of(f, s, &fit->after_mean, &fit->after_sd);
    }
    return TW_OK;
}
