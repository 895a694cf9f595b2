/* Items of a check list about things: pumps, blowers, machines, chemicals, cameras, instruments. */
#include "base/text.h"
#include "operate/inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tw_works_tag *tag_of(const struct tw_inspecting *work, int32_t t)
{
    return &work->works->tags[t];
}

static bool turns(const struct tw_asset *asset)
{
    return asset->kind == TW_ASSET_PUMP || asset->kind == TW_ASSET_BLOWER ||
           asset->kind == TW_ASSET_MACHINE;
}

/* Times at which a tag of 0 and 1 went up, and hours in which it was up. */
static int32_t rises_of(const struct tw_tag_values *v, double *out_hours)
{
    int32_t rises = 0;
    double before = (double)NAN;
    *out_hours = 0.0;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
        double x = v->mean[i];
        if (isnan(x)) continue;
        *out_hours += x * 24.0 / TW_INSPECT_STEPS;
        rises += before < 0.5 && x >= 0.5;
        before = x;
    }
    return rises;
}

/* ---- equipment ---- */

tw_status tw_check_TRIP(struct tw_inspecting *work)
{
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        int32_t t = tw_inspect_tag(work, TW_KIND_TRIP, asset->name);
        if (!turns(asset) || t < 0) continue;
        const struct tw_tag_values *v = &work->in->values[t];
        struct tw_finding *f =
            tw_finding_add(work, TW_ITEM_TRIP, asset->name, asset->zh, asset->en);
        double hours;
        int32_t rises = rises_of(v, &hours);
        tw_finding_show(work, f, t);
        f->rule = "trip signal: now, or within 24 h";
        if (v->numbers == 0) continue;
        int severity = v->last >= 0.5 ? TW_SEVERITY_URGENT
                       : rises > 0    ? TW_SEVERITY_REPAIR
                                      : TW_SEVERITY_FINE;
        tw_finding_say(work, f, severity, "%s，24 小时跳闸 %d 次，停 %.1f 小时",
                       "%s; tripped %d times in 24 h, out for %.1f h",
                       v->last >= 0.5 ? "TRIP" : "OK", (int)rises, hours);
    }
    return TW_OK;
}

tw_status tw_check_STARTS(struct tw_inspecting *work)
{
    const double look = 6.0, repair = 12.0; /* an hour; motors above 10 kW bear some six to ten */
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        int32_t t = tw_inspect_tag(work, TW_KIND_STATE, asset->name);
        if (!turns(asset) || t < 0) continue;
        const struct tw_tag_values *v = &work->in->values[t];
        struct tw_finding *f =
            tw_finding_add(work, TW_ITEM_STARTS, asset->name, asset->zh, asset->en);
        double hours;
        int32_t starts = rises_of(v, &hours);
        int32_t most = 0;
        for (int32_t i = 0; i + 12 <= TW_INSPECT_STEPS; i++) {
            int32_t in_hour = 0;
            for (int32_t k = i + 1; k < i + 12; k++)
                in_hour += v->mean[k - 1] < 0.5 && v->mean[k] >= 0.5;
            most = in_hour > most ? in_hour : most;
        }
        tw_finding_show(work, f, t);
        f->limit = look;
        f->rule = "starts within an hour, as 5 min see them";
        if (v->numbers == 0) continue;
        int severity = most >= repair ? TW_SEVERITY_REPAIR
                       : most >= 5    ? TW_SEVERITY_LOOK
                                      : TW_SEVERITY_FINE;
        tw_finding_say(work, f, severity, "运行 %.1f 小时，启动 %d 次，一小时内最多 %d 次",
                       "ran %.1f h, %d starts, at most %d within an hour", hours, (int)starts,
                       (int)most);
    }
    return TW_OK;
}

/* Energy for what it moves, while it runs: [kWh/m3]; NAN: not known. */
static double specific_energy(const struct tw_inspecting *work, int32_t power, int32_t moved,
                              double rated_kw)
{
    double kwh = 0.0, m3 = 0.0;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
        double p = work->in->values[power].mean[i], q = work->in->values[moved].mean[i];
        if (!(p > 0.1 * rated_kw) || !(q >= 0.0)) continue;
        kwh += p;
        m3 += q;
    }
    return m3 > 0.0 ? kwh / m3 : (double)NAN;
}

