/* Items of a check list about the plant as a whole: safety, limits, inflow, units, energy. */
#include "base/text.h"
#include "operate/inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define STEP_H (24.0 / TW_INSPECT_STEPS)

static const struct tw_works_tag *tag_of(const struct tw_inspecting *work, int32_t t)
{
    return &work->works->tags[t];
}

/* ---- safety ---- */

struct safety {
    enum tw_kind kind;
    double sign, from[3]; /* look, repair, urgent */
    const char *zh, *en;
};

static const struct safety rules[] = {
#define TW_SAFETY(kind, sign, look, repair, urgent, zh, en)                                        \
    {TW_KIND_##kind, sign, {look, repair, urgent}, zh, en},
#include "operate/safety.def"
#undef TW_SAFETY
};

bool tw_works_alarmed(const struct tw_works *works, const struct tw_works_tag *tag, double value)
{
    if (tag->kind == TW_KIND_TRIP && value >= 0.5) return true;
    if (value > tag->alarm_high || value < tag->alarm_low) return true;
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        double scale = rules[r].kind == TW_KIND_SUPPLY ? works->nominal_v : 1.0;
        bool beyond = rules[r].sign * (value - scale * rules[r].from[2]) >= 0.0;
        if (rules[r].kind == tag->kind && beyond) return true;
    }
    return false;
}

static void judge_safety(struct tw_inspecting *work, const struct safety *rule, int32_t t)
{
    const struct tw_works_tag *tag = tag_of(work, t);
    const struct tw_tag_values *v = &work->in->values[t];
    struct tw_finding *f = tw_finding_add(work, TW_ITEM_SAFETY, tag->name, tag->zh, tag->en);
    double scale = rule->kind == TW_KIND_SUPPLY ? work->works->nominal_v : 1.0;
    double worst = rule->sign > 0.0 ? v->high : v->low;
    double own = rule->sign > 0.0 ? tag->alarm_high : tag->alarm_low;
    int severity = TW_SEVERITY_FINE;
    tw_finding_show(work, f, t);
    f->rule = rule->sign > 0.0 ? "safety: highest of 24 h" : "safety: lowest of 24 h";
    f->limit = isnan(own) ? scale * rule->from[2] : own;
    if (v->numbers == 0) {
        tw_finding_say(work, f, TW_SEVERITY_REPAIR, "安全仪表 24 小时无数据",
                       "an instrument for safety had no value for 24 h");
        return;
    }
    for (int level = 0; level < 3; level++)
        if (rule->sign * (worst - scale * rule->from[level]) >= 0.0) severity = level + 1;
    if (rule->sign * (worst - own) >= 0.0) severity = TW_SEVERITY_URGENT;
    tw_finding_say(work, f, severity, "24 小时极值 %.3g %s，现值 %.3g（限值 %.3g）",
                   "extreme of 24 h %.3g %s, now %.3g (limit %.3g)", worst, f->unit, v->last,
                   f->limit);
}

tw_status tw_check_SAFETY(struct tw_inspecting *work)
{
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        for (int32_t t = 0; t < work->works->tag_count; t++)
            if (tag_of(work, t)->kind == rules[r].kind) judge_safety(work, &rules[r], t);
    }
    return TW_OK;
}

/* ---- limits ---- */

/* Rooms for one limit; too much for the stack. */
struct limit_room {
    double past[TW_INSPECT_PAST_H], conc[24], flow[24], flow_past[TW_INSPECT_PAST_H];
    double ahead[24][TW_INFLUENT_LEVELS];
};

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The flow of an hour of the day, from the same hour of the days before: quantiles by straight lines
 * between what was; its last three hours move the whole. */
static void quantiles_of_hour(const double *past, int hour, double ratio, double *out)
{
    double seen[TW_INSPECT_PAST_H / 24];
    int32_t n = 0;
    for (int day = 0; day < TW_INSPECT_PAST_H / 24; day++)
        if (!isnan(past[day * 24 + hour])) seen[n++] = past[day * 24 + hour];
    qsort(seen, (size_t)n, sizeof *seen, by_size);
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++) {
        double at = n > 0 ? tw_influent_levels[q] * (n - 1) : 0.0;
        int32_t low = (int32_t)at;
        double next = low + 1 < n ? seen[low + 1] : n > 0 ? seen[low] : (double)NAN;
        out[q] = n > 0 ? ratio * (seen[low] + (at - low) * (next - seen[low])) : (double)NAN;
    }
}

