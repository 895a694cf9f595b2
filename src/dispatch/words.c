/* A plan in words, Chinese and English. */
#include "dispatch/words.h"

#include "dispatch/dispatch.h"
#include "dispatch/plan_internal.h"

#include <stdio.h>
#include <string.h>

const char *tw_words_take(struct tw_strbuf *text, struct tw_arena *arena)
{
    const char *copy =
        text->status == TW_OK ? tw_arena_text(arena, tw_strbuf_get(text), text->length) : NULL;
    tw_strbuf_clear(text);
    return copy;
}

/* A time from now: minutes, or hours and minutes. */
static const char *span(int32_t s, bool zh, char out[32])
{
    int32_t minutes = (s + 30) / 60;
    if (minutes < 120) {
        (void)snprintf(out, 32, zh ? "%d 分钟" : "%d min", (int)minutes);
    } else {
        (void)snprintf(out, 32, zh ? "%d 小时 %d 分" : "%d h %d min", (int)(minutes / 60),
                       (int)(minutes % 60));
    }
    return out;
}

static const char *point_name(const struct tw_dispatch_point *point, bool zh)
{
    const char *name = zh ? point->name_zh : point->name_en;
    return name != NULL && name[0] != '\0' ? name : point->id;
}

/* The word of a skill or a supply. */
static const char *thing(const char *key, bool zh)
{
    static const struct {
        const char *key, *zh, *en;
    } things[] = {
#define TW_THING(key, zh, en) {key, zh, en},
#include "dispatch/things.def"
#undef TW_THING
    };
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
        if (strcmp(things[i].key, key) == 0) return zh ? things[i].zh : things[i].en;
    }
    return key;
}

/* ---- why someone goes somewhere ---- */

/* The danger, the depth, the rise. */
static void say_point(struct tw_strbuf *text, const struct tw_dispatch_point *point, bool zh)
{
    (void)tw_strbuf_printf(text, "%s %s", point->id, point_name(point, zh));
    (void)tw_strbuf_add_text(text, zh ? "：" : ": ");
    if (point->life) (void)tw_strbuf_add_text(text, zh ? "有生命危险，" : "danger to life, ");
    (void)tw_strbuf_printf(text, zh ? "预计水深 %.2f 米" : "%.2f m of water expected",
                           point->depth_m);
    if (point->rise_mh >= 0.01) {
        (void)tw_strbuf_printf(text, zh ? "，上涨 %.0f 厘米/小时" : ", rising %.0f cm/h",
                               100.0 * point->rise_mh);
    }
}

/* When people arrive beside when the water does. */
static void say_arrival(struct tw_strbuf *text, const struct tw_dispatch_point *point,
                        int32_t arrive_s, bool zh)
{
    char a[32], b[32];
    if (arrive_s <= 0) {
        (void)tw_strbuf_add_text(text, zh ? "；已在现场" : "; there already");
        return;
    }
    (void)tw_strbuf_printf(text, zh ? "；%s后到达" : "; there in %s", span(arrive_s, zh, a));
    int32_t ahead_s = point->water_s - arrive_s;
    if (ahead_s >= 60) {
        (void)tw_strbuf_printf(text, zh ? "，比水早 %s" : ", %s before the water",
                               span(ahead_s, zh, b));
    } else if (ahead_s <= -60 && point->water_s > 0) {
        (void)tw_strbuf_printf(text, zh ? "，比水晚 %s" : ", %s after the water",
                               span(-ahead_s, zh, b));
    }
}

