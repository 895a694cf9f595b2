#include "warning/bulletins.h"

#include "net/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_IDS 100000
#define WORSE_MS INT64_C(120000) /* between a bulletin and one with worse news */
#define OTHER_MS INT64_C(600000) /* and one with other news */
#define MOVED_MS INT64_C(600000) /* an expected time that moved so far is news */
#define REFERENCES 40            /* earlier messages that are referred to, the newest */

enum news { NEWS_NONE, NEWS_OTHER, NEWS_WORSE };

/* What was said of the present storm. */
struct said {
    int64_t group, time_ms; /* of the last one; TW_STORE_NEVER: nothing yet */
    int32_t kind;
    char *references[REFERENCES]; /* oldest first */
    int32_t count;
};

struct tw_bulletins {
    struct tw_bulletins_setup setup;
    struct said said;
    int64_t last_id;
    struct tw_strbuf identifier, references, text, brief;
    struct tw_store_bulletin last;
    const struct tw_store_warning **chosen; /* [capacity] of the message in hand */
    struct tw_warning_place *places;        /* [capacity] */
    int32_t *index;                         /* [capacity] among the warnings */
    int32_t capacity;
};

/* ---- what was said before ---- */

static void said_clear(struct said *said, int64_t group)
{
    for (int32_t i = 0; i < said->count; i++)
        free(said->references[i]);
    *said = (struct said){.group = group, .time_ms = TW_STORE_NEVER};
}

/* Without memory a reference is missing, nothing else. */
static void said_add(struct said *said, const char *identifier)
{
    char *copy = strdup(identifier);
    if (copy == NULL) return;
    if (said->count == REFERENCES) {
        free(said->references[0]);
        memmove(said->references, said->references + 1,
                (REFERENCES - 1) * sizeof said->references[0]);
        said->count--;
    }
    said->references[said->count++] = copy;
}

/* Newest first: those of the newest one's storm, put in front of those that are there. */
static bool recall(void *user, const struct tw_store_bulletin *bulletin)
{
    struct tw_bulletins *b = user;
    struct said *said = &b->said;
    if (bulletin->id > b->last_id) b->last_id = bulletin->id;
    if (said->time_ms == TW_STORE_NEVER) {
        said->group = bulletin->group;
        said->time_ms = bulletin->time_ms;
        said->kind = bulletin->kind;
    }
    if (bulletin->group != said->group || said->count == REFERENCES) return false;
    if (bulletin->kind == TW_CAP_CANCEL && said->count > 0) return false; /* an alert began anew */
    char *copy = strdup(bulletin->identifier);
    if (copy == NULL) return false;
    memmove(said->references + 1, said->references,
            (size_t)said->count * sizeof said->references[0]);
    said->references[0] = copy;
    said->count++;
    return true;
}

tw_status tw_bulletins_create(const struct tw_bulletins_setup *setup,
                              struct tw_bulletins **out_bulletins)
{
    struct tw_bulletins *b = calloc(1, sizeof *b);
    if (b == NULL) return TW_ERR_NOMEM;
    b->setup = *setup;
    b->last_id = setup->session * SESSION_IDS;
    b->said.time_ms = TW_STORE_NEVER;
    tw_status status = TW_OK;
    if (setup->store != NULL) {
        status = tw_store_bulletins_read(setup->store, setup->session, REFERENCES, recall, b);
    }
    if (status != TW_OK) {
        tw_bulletins_destroy(b);
        return status;
    }
    *out_bulletins = b;
    return TW_OK;
}

void tw_bulletins_destroy(struct tw_bulletins *b)
{
    if (b == NULL) return;
    said_clear(&b->said, 0);
    tw_strbuf_done(&b->identifier);
    tw_strbuf_done(&b->references);
    tw_strbuf_done(&b->text);
    tw_strbuf_done(&b->brief);
    free(b->chosen);
    free(b->places);
    free(b->index);
    free(b);
}

/* ---- what is news ---- */

static bool is_over(int32_t state)
{
    return state == TW_WARNING_ENDED || state == TW_WARNING_CANCELLED;
}

static enum news news_of(const struct tw_store_warning *w)
{
    bool told = w->told_rank > 0 && !is_over(w->told_state);
    if (is_over(w->state)) return told ? NEWS_OTHER : NEWS_NONE;
    if (!told || w->rank > w->told_rank) return NEWS_WORSE;
    if (w->rank < w->told_rank) return NEWS_OTHER;
    if (w->reached_ms != TW_STORE_NEVER || w->expected_ms == TW_STORE_NEVER) return NEWS_NONE;
    int64_t moved_ms = w->expected_ms - w->told_expected_ms;
    if (w->told_expected_ms == TW_STORE_NEVER || moved_ms <= -MOVED_MS) return NEWS_WORSE;
    return moved_ms >= MOVED_MS ? NEWS_OTHER : NEWS_NONE;
}