/* How the hours of a day so far compare with the same hours before: what goes on is taken to. */
static double ratio_now(const double *past, const double *today, int32_t done)
{
    double now = 0.0, before = 0.0;
    for (int32_t hour = done > 3 ? done - 3 : 0; hour < done; hour++) {
        double q[TW_INFLUENT_LEVELS];
        quantiles_of_hour(past, hour, 1.0, q);
        if (isnan(today[hour]) || isnan(q[3])) continue;
        now += today[hour];
        before += q[3];
    }
    double ratio = before > 0.0 && now > 0.0 ? now / before : 1.0;
    return ratio < 0.3 ? 0.3 : ratio > 4.0 ? 4.0 : ratio;
}

static tw_status fill_flows(struct tw_inspecting *work, int32_t flow, int64_t midnight,
                            int32_t done, struct limit_room *room, bool *out_ahead)
{
    *out_ahead = false;
    for (int hour = 0; hour < 24; hour++)
        room->flow[hour] = (double)NAN;
    if (flow < 0) return TW_OK;
    TW_TRY(tw_inspect_hours(work, flow, midnight, TW_INSPECT_PAST_H, room->flow_past));
    if (done > 0) TW_TRY(tw_inspect_hours(work, flow, midnight + done * HOUR_MS, done, room->flow));
    double ratio = ratio_now(room->flow_past, room->flow, done);
    *out_ahead = true;
    for (int hour = done; hour < 24; hour++) {
        quantiles_of_hour(room->flow_past, hour, ratio, room->ahead[hour - done]);
        *out_ahead = *out_ahead && !isnan(room->ahead[hour - done][0]);
    }
    return TW_OK;
}

/* Over the last hours, a whole day just over is judged as it was: an inspection at midnight. */
static int64_t day_of(const struct tw_inspecting *work, int32_t *out_done)
{
    int64_t local = work->in->at_ms + work->in->zone_s * 1000LL;
    int64_t hours = local / HOUR_MS;
    *out_done = (int32_t)(hours % 24);
    int64_t midnight = hours - *out_done;
    if (*out_done == 0) {
        *out_done = 24;
        midnight -= 24;
    }
    return midnight * HOUR_MS - work->in->zone_s * 1000LL;
}

static double mean_at(const struct tw_inspecting *work, enum tw_kind kind, const char *at)
{
    return tw_inspect_mean(work, tw_inspect_tag(work, kind, at));
}

static void say_limit(struct tw_inspecting *work, struct tw_finding *f,
                      const struct tw_limit *limit, const struct tw_today_result *r)
{
    double p = r->break_probability;
    bool broken = r->expected_gm3 > r->limit_gm3;
    int severity = p >= 0.5 || broken ? TW_SEVERITY_URGENT
                   : p >= 0.2         ? TW_SEVERITY_REPAIR
                   : p >= 0.05        ? TW_SEVERITY_LOOK
                                      : TW_SEVERITY_FINE;
    char rule[160];
    (void)snprintf(rule, sizeof rule, "%.60s %.20s%s%s", limit->standard, limit->class_,
                   r->cold ? ", water <= 12 degC" : "",
                   r->by_removal ? ", share removed of the influent" : "");
    f->rule = tw_arena_text(&work->in->arena, rule, strlen(rule));
    if (f->rule == NULL) work->no_memory = true;
    f->value = r->so_far_gm3;
    f->limit = r->limit_gm3;
    f->unit = "g/m3";
    if (isnan(p)) return;
    if (!(p <= work->in->worst_probability)) work->in->worst_probability = p;
    tw_finding_say(work, f, severity,
                   "今日至今均值 %.3g，全天预计 %.3g，限值 %.3g，超标概率 %.0f%%（缺 %d 小时）",
                   "mean so far today %.3g, expected for the day %.3g, limit %.3g; probability to "
                   "break it %.0f %% (%d hours without a value)",
                   r->so_far_gm3, r->expected_gm3, r->limit_gm3, 100.0 * p, (int)r->gaps);
}

