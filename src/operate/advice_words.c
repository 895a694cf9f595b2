/* Advice as JSON and in words. */
#include "net/json.h"
#include "operate/advice.h"

#include <math.h>
#include <string.h>

/* ---- words ---- */

static double mean_value(const struct tw_advice *a, const struct tw_advice_knob *k)
{
    double sum = 0.0;
    for (int32_t b = 0; b < a->block_count; b++)
        sum += k->value[b];
    return sum / a->block_count;
}

static double share(double from, double to) { return 100.0 * (to - from) / fmax(fabs(from), 1e-9); }

/* The set-points that are moved by more than 3 % of what they are. */
static void say_moves(struct tw_strbuf *out, const struct tw_advice *a, bool zh)
{
    const char *between = "";
    for (int32_t i = 0; i < a->knob_count; i++) {
        const struct tw_advice_knob *k = &a->knobs[i];
        double mean = mean_value(a, k), by = share(k->now, mean);
        if (fabs(by) < 3.0) continue;
        const char *way = by > 0.0 ? (zh ? "调高" : "up") : (zh ? "调低" : "down");
        (void)tw_strbuf_printf(out, zh ? "%s%s %s %.0f%%" : "%s%s %s by %.0f %%", between, k->name,
                               way, fabs(by));
        between = zh ? "，" : ", ";
    }
}

static void say_part(struct tw_strbuf *out, const char *name, double from, double to,
                     const char *unit)
{
    (void)tw_strbuf_printf(out, "%s %.0f → %.0f %s (%+.1f %%)", name, from, to, unit,
                           share(from, to));
}

static void say_broken(struct tw_strbuf *out, const struct tw_advice *a, bool zh)
{
    for (int32_t i = 0; i < a->limit_count; i++) {
        if (!(a->advised.mean_gm3[i] > a->limit_gm3[i])) continue;
        const struct tw_kind_info *kind = tw_kind_get(a->limits[i].kind);
        (void)tw_strbuf_printf(
            out,
            zh ? "%s限值 %.3g mg/L 在设备范围内达不到：照此建议为 %.3g，保持现状为 %.3g。"
               : " The limit of %s, %.3g g/m3, can't be met within the equipment's ranges: %.3g as "
                 "advised, %.3g as things are.",
            zh ? kind->zh : kind->en, a->limit_gm3[i], a->advised.mean_gm3[i],
            a->as_is.mean_gm3[i]);
    }
}

void tw_advice_reason(struct tw_strbuf *out, const struct tw_advice *advice, bool zh)
{
    const struct tw_plant_scores *from = &advice->as_is.scores, *to = &advice->advised.scores;
    if (!advice->better) {
        (void)tw_strbuf_add_text(
            out, zh ? "保持现状：在设备范围内没有找到既省钱、出水又不变差的设定。"
                    : "Leave everything as it is: within the ranges no set-points were found that "
                      "cost less and don't make the effluent worse.");
        say_broken(out, advice, zh);
        return;
    }
    (void)tw_strbuf_printf(out,
                           zh ? "未来 %.0f 小时运行费用可降 %.1f%%，出水不变差："
                              : "The next %.0f h cost %.1f %% less with an effluent that is no "
                                "worse: ",
                           advice->hours, 100.0 * advice->saved);
    say_moves(out, advice, zh);
    (void)tw_strbuf_add_text(out, zh ? "。" : ". ");
    say_part(out, zh ? "曝气" : "Aeration", from->aeration_kwhd, to->aeration_kwhd, "kWh/d");
    say_part(out, zh ? "，回流与排泥泵" : ", pumping", from->pumping_kwhd, to->pumping_kwhd,
             "kWh/d");
    say_part(out, zh ? "，污泥" : ", sludge", from->sludge_kgd, to->sludge_kgd, "kg/d");
    if (from->carbon_kgd > 0.0 || to->carbon_kgd > 0.0) {
        say_part(out, zh ? "，碳源" : ", carbon", from->carbon_kgd, to->carbon_kgd, "kg/d");
    }
    say_part(out, zh ? "；出水指数 EQI" : "; EQI", from->eqi_kgd, to->eqi_kgd, "kg/d");
    (void)tw_strbuf_printf(out,
                           zh ? "，氨氮 %.2f → %.2f，总氮 %.2f → %.2f mg/L。"
                              : ", ammonia %.2f → %.2f, TN %.2f → %.2f g/m3.",
                           from->ammonia_gm3, to->ammonia_gm3, from->tn_gm3, to->tn_gm3);
    say_broken(out, advice, zh);
}