/* Which of the point's needs the mission serves. */
static void say_use(struct tw_strbuf *text, const struct tw_setup *setup,
                    const struct tw_mission *mission, bool zh)
{
    const struct tw_need *most = &setup->most[mission->point];
    uint32_t skills = 0;
    for (int32_t i = 0; i < mission->crew_count; i++)
        skills |= setup->problem->crews[mission->crews[i]].skills;
    (void)tw_strbuf_printf(text, zh ? "。出动 %d 人" : ". Brings %d people", (int)mission->people);
    const char *before = zh ? "（" : " (";
    for (int32_t k = 0; k < setup->problem->skill_count; k++) {
        if ((skills >> k & 1u) == 0 || most->skills[k] == 0) continue;
        (void)tw_strbuf_printf(text, "%s%s", before, thing(setup->problem->skills[k], zh));
        before = zh ? "、" : ", ";
    }
    if (strcmp(before, zh ? "、" : ", ") == 0) (void)tw_strbuf_add_text(text, zh ? "）" : ")");
    if (mission->pump_m3h > 0) {
        (void)tw_strbuf_printf(text, zh ? "，排水 %d 立方米/小时" : " and pumps of %d m3/h",
                               (int)mission->pump_m3h);
    }
    (void)tw_strbuf_printf(text, zh ? "，该点共需 %d 人" : "; the point needs %d people",
                           (int)most->people);
    if (most->pump_m3h > 0) {
        (void)tw_strbuf_printf(text, zh ? "、%d 立方米/小时" : " and %d m3/h", (int)most->pump_m3h);
    }
    (void)tw_strbuf_add_text(text, zh ? "。" : ".");
}

/* Why these people leave where they were sent. */
static void say_move(struct tw_strbuf *text, const struct tw_setup *setup, int32_t from, int32_t to,
                     bool zh)
{
    const struct tw_dispatch_point *a = &setup->problem->points[from];
    if (to < 0) {
        (void)tw_strbuf_printf(text,
                               a->stage_count == 0 ? (zh ? "撤回：%s 已无需求。"
                                                         : "Called back: %s needs nobody any more.")
                                                   : (zh ? "撤回：%s 已不可达或无车可乘。"
                                                         : "Called back: %s can't be reached, or "
                                                           "there are no seats."),
                               a->id);
        return;
    }
    const struct tw_dispatch_point *b = &setup->problem->points[to];
    (void)tw_strbuf_printf(text, zh ? "由 %s 改派 %s：" : "From %s to %s: ", a->id, b->id);
    if (b->life && !a->life) {
        (void)tw_strbuf_printf(text, zh ? "%s 有生命危险" : "danger to life at %s", b->id);
    } else {
        (void)tw_strbuf_printf(text,
                               zh ? "%s 缺口更重（权重 %.1f 对 %.1f）"
                                  : "the lack at %s weighs more (%.1f against %.1f)",
                               b->id, (double)setup->weight[to] / 100.0,
                               (double)setup->weight[from] / 100.0);
    }
    if (b->rise_mh >= 0.01) {
        (void)tw_strbuf_printf(text, zh ? "，上涨 %.0f 厘米/小时" : ", +%.0f cm/h",
                               100.0 * b->rise_mh);
    }
    (void)tw_strbuf_add_text(text, zh ? "。" : ". ");
}

static tw_status say_missions(struct tw_plan *plan, struct tw_strbuf *text)
{
    const struct tw_setup *setup = &plan->memory->setup;
    for (int32_t m = 0; m < plan->mission_count; m++) {
        struct tw_mission *mission = &plan->missions[m];
        const struct tw_dispatch_point *point = &setup->problem->points[mission->point];
        for (int zh = 0; zh < 2; zh++) {
            if (mission->change == TW_MISSION_MOVED) {
                say_move(text, setup, mission->from_point, mission->point, zh);
            }
            say_point(text, point, zh);
            say_arrival(text, point, mission->arrive_s, zh);
            say_use(text, setup, mission, zh);
            const char *said = tw_words_take(text, &plan->memory->arena);
            if (said == NULL) return TW_ERR_NOMEM;
            *(zh ? &mission->reason_zh : &mission->reason_en) = said;
        }
    }
    return TW_OK;
}

/* ---- what is missing ---- */

static void say_amount(struct tw_strbuf *text, const char **io_before, bool zh, const char *format,
                       int32_t amount, const char *what)
{
    if (amount <= 0) return;
    (void)tw_strbuf_add_text(text, *io_before);
    (void)tw_strbuf_printf(text, "%d ", (int)amount);
    (void)tw_strbuf_add_text(text, format);
    if (what != NULL) (void)tw_strbuf_add_text(text, what);
    *io_before = zh ? "、" : ", ";
}