static tw_status judge_limit(struct tw_inspecting *work, const struct tw_limit *limit,
                             struct limit_room *room)
{
    const struct tw_kind_info *kind = tw_kind_get(limit->kind);
    struct tw_finding *f = tw_finding_add(work, TW_ITEM_LIMITS, kind->key, kind->zh, kind->en);
    int32_t tag = tw_inspect_tag(work, limit->kind, "effluent");
    int32_t flow = tw_inspect_tag(work, TW_KIND_FLOW, "effluent");
    int32_t done;
    bool ahead;
    struct tw_today_result result;
    if (flow < 0) flow = tw_inspect_tag(work, TW_KIND_FLOW, "influent");
    f->limit = limit->mean_gm3;
    f->unit = "g/m3";
    if (tag < 0) {
        tw_finding_say(work, f, TW_SEVERITY_UNKNOWN, "无在线仪表，以化验为准",
                       "no instrument measures it online; the laboratory's values count");
        return TW_OK;
    }
    tw_finding_show(work, f, tag);
    int64_t midnight = day_of(work, &done);
    TW_TRY(tw_inspect_hours(work, tag, midnight, TW_INSPECT_PAST_H, room->past));
    TW_TRY(tw_inspect_hours(work, tag, midnight + done * HOUR_MS, done, room->conc));
    TW_TRY(fill_flows(work, flow, midnight, done, room, &ahead));
    double temp = mean_at(work, TW_KIND_TEMP, "effluent");
    const struct tw_today today = {
        .done = done,
        .flow_m3h = room->flow,
        .conc_gm3 = room->conc,
        .past = TW_INSPECT_PAST_H,
        .past_gm3 = room->past,
        .ahead_m3h = ahead ? (const double(*)[TW_INFLUENT_LEVELS])room->ahead : NULL,
        .temp_c = isnan(temp) ? mean_at(work, TW_KIND_TEMP, "influent") : temp,
        .influent_gm3 = mean_at(work, limit->kind, "influent")};
    tw_limit_today(limit, &today, &result);
    say_limit(work, f, limit, &result);
    return TW_OK;
}

/* GB 18918-2002, table 1: pH 6 to 9, at any time. */
static void judge_ph(struct tw_inspecting *work)
{
    int32_t t = tw_inspect_tag(work, TW_KIND_PH, "effluent");
    if (t < 0) return;
    const struct tw_tag_values *v = &work->in->values[t];
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_LIMITS, "ph", tag_of(work, t)->zh, tag_of(work, t)->en);
    tw_finding_show(work, f, t);
    f->rule = "GB 18918-2002: pH 6 - 9";
    if (v->numbers == 0) return;
    bool broken = v->low < 6.0 || v->high > 9.0;
    tw_finding_say(work, f, broken ? TW_SEVERITY_URGENT : TW_SEVERITY_FINE,
                   "24 小时 %.2f 至 %.2f（限 6 至 9）", "%.2f to %.2f in 24 h (limit 6 to 9)",
                   v->low, v->high);
}

tw_status tw_check_LIMITS(struct tw_inspecting *work)
{
    struct limit_room *room = malloc(sizeof *room);
    if (room == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t i = 0; status == TW_OK && i < work->works->limit_count; i++)
        status = judge_limit(work, &work->works->limits[i], room);
    free(room);
    if (status == TW_OK) judge_ph(work);
    return status;
}

/* ---- inflow ---- */