static void judge_load(struct tw_inspecting *work, const struct tw_asset *asset, int32_t power)
{
    struct tw_finding *f = tw_finding_add(work, TW_ITEM_LOAD, asset->name, asset->zh, asset->en);
    enum tw_kind moved = asset->kind == TW_ASSET_BLOWER ? TW_KIND_AIR : TW_KIND_FLOW;
    int32_t flow = tw_inspect_tag(work, moved, asset->name);
    const struct tw_tag_values *v = &work->in->values[power];
    tw_finding_show(work, f, power);
    f->limit = asset->rated_kw;
    f->rule = "power against rated_kw; kWh/m3 against rated_kw / rated_m3h";
    if (v->numbers == 0) return;
    double load = v->high / asset->rated_kw;
    double own = flow >= 0 ? specific_energy(work, power, flow, asset->rated_kw) : (double)NAN;
    double rated = asset->rated_kw / asset->rated_m3h, ratio = own / rated;
    int severity = load > 1.15                   ? TW_SEVERITY_REPAIR
                   : load > 1.05 || ratio > 1.35 ? TW_SEVERITY_LOOK
                                                 : TW_SEVERITY_FINE;
    if (isnan(ratio)) {
        tw_finding_say(work, f, severity, "最大功率 %.3g kW，为额定的 %.0f%%",
                       "highest power %.3g kW, %.0f %% of the rated", v->high, 100.0 * load);
        return;
    }
    tw_finding_say(work, f, severity,
                   "最大功率 %.3g kW，为额定的 %.0f%%；单耗 %.4g kWh/m3，为额定的 %.0f%%",
                   "highest power %.3g kW, %.0f %% of the rated; %.4g kWh/m3, %.0f %% of the rated",
                   v->high, 100.0 * load, own, 100.0 * ratio);
}

tw_status tw_check_LOAD(struct tw_inspecting *work)
{
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        int32_t power = tw_inspect_tag(work, TW_KIND_POWER, asset->name);
        if (turns(asset) && power >= 0 && !isnan(asset->rated_kw)) judge_load(work, asset, power);
    }
    return TW_OK;
}

/* Of the pumps or blowers of a unit, those that are not tripped. */
static void judge_standby(struct tw_inspecting *work, const struct tw_asset *unit,
                          enum tw_asset_kind kind)
{
    int32_t all = 0, able = 0, running = 0;
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        if (asset->kind != kind || !tw_text_same(asset->at, unit->name)) continue;
        int32_t trip = tw_inspect_tag(work, TW_KIND_TRIP, asset->name);
        int32_t state = tw_inspect_tag(work, TW_KIND_STATE, asset->name);
        all++;
        able += trip < 0 || !(work->in->values[trip].last >= 0.5);
        running += state >= 0 && work->in->values[state].last >= 0.5;
    }
    if (all < 2) return;
    char subject[100];
    (void)snprintf(subject, sizeof subject, "%.60s/%s", unit->name, tw_asset_word(kind));
    const char *name = tw_arena_text(&work->in->arena, subject, strlen(subject));
    if (name == NULL) {
        work->no_memory = true;
        return;
    }
    struct tw_finding *f = tw_finding_add(work, TW_ITEM_STANDBY, name, unit->zh, unit->en);
    f->value = able;
    f->limit = all;
    f->rule = "not tripped, of all at the unit";
    int severity = able == 0                       ? TW_SEVERITY_URGENT
                   : able == running && able < all ? TW_SEVERITY_REPAIR
                   : able < all                    ? TW_SEVERITY_LOOK
                                                   : TW_SEVERITY_FINE;
    tw_finding_say(work, f, severity, "%s %d 台，可用 %d 台，运行 %d 台",
                   "%s: %d, able to run %d, running %d", tw_asset_word(kind), (int)all, (int)able,
                   (int)running);
}

tw_status tw_check_STANDBY(struct tw_inspecting *work)
{
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *unit = &work->works->assets[a];
        if (unit->kind != TW_ASSET_UNIT) continue;
        judge_standby(work, unit, TW_ASSET_PUMP);
        judge_standby(work, unit, TW_ASSET_BLOWER);
    }
    return TW_OK;
}

/* ---- chemicals ---- */

/* What is used in a day: what the stock fell by, deliveries left out, or what was dosed. */
static double use_kgd(const struct tw_inspecting *work, int32_t stock, int32_t dose)
{
    double dosed = dose >= 0 ? 24.0 * tw_inspect_mean(work, dose) : (double)NAN;
    double fallen = 0.0, before = (double)NAN;
    if (!isnan(dosed)) return dosed;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
        double x = work->in->values[stock].mean[i];
        if (isnan(x)) continue;
        if (x < before) fallen += before - x;
        before = x;
    }
    return fallen;
}