static void say_lack(struct tw_strbuf *text, const struct tw_setup *setup,
                     const struct tw_point_plan *point, bool zh)
{
    const char *before = zh ? "缺 " : "lacks ";
    say_amount(text, &before, zh, zh ? "人" : "people", point->lacks.people, NULL);
    for (int32_t k = 0; k < setup->problem->skill_count; k++)
        say_amount(text, &before, zh, zh ? "人会 " : "people for ", point->lacks.skills[k],
                   thing(setup->problem->skills[k], zh));
    say_amount(text, &before, zh, zh ? "立方米/小时排水" : "m3/h of pumps", point->lacks.pump_m3h,
               NULL);
    for (int32_t k = 0; k < setup->problem->kit_count; k++)
        say_amount(text, &before, zh, "", point->lacks.kits[k], thing(setup->problem->kits[k], zh));
    if (text->length == 0 || point->reachable) return;
    (void)tw_strbuf_add_text(text, zh ? "；没有车辆能在需要时到达"
                                      : "; no vehicle can get there in time");
}

static tw_status say_points(struct tw_plan *plan, struct tw_strbuf *text)
{
    const struct tw_setup *setup = &plan->memory->setup;
    for (int32_t p = 0; p < setup->points; p++) {
        struct tw_point_plan *point = &plan->points[p];
        for (int zh = 0; zh < 2; zh++) {
            say_lack(text, setup, point, zh);
            const char *said = tw_words_take(text, &plan->memory->arena);
            if (said == NULL) return TW_ERR_NOMEM;
            *(zh ? &point->missing_zh : &point->missing_en) = said;
        }
    }
    return TW_OK;
}

/* ---- who stays ---- */

static const char *const bar_words[][2] = {
    [TW_CREW_FREE] = {"ready; no point gains by it", "待命：派出无增益"},
    [TW_CREW_OUT] = {"not to be planned with", "不可用"},
    [TW_CREW_RESTS] = {"resting or off shift", "休息或未到班次"},
    [TW_CREW_ENDS] = {"its shift ends", "班次将结束"},
    [TW_CREW_NO_ROAD] = {"no road near it", "附近无道路"},
};

static tw_status say_idle(struct tw_plan *plan, struct tw_strbuf *text)
{
    const struct tw_setup *setup = &plan->memory->setup;
    for (int32_t c = 0; c < setup->crews; c++) {
        if (plan->crew_point[c] >= 0) continue;
        const struct tw_crew *crew = &setup->problem->crews[c];
        for (int zh = 0; zh < 2; zh++) {
            char a[32];
            (void)tw_strbuf_add_text(text, bar_words[setup->crew_bar[c]][zh]);
            if (setup->crew_bar[c] == TW_CREW_RESTS) {
                (void)tw_strbuf_printf(text, zh ? "，%s后可用" : ", ready in %s",
                                       span(crew->free_s, zh, a));
            }
            const char *said = tw_words_take(text, &plan->memory->arena);
            if (said == NULL) return TW_ERR_NOMEM;
            (zh ? plan->idle_zh : plan->idle_en)[c] = said;
        }
    }
    return TW_OK;
}

/* ---- what has changed ---- */

static tw_status say_change(struct tw_plan *plan, struct tw_strbuf *text, int32_t crew,
                            int32_t vehicle, int32_t from)
{
    int32_t to = crew >= 0 ? plan->crew_point[crew] : plan->vehicle_point[vehicle];
    if (from < 0 || from == to) return TW_OK;
    struct tw_plan_change *change = &plan->changes[plan->change_count++];
    *change = (struct tw_plan_change){.crew = crew, .vehicle = vehicle, .from = from, .to = to};
    for (int zh = 0; zh < 2; zh++) {
        say_move(text, &plan->memory->setup, from, to, zh);
        const char *said = tw_words_take(text, &plan->memory->arena);
        if (said == NULL) return TW_ERR_NOMEM;
        *(zh ? &change->reason_zh : &change->reason_en) = said;
    }
    return TW_OK;
}