tw_status tw_check_INFLOW(struct tw_inspecting *work)
{
    int32_t t = tw_inspect_tag(work, TW_KIND_FLOW, "influent");
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_INFLOW, "influent", work->works->zh, work->works->en);
    double mean = tw_inspect_mean(work, t), capacity = work->works->capacity_m3d;
    tw_finding_show(work, f, t);
    f->rule = "24 h against capacity_m3d; highest 5 min against peak_ratio times it";
    if (isnan(mean)) return TW_OK;
    work->in->inflow_m3 = 24.0 * mean;
    f->limit = capacity / 24.0;
    if (isnan(capacity)) {
        tw_finding_say(work, f, TW_SEVERITY_FINE, "24 小时 %.0f m3（未给出设计规模）",
                       "%.0f m3 in 24 h (capacity_m3d is not given)", 24.0 * mean);
        return TW_OK;
    }
    double used = 24.0 * mean / capacity, peak = 0.0;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++)
        if (work->in->values[t].mean[i] > peak) peak = work->in->values[t].mean[i];
    bool beyond = 24.0 * peak > work->works->peak_ratio * capacity;
    int severity = used > 1.0 || beyond ? TW_SEVERITY_REPAIR
                   : used > 0.9         ? TW_SEVERITY_LOOK
                                        : TW_SEVERITY_FINE;
    tw_finding_say(work, f, severity, "24 小时 %.0f m3，为规模的 %.0f%%，峰值 %.0f m3/h",
                   "%.0f m3 in 24 h, %.0f %% of the capacity, peak %.0f m3/h", 24.0 * mean,
                   100.0 * used, peak);
    return TW_OK;
}

tw_status tw_check_AHEAD(struct tw_inspecting *work)
{
    int32_t t = tw_inspect_tag(work, TW_KIND_FLOW, "influent");
    double capacity = work->works->capacity_m3d;
    if (t < 0 || isnan(capacity)) return TW_OK;
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_AHEAD, "influent", work->works->zh, work->works->en);
    struct limit_room *room = malloc(sizeof *room);
    if (room == NULL) return TW_ERR_NOMEM;
    bool ahead;
    tw_finding_show(work, f, t);
    f->limit = work->works->peak_ratio * capacity / 24.0;
    f->rule = "the next 24 h, 0.9 quantile, against peak_ratio times capacity_m3d";
    int64_t hour = work->in->at_ms / HOUR_MS * HOUR_MS;
    tw_status status = fill_flows(work, t, hour, 0, room, &ahead);
    double high = 0.0, middle = 0.0;
    int32_t at = 0;
    for (int32_t k = 0; k < 24; k++) {
        if (!(room->ahead[k][5] > high)) continue;
        high = room->ahead[k][5];
        middle = room->ahead[k][3];
        at = k + 1;
    }
    free(room);
    if (status != TW_OK || !ahead) return status;
    int severity = middle > f->limit ? TW_SEVERITY_REPAIR
                   : high > f->limit ? TW_SEVERITY_LOOK
                                     : TW_SEVERITY_FINE;
    tw_finding_say(work, f, severity,
                   "%d 小时后最大，约 %.0f m3/h（90%% 分位 %.0f），允许 %.0f；未计降雨预报",
                   "highest in %d h: some %.0f m3/h (0.9 quantile %.0f), allowed %.0f; without a "
                   "rain forecast",
                   (int)at, middle, high, f->limit);
    return TW_OK;
}

/* ---- units ---- */

/* Change in an hour, from the last two hours by least squares; NAN: too few values. */
static double rise_of(const struct tw_tag_values *v)
{
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (int32_t i = TW_INSPECT_STEPS - 24; i < TW_INSPECT_STEPS; i++) {
        double hours = i * STEP_H;
        if (isnan(v->mean[i])) continue;
        n += 1.0;
        x += hours;
        y += v->mean[i];
        xx += hours * hours;
        xy += hours * v->mean[i];
    }
    double below = n * xx - x * x;
    return n >= 12.0 && below > 0.0 ? (n * xy - x * y) / below : (double)NAN;
}

/* Minutes in which a tag was beyond its alarms. */
static double minutes_beyond(const struct tw_works_tag *tag, const struct tw_tag_values *v)
{
    int32_t steps = 0;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++)
        steps += v->mean[i] > tag->alarm_high || v->mean[i] < tag->alarm_low;
    return 60.0 * STEP_H * steps;
}

