/* What would help most: one more crew, tried at every depot for every point that lacks something. */
#include "dispatch/plan_internal.h"
#include "dispatch/words.h"

#include <string.h>

enum { HELPS_MOST = 3, CREW = 4 };

/* A crew that isn't there: as many people as are lacking, up to a vehicle's seats. */
struct offer {
    struct tw_plan_help help;
    int64_t gain[2]; /* at TW_LEVEL_LIFE and TW_LEVEL_UNMET */
    int32_t arrive_s;
};

static bool better(const struct offer *a, const struct offer *b)
{
    if (a->gain[0] != b->gain[0]) return a->gain[0] > b->gain[0];
    if (a->gain[1] != b->gain[1]) return a->gain[1] > b->gain[1];
    return a->arrive_s < b->arrive_s;
}

/* When a crew of a depot would be at a point by its vehicles that go farthest through water. */
static int32_t arrive_s(const struct tw_setup *setup, int32_t depot, int32_t p)
{
    int32_t best = TW_DISPATCH_NEVER;
    for (int32_t k = 0; k < setup->class_count; k++) {
        int32_t s = setup->arrive_s[((int64_t)depot * setup->class_count + k) * setup->points + p];
        if (s < best) best = s;
    }
    return best;
}

static bool still_lacks(const struct tw_setup *setup, const struct tw_need *lacks,
                        const struct tw_plan_help *help)
{
    if (lacks->people > help->people || lacks->pump_m3h > help->pump_m3h) return true;
    for (int32_t k = 0; k < setup->problem->skill_count; k++) {
        int32_t brings = (help->skills >> k & 1u) != 0 ? help->people : 0;
        if (lacks->skills[k] > brings) return true;
    }
    return false;
}

/* What a point would have with an offer, beside what it has: the gain. */
static void weigh(const struct tw_setup *setup, const struct tw_plan *plan, struct offer *offer)
{
    int32_t p = offer->help.point;
    const struct tw_dispatch_point *point = &setup->problem->points[p];
    const struct tw_point_plan *has = &plan->points[p];
    int32_t before[TW_DISPATCH_SKILLS] = {0}, after[TW_DISPATCH_SKILLS] = {0};
    for (int32_t c = 0; c < setup->crews; c++)
        for (int32_t k = 0; k < setup->problem->skill_count; k++)
            if (plan->crew_point[c] == p && (setup->problem->crews[c].skills >> k & 1u) != 0)
                before[k] += setup->problem->crews[c].size;
    memcpy(after, before, sizeof after);
    for (int32_t k = 0; k < setup->problem->skill_count; k++)
        if ((offer->help.skills >> k & 1u) != 0) after[k] += offer->help.people;
    for (int32_t s = 0; s < point->stage_count; s++) {
        int64_t minutes = setup->stage_minutes[p * TW_DISPATCH_STAGES + s];
        int64_t lack = tw_setup_lack(setup, &point->stages[s], has->people, has->pump_m3h, before);
        int64_t left = tw_setup_lack(setup, &point->stages[s], has->people + offer->help.people,
                                     has->pump_m3h + offer->help.pump_m3h, after);
        offer->gain[1] += (lack - left) * minutes * setup->weight[p];
    }
    offer->help.covers = !still_lacks(setup, &has->lacks, &offer->help);
    offer->gain[0] = point->life && !has->safe && offer->help.covers;
}

/* The crew that a point lacks, from a depot. */
static struct offer offer_of(const struct tw_setup *setup, const struct tw_plan *plan,
                             int32_t depot, int32_t p)
{
    const struct tw_need *lacks = &plan->points[p].lacks;
    struct offer offer = {.help = {.depot = depot, .point = p, .people = CREW}};
    offer.arrive_s = arrive_s(setup, depot, p);
    for (int32_t k = 0; k < setup->problem->skill_count; k++)
        if (lacks->skills[k] > 0) offer.help.skills |= 1u << k;
    if (lacks->pump_m3h > 0) {
        offer.help.pump_m3h = lacks->pump_m3h;
        if (setup->pump_skill >= 0) offer.help.skills |= 1u << setup->pump_skill;
    }
    if (offer.arrive_s < setup->problem->points[p].end_s) weigh(setup, plan, &offer);
    return offer;
}

static void insert(struct offer *offers, int32_t *io_count, const struct offer *offer)
{
    int32_t at = *io_count;
    while (at > 0 && better(offer, &offers[at - 1]))
        at--;
    if (at >= HELPS_MOST) return;
    if (*io_count < HELPS_MOST) (*io_count)++;
    for (int32_t i = *io_count - 1; i > at; i--)
        offers[i] = offers[i - 1];
    offers[at] = *offer;
}

static void say(struct tw_strbuf *text, const struct tw_setup *setup,
                const struct tw_plan_help *help, bool zh)
{
    const struct tw_dispatch_problem *problem = setup->problem;
    (void)tw_strbuf_printf(text, zh ? "在 %s 增加一队" : "one more crew at %s",
                           problem->depots[help->depot].id);
    (void)tw_strbuf_printf(text, zh ? " %d 人" : " of %d", (int)help->people);
    const char *before = zh ? "（" : " (";
    for (int32_t k = 0; k < problem->skill_count; k++) {
        if ((help->skills >> k & 1u) == 0) continue;
        (void)tw_strbuf_printf(text, "%s%s", before, problem->skills[k]);
        before = zh ? "、" : ", ";
    }
    if (help->skills != 0) (void)tw_strbuf_add_text(text, zh ? "）" : ")");
    if (help->pump_m3h > 0)
        (void)tw_strbuf_printf(text, zh ? "、排水 %d 立方米/小时" : " with pumps of %d m3/h",
                               (int)help->pump_m3h);
    (void)tw_strbuf_printf(text,
                           help->covers ? (zh ? "，可满足 %s" : " would cover %s")
                                        : (zh ? "，对 %s 帮助最大" : " would help %s most"),
                           problem->points[help->point].id);
}

tw_status tw_plan_help(struct tw_plan *plan)
{
    const struct tw_setup *setup = &plan->memory->setup;
    struct offer offers[HELPS_MOST];
    struct tw_strbuf text = {0};
    int32_t count = 0;
    for (int32_t p = 0; p < setup->points; p++) {
        struct offer best = {.gain = {0, 0}};
        for (int32_t d = 0; d < setup->problem->depot_count; d++) {
            struct offer offer = offer_of(setup, plan, d, p);
            if (better(&offer, &best) && (offer.gain[0] > 0 || offer.gain[1] > 0)) best = offer;
        }
        if (best.gain[0] > 0 || best.gain[1] > 0) insert(offers, &count, &best);
    }
    plan->helps = TW_ARENA_NEW(&plan->memory->arena, struct tw_plan_help, count);
    if (plan->helps == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t i = 0; i < count && status == TW_OK; i++) {
        say(&text, setup, &offers[i].help, true);
        offers[i].help.text_zh = tw_words_take(&text, &plan->memory->arena);
        say(&text, setup, &offers[i].help, false);
        offers[i].help.text_en = tw_words_take(&text, &plan->memory->arena);
        if (offers[i].help.text_zh == NULL || offers[i].help.text_en == NULL) status = TW_ERR_NOMEM;
        plan->helps[plan->help_count++] = offers[i].help;
    }
    tw_strbuf_done(&text);
    return status;
}