static bool grow(struct tw_bulletins *b, int32_t needed)
{
    if (needed <= b->capacity) return true;
    size_t count = (size_t)needed;
    const struct tw_store_warning **chosen =
        realloc(b->chosen, count * sizeof(const struct tw_store_warning *));
    if (chosen != NULL) b->chosen = chosen;
    struct tw_warning_place *places = realloc(b->places, count * sizeof *places);
    if (places != NULL) b->places = places;
    int32_t *index = realloc(b->index, count * sizeof *index);
    if (index != NULL) b->index = index;
    if (chosen == NULL || places == NULL || index == NULL) return false;
    b->capacity = needed;
    return true;
}

static struct tw_warning_place place_of(const struct tw_bulletins *b, const char *point)
{
    for (int32_t i = 0; i < b->setup.count; i++) {
        if (strcmp(b->setup.points[i].id, point) == 0) return b->setup.places[i];
    }
    return (struct tw_warning_place){
        .names = {point, point}, .lon = NAN, .lat = NAN, .zone_s = b->setup.cap.zone_s};
}

/* Choose what the next message of a storm holds. Returns how many; with the news and how many of
 * them are open. */
static int32_t choose(struct tw_bulletins *b, const struct tw_warnings *warnings, int64_t group,
                      enum news *out_news, int32_t *out_open)
{
    int32_t count = 0;
    *out_news = NEWS_NONE;
    *out_open = 0;
    if (!grow(b, tw_warnings_count(warnings))) return 0;
    for (int32_t i = 0; i < tw_warnings_count(warnings); i++) {
        const struct tw_store_warning *w = tw_warnings_get(warnings, i);
        enum news news = w->group == group ? news_of(w) : NEWS_NONE;
        if (w->group != group || (is_over(w->state) && news == NEWS_NONE)) continue;
        if (news > *out_news) *out_news = news;
        if (!is_over(w->state)) (*out_open)++;
        b->chosen[count] = w;
        b->places[count] = place_of(b, w->point);
        b->index[count++] = i;
    }
    return count;
}

/* ---- composing ---- */

static void write_references(struct tw_bulletins *b)
{
    tw_strbuf_clear(&b->references);
    for (int32_t i = 0; i < b->said.count; i++)
        (void)tw_strbuf_printf(&b->references, "%s%s", i > 0 ? " " : "", b->said.references[i]);
}

static void write_headline(struct tw_bulletins *b, int32_t count, int32_t open,
                           enum tw_language language)
{
    struct tw_strbuf line = {0};
    const struct tw_store_warning *worst = b->chosen[0];
    int32_t at = 0;
    for (int32_t i = 1; i < count; i++) {
        const struct tw_store_warning *w = b->chosen[i];
        bool above = is_over(worst->state) != is_over(w->state) ? is_over(worst->state)
                                                                : w->rank > worst->rank;
        if (above) worst = w;
        if (above) at = i;
    }
    tw_warning_headline(worst, &b->places[at], language, &line);
    if (open > 1) {
        (void)tw_strbuf_printf(
            &line, language == TW_LANGUAGE_ZH ? "；另有%d处" : "; and %d more places", open - 1);
    }
    tw_json_string(&b->brief, tw_strbuf_get(&line));
    tw_strbuf_done(&line);
}