static void judge_alarms(struct tw_inspecting *work, enum tw_item item, int32_t t)
{
    const struct tw_works_tag *tag = tag_of(work, t);
    const struct tw_tag_values *v = &work->in->values[t];
    struct tw_finding *f = tw_finding_add(work, item, tag->name, tag->zh, tag->en);
    double minutes = minutes_beyond(tag, v), rise = rise_of(v);
    bool now = v->last > tag->alarm_high || v->last < tag->alarm_low;
    double left_h = (tag->alarm_high - v->last) / rise;
    bool soon = item == TW_ITEM_LEVEL && rise > 0.0 && left_h > 0.0 && left_h < 3.0;
    tw_finding_show(work, f, t);
    f->limit = isnan(tag->alarm_high) ? tag->alarm_low : tag->alarm_high;
    f->rule = "alarm_low, alarm_high";
    if (v->numbers == 0) return;
    int severity = now && item == TW_ITEM_LEVEL ? TW_SEVERITY_URGENT
                   : now || soon                ? TW_SEVERITY_REPAIR
                   : minutes > 0.0              ? TW_SEVERITY_LOOK
                                                : TW_SEVERITY_FINE;
    if (soon && !now) {
        tw_finding_say(work, f, severity, "现值 %.3g %s，按当前上升速度 %.1f 小时后达上限 %.3g",
                       "now %.3g %s; at the present rise it takes %.1f h to the alarm at %.3g",
                       v->last, f->unit, left_h, tag->alarm_high);
        return;
    }
    tw_finding_say(work, f, severity, "现值 %.3g %s，24 小时 %.3g 至 %.3g，越限 %.0f 分钟",
                   "now %.3g %s, %.3g to %.3g in 24 h, %.0f min beyond its alarms", v->last,
                   f->unit, v->low, v->high, minutes);
}

static bool is_safety(enum tw_kind kind)
{
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++)
        if (rules[r].kind == kind) return true;
    return false;
}

tw_status tw_check_LEVEL(struct tw_inspecting *work)
{
    for (int32_t t = 0; t < work->works->tag_count; t++) {
        const struct tw_works_tag *tag = tag_of(work, t);
        bool any = !isnan(tag->alarm_low) || !isnan(tag->alarm_high);
        if (tag->kind == TW_KIND_LEVEL && any) judge_alarms(work, TW_ITEM_LEVEL, t);
    }
    return TW_OK;
}

tw_status tw_check_PROCESS(struct tw_inspecting *work)
{
    for (int32_t t = 0; t < work->works->tag_count; t++) {
        const struct tw_works_tag *tag = tag_of(work, t);
        bool any = !isnan(tag->alarm_low) || !isnan(tag->alarm_high);
        if (any && tag->kind != TW_KIND_LEVEL && tag->kind != TW_KIND_STOCK &&
            !is_safety(tag->kind)) {
            judge_alarms(work, TW_ITEM_PROCESS, t);
        }
    }
    return TW_OK;
}

/* ---- energy ---- */

/* The plant's own meter, or the sum of its machines'. */
static double energy_of(const struct tw_inspecting *work, int32_t *out_meter)
{
    double sum = 0.0;
    bool any = false;
    *out_meter = tw_inspect_tag(work, TW_KIND_POWER, "plant");
    if (*out_meter >= 0) return 24.0 * tw_inspect_mean(work, *out_meter);
    for (int32_t t = 0; t < work->works->tag_count; t++) {
        double mean =
            tag_of(work, t)->kind == TW_KIND_POWER ? tw_inspect_mean(work, t) : (double)NAN;
        if (isnan(mean)) continue;
        sum += 24.0 * mean;
        any = true;
    }
    return any ? sum : (double)NAN;
}

tw_status tw_check_ENERGY(struct tw_inspecting *work)
{
    int32_t meter;
    struct tw_inspection *in = work->in;
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_ENERGY, "plant", work->works->zh, work->works->en);
    in->energy_kwh = energy_of(work, &meter);
    in->energy_kwhm3 = in->inflow_m3 > 0.0 ? in->energy_kwh / in->inflow_m3 : (double)NAN;
    tw_finding_show(work, f, meter);
    f->rule = "energy_high_kwhm3";
    f->value = in->energy_kwhm3;
    f->limit = work->works->energy_high_kwhm3;
    f->unit = "kWh/m3";
    if (isnan(in->energy_kwhm3)) return TW_OK;
    bool high = in->energy_kwhm3 > f->limit;
    tw_finding_say(work, f, high ? TW_SEVERITY_LOOK : TW_SEVERITY_FINE,
                   "24 小时 %.0f kWh，单位电耗 %.3f kWh/m3%s", "%.0f kWh in 24 h, %.3f kWh/m3%s",
                   in->energy_kwh, in->energy_kwhm3, high ? " (!)" : "");
    return TW_OK;
}