tw_status tw_check_STOCK(struct tw_inspecting *work)
{
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        int32_t stock = tw_inspect_tag(work, TW_KIND_STOCK, asset->name);
        if (asset->kind != TW_ASSET_CHEMICAL || stock < 0) continue;
        struct tw_finding *f =
            tw_finding_add(work, TW_ITEM_STOCK, asset->name, asset->zh, asset->en);
        const struct tw_tag_values *v = &work->in->values[stock];
        tw_finding_show(work, f, stock);
        f->limit = asset->least_days;
        f->rule = "stock over a day's use against least_days";
        if (v->numbers == 0) continue;
        double use = use_kgd(work, stock, tw_inspect_tag(work, TW_KIND_DOSE, asset->name));
        double days = use > 0.0 ? v->last / use : 999.0;
        int severity = days < 0.4 * asset->least_days ? TW_SEVERITY_URGENT
                       : days < asset->least_days     ? TW_SEVERITY_REPAIR
                                                      : TW_SEVERITY_FINE;
        tw_finding_say(work, f, severity,
                       "库存 %.0f kg，日用 %.0f kg，可用 %.1f 天（应不少于 %.0f 天）",
                       "%.0f kg left, %.0f kg used in a day: %.1f days (at least %.0f wanted)",
                       v->last, use, days, asset->least_days);
    }
    return TW_OK;
}

tw_status tw_check_DOSING(struct tw_inspecting *work)
{
    int32_t inflow = tw_inspect_tag(work, TW_KIND_FLOW, "influent");
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        int32_t dose = tw_inspect_tag(work, TW_KIND_DOSE, asset->name), without = 0, known = 0;
        if (asset->kind != TW_ASSET_CHEMICAL || dose < 0) continue;
        struct tw_finding *f =
            tw_finding_add(work, TW_ITEM_DOSING, asset->name, asset->zh, asset->en);
        tw_finding_show(work, f, dose);
        f->rule = "no dose while water flows in";
        for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
            double x = work->in->values[dose].mean[i];
            bool flows = inflow < 0 || work->in->values[inflow].mean[i] > 0.0;
            known += !isnan(x);
            without += x <= 0.0 && flows;
        }
        if (known == 0) continue;
        double hours = without * 24.0 / TW_INSPECT_STEPS;
        double mean = tw_inspect_mean(work, dose);
        int severity = hours >= 2.0  ? TW_SEVERITY_REPAIR
                       : hours > 0.5 ? TW_SEVERITY_LOOK
                                     : TW_SEVERITY_FINE;
        tw_finding_say(work, f, severity, "平均 %.3g kg/h，断药 %.1f 小时",
                       "%.3g kg/h in the mean, none for %.1f h", mean, hours);
    }
    return TW_OK;
}

/* ---- instruments ---- */

/* The worst fault of an instrument, and how long each kind lasted. */
static void judge_sensor(struct tw_inspecting *work, int32_t t, const struct tw_sensor_found *found)
{
    const struct tw_works_tag *tag = tag_of(work, t);
    const struct tw_tag_values *v = &work->in->values[t];
    struct tw_finding *f = tw_finding_add(work, TW_ITEM_SENSOR, tag->name, tag->zh, tag->en);
    int32_t steps[TW_FAULT_COUNT] = {0}, worst = -1;
    tw_finding_show(work, f, t);
    f->rule = "sensor_faults.def over 24 h";
    if (v->numbers == 0) {
        tw_finding_say(work, f, TW_SEVERITY_REPAIR, "24 小时无数据", "no value in 24 h");
        return;
    }
    for (int32_t e = 0; e < found->count; e++)
        steps[found->list[e].fault] += found->list[e].end - found->list[e].begin;
    for (int32_t k = 0; k < TW_FAULT_COUNT; k++) {
        bool worse = worst < 0 || tw_sensor_fault_get((enum tw_sensor_fault)k)->severity >
                                      tw_sensor_fault_get((enum tw_sensor_fault)worst)->severity;
        if (steps[k] > 0 && worse) worst = k;
    }
    if (worst < 0) {
        tw_finding_say(work, f, TW_SEVERITY_FINE, "现值 %.4g %s，%d 个数，未见异常",
                       "now %.4g %s, %d values, nothing unusual", v->last, f->unit,
                       (int)v->numbers);
        return;
    }
    const struct tw_sensor_fault_info *info = tw_sensor_fault_get((enum tw_sensor_fault)worst);
    f->severity = info->severity;
    char zh[120], en[120];
    double hours = steps[worst] * 24.0 / TW_INSPECT_STEPS;
    (void)snprintf(zh, sizeof zh, "%s，共 %.1f 小时，现值 %.4g", info->zh, hours, v->last);
    (void)snprintf(en, sizeof en, "%s for %.1f h, now %.4g", info->en, hours, v->last);
    f->finding_zh = tw_arena_text(&work->in->arena, zh, strlen(zh));
    f->finding_en = tw_arena_text(&work->in->arena, en, strlen(en));
    if (f->finding_zh == NULL || f->finding_en == NULL) work->no_memory = true;
    f->advice_zh = info->advice_zh;
    f->advice_en = info->advice_en;
}