static tw_status say_changes(struct tw_plan *plan, struct tw_strbuf *text)
{
    const struct tw_setup *setup = &plan->memory->setup;
    for (int32_t c = 0; c < setup->crews; c++)
        TW_TRY(say_change(plan, text, c, -1, setup->crew_was[c]));
    for (int32_t v = 0; v < setup->vehicles; v++)
        TW_TRY(say_change(plan, text, -1, v, setup->vehicle_was[v]));
    return TW_OK;
}

/* ---- the card ---- */

static void say_title(struct tw_strbuf *text, const struct tw_plan *plan, bool zh)
{
    int32_t fresh = 0, moved = 0, kept = 0, lacking = 0;
    for (int32_t m = 0; m < plan->mission_count; m++) {
        fresh += plan->missions[m].change == TW_MISSION_NEW;
        moved += plan->missions[m].change == TW_MISSION_MOVED;
        kept += plan->missions[m].change == TW_MISSION_KEPT;
    }
    for (int32_t p = 0; p < plan->memory->setup.points; p++)
        lacking += plan->points[p].missing_en[0] != '\0';
    (void)tw_strbuf_printf(text,
                           zh ? "新派 %d 队，改派 %d 队，保持 %d 队；%d 个点有缺口"
                              : "%d sent, %d moved, %d kept; %d points lack something",
                           (int)fresh, (int)moved, (int)kept, (int)lacking);
}

static void say_lines(struct tw_strbuf *text, const struct tw_plan *plan, bool zh)
{
    const struct tw_dispatch_problem *problem = plan->memory->setup.problem;
    for (int32_t i = 0; i < plan->change_count; i++) {
        const struct tw_plan_change *change = &plan->changes[i];
        (void)tw_strbuf_printf(text, "%s %s\n",
                               change->crew >= 0 ? problem->crews[change->crew].id
                                                 : problem->vehicles[change->vehicle].id,
                               zh ? change->reason_zh : change->reason_en);
    }
    for (int32_t m = 0; m < plan->mission_count; m++) {
        const struct tw_mission *mission = &plan->missions[m];
        if (mission->change != TW_MISSION_NEW) continue;
        for (int32_t i = 0; i < mission->crew_count; i++)
            (void)tw_strbuf_printf(text, "%s%s", i > 0 ? ", " : "",
                                   problem->crews[mission->crews[i]].id);
        (void)tw_strbuf_printf(text, " → %s\n", zh ? mission->reason_zh : mission->reason_en);
    }
    for (int32_t p = 0; p < problem->point_count; p++) {
        const char *missing = zh ? plan->points[p].missing_zh : plan->points[p].missing_en;
        if (missing[0] != '\0')
            (void)tw_strbuf_printf(text, "%s %s\n", problem->points[p].id, missing);
    }
    for (int32_t i = 0; i < plan->help_count; i++)
        (void)tw_strbuf_printf(text, "%s\n", zh ? plan->helps[i].text_zh : plan->helps[i].text_en);
}

static tw_status say_card(struct tw_plan *plan, struct tw_strbuf *text)
{
    for (int zh = 0; zh < 2; zh++) {
        say_title(text, plan, zh);
        const char *title = tw_words_take(text, &plan->memory->arena);
        say_lines(text, plan, zh);
        const char *lines = tw_words_take(text, &plan->memory->arena);
        if (title == NULL || lines == NULL) return TW_ERR_NOMEM;
        *(zh ? &plan->card_title_zh : &plan->card_title_en) = title;
        *(zh ? &plan->card_text_zh : &plan->card_text_en) = lines;
    }
    return TW_OK;
}

tw_status tw_plan_words(struct tw_plan *plan)
{
    struct tw_strbuf text = {0};
    tw_status status = say_missions(plan, &text);
    if (status == TW_OK) status = say_points(plan, &text);
    if (status == TW_OK) status = say_idle(plan, &text);
    if (status == TW_OK) status = say_changes(plan, &text);
    if (status == TW_OK) status = say_card(plan, &text);
    tw_strbuf_done(&text);
    return status;
}