/* In few words: for the page, the subject of a mail, a program. */
static void write_brief(struct tw_bulletins *b, int32_t count, int32_t open)
{
    static const char *const states[] = {"active", "acknowledged", "ended", "cancelled"};
    struct tw_strbuf *out = &b->brief;
    tw_strbuf_clear(out);
    tw_json_open(out, '{');
    tw_json_key(out, "zh");
    write_headline(b, count, open, TW_LANGUAGE_ZH);
    tw_json_key(out, "en");
    write_headline(b, count, open, TW_LANGUAGE_EN);
    tw_json_put_integer(out, "open", open);
    tw_json_key(out, "changes");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < count; i++) {
        if (news_of(b->chosen[i]) == NEWS_NONE) continue;
        tw_json_open(out, '{');
        tw_json_put_integer(out, "warning", b->chosen[i]->id);
        tw_json_put_text(out, "point", b->chosen[i]->point);
        tw_json_put_text(out, "class", tw_class_word(b->chosen[i]->rank, TW_LANGUAGE_EN));
        tw_json_put_text(out, "state", states[b->chosen[i]->state]);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

/* Identifier, and how later messages refer to it. */
static void write_names(struct tw_bulletins *b, int64_t id, int64_t group, int64_t now_ms,
                        char incident[160])
{
    struct tw_strbuf city = {0};
    tw_cap_identifier_text(&city, b->setup.city);
    (void)snprintf(incident, 160, "%.100s-%lld", tw_strbuf_get(&city), (long long)group);
    tw_strbuf_clear(&b->identifier);
    (void)tw_strbuf_printf(&b->identifier, "%s-%lld-%lld", tw_strbuf_get(&city), (long long)id,
                           (long long)(now_ms / 1000));
    tw_strbuf_done(&city);
}

static void write_extended(struct tw_bulletins *b, int64_t now_ms, struct tw_strbuf *out)
{
    char sent[40];
    tw_cap_time(now_ms, b->setup.cap.zone_s, sent);
    tw_cap_identifier_text(out, b->setup.cap.sender);
    (void)tw_strbuf_printf(out, ",%s,%s", tw_strbuf_get(&b->identifier), sent);
}

static const struct tw_store_bulletin *issue(struct tw_bulletins *b, struct tw_warnings *warnings,
                                             int32_t count, int32_t open, int64_t now_ms)
{
    int64_t id = b->last_id + 1;
    bool first = b->said.time_ms == TW_STORE_NEVER || b->said.kind == TW_CAP_CANCEL;
    enum tw_cap_kind kind = open == 0 ? TW_CAP_CANCEL : first ? TW_CAP_ALERT : TW_CAP_UPDATE;
    char incident[160];
    struct tw_strbuf extended = {0};
    write_names(b, id, b->said.group, now_ms, incident);
    write_references(b);
    write_brief(b, count, open);
    const struct tw_cap_message message = {
        .kind = kind,
        .identifier = tw_strbuf_get(&b->identifier),
        .sent_ms = now_ms,
        .references = kind == TW_CAP_ALERT ? "" : tw_strbuf_get(&b->references),
        .incident = incident,
        .note = b->setup.note,
        .warnings = b->chosen,
        .places = b->places,
        .count = count};
    tw_strbuf_clear(&b->text);
    tw_cap_write(&b->setup.cap, &message, &b->text);
    write_extended(b, now_ms, &extended);
    b->last = (struct tw_store_bulletin){.id = id,
                                         .session = b->setup.session,
                                         .group = b->said.group,
                                         .time_ms = now_ms,
                                         .kind = (int32_t)kind,
                                         .text = tw_strbuf_get(&b->text),
                                         .brief = tw_strbuf_get(&b->brief)};
    bool whole = b->text.status == TW_OK && b->brief.status == TW_OK && extended.status == TW_OK;
    if (whole) {
        if (kind == TW_CAP_ALERT) said_clear(&b->said, b->said.group);
        said_add(&b->said, tw_strbuf_get(&extended));
        b->last.identifier = b->said.count > 0 ? b->said.references[b->said.count - 1] : "";
        b->said.time_ms = now_ms;
        b->said.kind = (int32_t)kind;
        b->last_id = id;
        if (b->setup.store != NULL) (void)tw_store_bulletin_put(b->setup.store, &b->last);
        for (int32_t i = 0; i < count; i++)
            tw_warnings_told(warnings, b->index[i]);
    }
    tw_strbuf_done(&extended);
    return whole ? &b->last : NULL;
}

const struct tw_store_bulletin *tw_bulletins_step(struct tw_bulletins *b,
                                                  struct tw_warnings *warnings, int64_t now_ms)
{
    int32_t total = tw_warnings_count(warnings);
    enum news news = NEWS_NONE;
    int32_t open = 0;
    if (total == 0) return NULL;
    int64_t newest = tw_warnings_get(warnings, total - 1)->group;
    int32_t count = choose(b, warnings, b->said.group, &news, &open);
    if (b->said.group != newest && news == NEWS_NONE) {
        /* The storm before has been told to its end. */
        count = choose(b, warnings, newest, &news, &open);
        if (news == NEWS_NONE) return NULL;
        said_clear(&b->said, newest);
    }
    if (news == NEWS_NONE || count == 0) return NULL;
    bool ends = open == 0;
    int64_t pause_ms = news == NEWS_WORSE || ends ? WORSE_MS : OTHER_MS;
    if (b->said.time_ms != TW_STORE_NEVER && now_ms - b->said.time_ms < pause_ms) return NULL;
    return issue(b, warnings, count, open, now_ms);
}