static void say_ranges(struct tw_strbuf *out, const struct tw_advice *a, bool zh)
{
    const char *between = "";
    struct tw_strbuf names = {0};
    for (int32_t i = 0; i < a->knob_count; i++) {
        if (a->knobs[i].range_given) continue;
        (void)tw_strbuf_printf(&names, "%s%s", between, a->knobs[i].name);
        between = zh ? "、" : ", ";
    }
    if (names.length > 0) {
        (void)tw_strbuf_printf(
            out,
            zh ? "未给出设备范围：%s，只在现值附近搜索，请在该厂文件中写明 least、most。"
               : " The plant's file gives no range for %s: only values near the "
                 "present one were tried; write its least and most there.",
            tw_strbuf_get(&names));
    }
    tw_strbuf_done(&names);
    if (a->left_out > 0) {
        (void)tw_strbuf_printf(
            out, zh ? "另有 %d 个设定未参与。" : " %d further set-points were left alone.",
            (int)a->left_out);
    }
}

static void say_over(struct tw_strbuf *out, const struct tw_advice *a, bool zh)
{
    static const char *const names[] = {"TN", "COD", "NH4", "TSS", "BOD5", "TP"};
    for (int i = 0; i < 6; i++) {
        double from = 100.0 * a->as_is.scores.over_ratio[i];
        double to = 100.0 * a->advised.scores.over_ratio[i];
        if (to <= from + 1.0) continue;
        (void)tw_strbuf_printf(out,
                               zh ? "注意：%s 瞬时超限时间由 %.0f%% 增至 %.0f%%。"
                                  : " Mind that %s is above its limit of a moment for %.0f %% of "
                                    "the time, %.0f %% as things are.",
                               names[i], zh ? from : to, zh ? to : from);
    }
}

void tw_advice_basis(struct tw_strbuf *out, const struct tw_advice *advice, bool zh)
{
    const struct tw_advice_outcome *o = &advice->advised;
    (void)tw_strbuf_printf(
        out,
        zh ? "依据：该厂机理模型从当前状态起、按预报进水运行 %d 次，之后再看 %.0f "
             "小时；预报和模型错了，建议也会错。"
           : "It rests on the plant's own model, run %d times from its present state with the "
             "influent foretold, and %.0f h on; where forecast or model are wrong, so is this.",
        (int)advice->tried, advice->after_h);
    if (advice->limit_count == 0) {
        (void)tw_strbuf_add_text(out, zh ? "未给出出水限值，只保证 EQI 不变差。"
                                         : " No limits are given: only the EQI is held.");
    }
    say_ranges(out, advice, zh);
    say_over(out, advice, zh);
    if (o->saturated >= 0 && o->saturated_d > 0.02) {
        (void)tw_strbuf_printf(out,
                               zh ? "控制器 %s 有 %.1f 小时处于极限，达不到设定值。"
                                  : " Controller %s is at an end of its range for %.1f h and does "
                                    "not reach its set-point then.",
                               tw_plant_controller_name(advice->plant, o->saturated),
                               24.0 * o->saturated_d);
    }
    if (o->short_d > 0.0) {
        (void)tw_strbuf_printf(out,
                               zh ? "有 %.1f 小时水泵所需多于来水。"
                                  : " For %.1f h pumps are asked for more than arrives.",
                               24.0 * o->short_d);
    }
}

/* ---- JSON ---- */