tw_status tw_check_SENSOR(struct tw_inspecting *work)
{
    const struct tw_inspection *in = work->in;
    int32_t count = work->works->tag_count;
    if (count == 0) return TW_OK;
    struct tw_arena room;
    tw_arena_init(&room);
    const double **values = TW_ARENA_NEW(&room, const double *, count);
    tw_status status = values == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int32_t t = 0; status == TW_OK && t < count; t++)
        values[t] = in->values[t].mean;
    const struct tw_sensor_grid grid = {.count = TW_INSPECT_STEPS,
                                        .sensors = count,
                                        .begin_ms = in->from_ms,
                                        .step_ms = 86400000 / TW_INSPECT_STEPS,
                                        .value = values};
    struct tw_sensor_found found = {.arena = &room};
    for (int32_t t = 0; status == TW_OK && t < count; t++) {
        found.count = 0;
        if (in->values[t].numbers > 0) {
            status = tw_sensor_check(&grid, t, &tag_of(work, t)->limits, &found);
        }
        if (status == TW_OK) judge_sensor(work, t, &found);
    }
    tw_arena_done(&room);
    return status;
}

tw_status tw_check_COVERAGE(struct tw_inspecting *work)
{
    int32_t silent = 0, count = work->works->tag_count;
    double known = 0.0;
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_COVERAGE, "plant", work->works->zh, work->works->en);
    f->rule = "stretches of 5 min with a value";
    if (count == 0) {
        tw_finding_say(work, f, TW_SEVERITY_UNKNOWN, "未配置测点，见 docs/inspection.md",
                       "no tags are configured, see docs/inspection.md");
        return TW_OK;
    }
    for (int32_t t = 0; t < count; t++) {
        const struct tw_tag_values *v = &work->in->values[t];
        silent += v->numbers == 0;
        for (int32_t i = 0; i < TW_INSPECT_STEPS; i++)
            known += !isnan(v->mean[i]);
    }
    double share = known / ((double)count * TW_INSPECT_STEPS);
    int severity = share < 0.5   ? TW_SEVERITY_REPAIR
                   : share < 0.9 ? TW_SEVERITY_LOOK
                                 : TW_SEVERITY_FINE;
    f->value = 100.0 * share;
    f->unit = "%";
    tw_finding_say(work, f, severity, "%d 个测点，%d 个无数据，有数时段 %.1f%%",
                   "%d tags, %d without any value, values in %.1f %% of the time", (int)count,
                   (int)silent, 100.0 * share);
    return TW_OK;
}

/* ---- cameras ---- */

tw_status tw_check_VIDEO(struct tw_inspecting *work)
{
    bool any = false;
    for (int32_t a = 0; a < work->works->asset_count; a++) {
        const struct tw_asset *asset = &work->works->assets[a];
        char why[200] = "";
        if (asset->kind != TW_ASSET_CAMERA) continue;
        any = true;
        struct tw_finding *f =
            tw_finding_add(work, TW_ITEM_VIDEO, asset->name, asset->zh, asset->en);
        f->rule = "a still by ffmpeg";
        if (work->options->still == NULL || asset->address[0] == '\0') {
            bool address = asset->address[0] != '\0';
            tw_finding_say(work, f, TW_SEVERITY_UNKNOWN, "无法截图：%s", "no still: %s",
                           address ? "no ffmpeg" : "no address");
            continue;
        }
        f->still = work->options->still(work->options->user, asset->address, why, sizeof why);
        if (f->still != NULL) {
            tw_finding_say(work, f, TW_SEVERITY_FINE, "见截图", "see the still");
        } else {
            tw_finding_say(work, f, TW_SEVERITY_LOOK, "无法截图：%s", "no still: %s", why);
        }
    }
    if (any) return TW_OK;
    struct tw_finding *f =
        tw_finding_add(work, TW_ITEM_VIDEO, "plant", work->works->zh, work->works->en);
    tw_finding_say(work, f, TW_SEVERITY_UNKNOWN, "未配置摄像机", "no camera is configured");
    return TW_OK;
}