static void write_outcome(struct tw_strbuf *out, const char *key, const struct tw_advice *a,
                          const struct tw_advice_outcome *o)
{
    const struct tw_plant_scores *s = &o->scores;
    tw_json_key(out, key);
    tw_json_open(out, '{');
    tw_json_put_number(out, "cost", o->cost, 2);
    tw_json_put_number(out, "penalty", o->penalty, 2);
    tw_json_put_number(out, "OCI", s->oci, 2);
    tw_json_put_number(out, "EQI_kgd", s->eqi_kgd, 2);
    tw_json_put_number(out, "OCI_with_after", o->with_after_oci, 2);
    tw_json_put_number(out, "EQI_with_after_kgd", o->with_after_eqi_kgd, 2);
    tw_json_put_number(out, "flow_m3d", s->flow_m3d, 1);
    tw_json_put_number(out, "aeration_kwhd", s->aeration_kwhd, 1);
    tw_json_put_number(out, "pumping_kwhd", s->pumping_kwhd, 1);
    tw_json_put_number(out, "mixing_kwhd", s->mixing_kwhd, 1);
    tw_json_put_number(out, "energy_kwhd", s->aeration_kwhd + s->pumping_kwhd + s->mixing_kwhd, 1);
    tw_json_put_number(out, "sludge_kgd", s->sludge_kgd, 1);
    tw_json_put_number(out, "carbon_kgd", s->carbon_kgd, 2);
    tw_json_put_number(out, "ammonia_gm3", s->ammonia_gm3, 3);
    tw_json_put_number(out, "TN_gm3", s->tn_gm3, 3);
    tw_json_put_number(out, "TP_gm3", s->tp_gm3, 3);
    tw_json_put_number(out, "COD_gm3", s->cod_gm3, 2);
    tw_json_put_number(out, "BOD5_gm3", s->bod5_gm3, 2);
    tw_json_put_number(out, "TSS_gm3", s->tss_gm3, 2);
    tw_json_key(out, "limits");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < a->limit_count; i++) {
        tw_json_open(out, '{');
        tw_json_put_text(out, "kind", tw_kind_get(a->limits[i].kind)->key);
        tw_json_put_number(out, "limit_gm3", a->limit_gm3[i], 3);
        tw_json_put_number(out, "mean_gm3", o->mean_gm3[i], 3);
        tw_json_put_bool(out, "broken", o->mean_gm3[i] > a->limit_gm3[i]);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

static void write_knob(struct tw_strbuf *out, const struct tw_advice *a,
                       const struct tw_advice_knob *k)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "name", k->name);
    tw_json_put_number(out, "now", k->now, 4);
    tw_json_put_number(out, "least", k->least, 4);
    tw_json_put_number(out, "most", k->most, 4);
    tw_json_put_bool(out, "range_given", k->range_given);
    tw_json_key(out, "values");
    tw_json_open(out, '[');
    for (int32_t b = 0; b < a->block_count; b++)
        tw_json_number(out, k->value[b], 4);
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

static void write_words(struct tw_strbuf *out, const char *key, const struct tw_advice *a,
                        void (*say)(struct tw_strbuf *, const struct tw_advice *, bool))
{
    tw_json_key(out, key);
    tw_json_open(out, '{');
    for (int zh = 1; zh >= 0; zh--) {
        struct tw_strbuf words = {0};
        say(&words, a, zh == 1);
        tw_json_put_text(out, zh == 1 ? "zh" : "en", tw_strbuf_get(&words));
        if (words.status != TW_OK) out->status = words.status;
        tw_strbuf_done(&words);
    }
    tw_json_close(out, '}');
}

void tw_advice_write(struct tw_strbuf *out, const struct tw_advice *advice)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "format", "thalweg-plant-advice");
    tw_json_put_text(out, "plant", tw_plant_title(advice->plant));
    tw_json_put_number(out, "from_d", advice->from_d, 6);
    tw_json_put_number(out, "hours", advice->hours, 2);
    tw_json_put_number(out, "block_h", advice->block_h, 2);
    tw_json_put_number(out, "after_h", advice->after_h, 2);
    tw_json_put_bool(out, "better", advice->better);
    tw_json_put_number(out, "saved_ratio", advice->saved, 5);
    tw_json_put_integer(out, "runs", advice->tried);
    tw_json_key(out, "setpoints");
    tw_json_open(out, '[');
    for (int32_t k = 0; k < advice->knob_count; k++)
        write_knob(out, advice, &advice->knobs[k]);
    tw_json_close(out, ']');
    write_outcome(out, "as_is", advice, &advice->as_is);
    write_outcome(out, "advised", advice, &advice->advised);
    write_words(out, "reason", advice, tw_advice_reason);
    write_words(out, "rests_on", advice, tw_advice_basis);
    tw_json_close(out, '}');
}
