/* What GET answers of warnings: the warnings, their storms, bulletins, notices, CAP and Atom. */
#include "net/iso_time.h"
#include "net/json.h"
#include "server/alerts.h"
#include "server/members.h"
#include "server/service.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_DIGITS 4
#define LISTED 200

static const char *warning_state(int32_t state)
{
    static const char *const words[] = {[TW_WARNING_ACTIVE] = "active",
                                        [TW_WARNING_ACKNOWLEDGED] = "acknowledged",
                                        [TW_WARNING_ENDED] = "ended",
                                        [TW_WARNING_CANCELLED] = "cancelled"};
    return state >= 0 && state <= TW_WARNING_CANCELLED ? words[state] : NULL;
}

/* ---- one warning ---- */

static void add_texts(struct tw_server *server, const struct tw_store_warning *w,
                      struct tw_strbuf *out)
{
    static const char *const keys[TW_LANGUAGES] = {"zh", "en"};
    const struct tw_warning_place *place = tw_alerts_place(server->alerts, w->point);
    tw_json_key(out, "text");
    tw_json_open(out, '{');
    for (int language = 0; language < TW_LANGUAGES; language++) {
        struct tw_strbuf text = {0};
        tw_warning_headline(w, place, (enum tw_language)language, &text);
        (void)tw_strbuf_add_text(&text, language == TW_LANGUAGE_ZH ? "。" : ".");
        tw_warning_description(w, place, (enum tw_language)language, &text);
        tw_json_put_text(out, keys[language], tw_strbuf_get(&text));
        tw_strbuf_done(&text);
    }
    tw_json_close(out, '}');
}

static void add_cause(struct tw_server *server, const struct tw_store_warning *w,
                      struct tw_strbuf *out)
{
    static const char *const kinds[] = {NULL, "conduit", "pump", "outlet"};
    struct tw_strbuf zh = {0};
    struct tw_strbuf en = {0};
    tw_json_key(out, "cause");
    tw_warning_cause_text(w, server->city->zone_s, TW_LANGUAGE_ZH, &zh);
    tw_warning_cause_text(w, server->city->zone_s, TW_LANGUAGE_EN, &en);
    if (zh.length == 0) {
        tw_json_null(out);
    } else {
        tw_json_open(out, '{');
        tw_json_put_text(out, "kind", kinds[w->cause_kind]);
        tw_json_put_text(out, "element", w->cause_element);
        tw_member_time(server, out, "since", w->cause_ms);
        tw_json_put_text(out, "zh", tw_strbuf_get(&zh));
        tw_json_put_text(out, "en", tw_strbuf_get(&en));
        tw_json_close(out, '}');
    }
    tw_strbuf_done(&zh);
    tw_strbuf_done(&en);
}

static void add_order(struct tw_server *server, const struct tw_store_warning *w,
                      struct tw_strbuf *out)
{
    static const char *const words[] = {NULL, "hold", "raise", "cancel"};
    tw_json_key(out, "order");
    if (w->order <= TW_WARNING_RELEASE || w->order > TW_WARNING_CANCEL) {
        tw_json_null(out);
        return;
    }
    tw_json_open(out, '{');
    tw_json_put_text(out, "action", words[w->order]);
    tw_json_put_text(out, "class", tw_class_name(w->order_rank));
    tw_json_put_text(out, "by", w->ordered_by);
    tw_json_put_text(out, "reason", w->order_reason);
    tw_member_time(server, out, "at", w->ordered_ms);
    tw_json_close(out, '}');
}

static void add_name(const struct tw_warning_place *place, struct tw_strbuf *out)
{
    tw_json_put_words(out, "name", place->names[TW_LANGUAGE_ZH], place->names[TW_LANGUAGE_EN]);
}

static void add_warning(struct tw_server *server, const struct tw_store_warning *w, int64_t now_ms,
                        struct tw_strbuf *out)
{
    double lead_min = floor((double)(w->expected_ms - now_ms) / 6000.0 + 0.5) / 10.0;
    if (w->expected_ms == TW_STORE_NEVER) lead_min = (double)NAN;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", w->id);
    tw_json_put_integer(out, "group", w->group);
    tw_json_put_text(out, "point", w->point);
    add_name(tw_alerts_place(server->alerts, w->point), out);
    tw_json_put_text(out, "class", tw_class_name(w->rank));
    tw_json_put_text(out, "own_class", tw_class_name(w->own_rank));
    tw_json_put_text(out, "highest_class", tw_class_name(w->highest_rank));
    tw_json_put_number(out, "probability", w->probability, 3);
    tw_json_put_number(out, "depth_m", w->depth_m, DEPTH_DIGITS);
    tw_json_put_number(out, "depth_low_m", w->low_m, DEPTH_DIGITS);
    tw_json_put_number(out, "depth_high_m", w->high_m, DEPTH_DIGITS);
    tw_member_time(server, out, "expected", w->expected_ms);
    tw_member_time(server, out, "expected_early", w->early_ms);
    tw_member_time(server, out, "expected_late", w->late_ms);
    tw_json_put_number(out, "lead_min", lead_min, 1);
    tw_json_put_text(out, "state", warning_state(w->state));
    tw_member_time(server, out, "issued", w->issued_ms);
    tw_member_time(server, out, "updated", w->updated_ms);
    tw_member_time(server, out, "reached", w->reached_ms);
    tw_member_time(server, out, "ended", w->ended_ms);
    tw_json_put_text(out, "acknowledged_by",
                     w->acknowledged_by[0] != 0 ? w->acknowledged_by : NULL);
    tw_member_time(server, out, "acknowledged", w->acknowledged_ms);
    tw_json_put_bool(out, "simulated", w->simulated);
    add_cause(server, w, out);
    add_order(server, w, out);
    tw_json_key(out, "basis");
    tw_json_raw(out, w->basis[0] != 0 ? w->basis : "null");
    add_texts(server, w, out);
    tw_json_close(out, '}');
}

void tw_answer_warnings(struct tw_server *server, bool all, struct tw_strbuf *out)
{
    struct tw_live *live = &server->live;
    int64_t now_ms = tw_clock_now(&server->clock);
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&live->mutex);
    for (int32_t i = 0; i < tw_warnings_count(live->warnings); i++) {
        const struct tw_store_warning *w = tw_warnings_get(live->warnings, i);
        if (w->state == TW_WARNING_ENDED && !all) continue;
        add_warning(server, w, now_ms, out);
    }
    (void)pthread_mutex_unlock(&live->mutex);
    tw_json_close(out, ']');
}

/* ---- storms ---- */

struct group {
    int64_t id, begins_ms, ends_ms;
    int32_t open, all, highest, unacknowledged;
};

static void add_group(struct tw_server *server, const struct group *g, struct tw_strbuf *out)
{
    tw_json_open(out, '{');
    tw_json_put_integer(out, "group", g->id);
    tw_member_time(server, out, "begins", g->begins_ms);
    tw_member_time(server, out, "ends", g->open > 0 ? TW_STORE_NEVER : g->ends_ms);
    tw_json_put_integer(out, "open", g->open);
    tw_json_put_integer(out, "unacknowledged", g->unacknowledged);
    tw_json_put_integer(out, "warnings", g->all);
    tw_json_put_text(out, "highest_class", tw_class_name(g->highest));
    tw_json_close(out, '}');
}

void tw_answer_groups(struct tw_server *server, struct tw_strbuf *out)
{
    struct tw_live *live = &server->live;
    struct group g = {.id = -1};
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&live->mutex);
    /* Warnings of a group lie side by side: a new one is opened when the one before is over. */
    for (int32_t i = 0; i < tw_warnings_count(live->warnings); i++) {
        const struct tw_store_warning *w = tw_warnings_get(live->warnings, i);
        if (w->group != g.id) {
            if (g.id >= 0) add_group(server, &g, out);
            g = (struct group){
                .id = w->group, .begins_ms = w->issued_ms, .ends_ms = TW_STORE_NEVER};
        }
        g.all++;
        if (w->state != TW_WARNING_ENDED) g.open++;
        if (w->state == TW_WARNING_ACTIVE) g.unacknowledged++;
        if (w->ended_ms > g.ends_ms) g.ends_ms = w->ended_ms;
        if (w->highest_rank > g.highest) g.highest = w->highest_rank;
    }
    if (g.id >= 0) add_group(server, &g, out);
    (void)pthread_mutex_unlock(&live->mutex);
    tw_json_close(out, ']');
}

/* ---- what went out ---- */

struct listing {
    struct tw_server *server;
    struct tw_strbuf *out;
    int64_t wanted; /* a bulletin or a warning */
    bool found;
};

static bool add_bulletin(void *user, const struct tw_store_bulletin *b)
{
    static const char *const kinds[] = {"alert", "update", "cancel"};
    const struct listing *list = user;
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/bulletins/%lld.cap", (long long)b->id);
    tw_json_open(list->out, '{');
    tw_json_put_integer(list->out, "id", b->id);
    tw_json_put_integer(list->out, "group", b->group);
    tw_member_time(list->server, list->out, "sent", b->time_ms);
    tw_json_put_text(list->out, "kind", kinds[b->kind]);
    tw_json_put_text(list->out, "identifier", b->identifier);
    tw_json_put_text(list->out, "cap", path);
    tw_json_key(list->out, "brief");
    tw_json_raw(list->out, b->brief);
    tw_json_close(list->out, '}');
    return true;
}

tw_status tw_answer_bulletins(struct tw_server *server, struct tw_strbuf *out)
{
    struct listing list = {.server = server, .out = out};
    tw_json_open(out, '[');
    tw_status status =
        tw_store_bulletins_read(server->store, server->session, LISTED, add_bulletin, &list);
    tw_json_close(out, ']');
    return status;
}

static bool add_notice(void *user, const struct tw_store_notice *n)
{
    static const char *const channels[] = {"webhook", "mail"};
    static const char *const states[] = {"waits", "delivered", "given_up"};
    const struct listing *list = user;
    tw_json_open(list->out, '{');
    tw_json_put_integer(list->out, "id", n->id);
    tw_json_put_integer(list->out, "bulletin", n->bulletin);
    tw_json_put_text(list->out, "channel", channels[n->channel]);
    tw_json_put_text(list->out, "address", n->address);
    tw_json_put_text(list->out, "state", states[n->state]);
    tw_json_put_integer(list->out, "attempts", n->attempts);
    tw_member_time(list->server, list->out, "tried", n->tried_ms);
    tw_member_time(list->server, list->out, "next", n->next_ms);
    tw_json_put_text(list->out, "answer", n->answer[0] != 0 ? n->answer : NULL);
    tw_json_close(list->out, '}');
    return true;
}

tw_status tw_answer_notices(struct tw_server *server, struct tw_strbuf *out)
{
    struct listing list = {.server = server, .out = out};
    tw_json_open(out, '[');
    tw_status status =
        tw_store_notices_read(server->store, server->session, LISTED, add_notice, &list);
    tw_json_close(out, ']');
    return status;
}

static bool take_bulletin(void *user, const struct tw_store_bulletin *b)
{
    struct listing *list = user;
    if (b->id != list->wanted) return true;
    (void)tw_strbuf_add_text(list->out, b->text);
    list->found = true;
    return false;
}

static bool take_warning(void *user, const struct tw_store_bulletin *b)
{
    struct listing *list = user;
    char mark[80];
    (void)snprintf(mark, sizeof mark, "<value>%lld</value>", (long long)list->wanted);
    const char *at = strstr(b->text, "<valueName>thalweg:warning</valueName>");
    if (at == NULL || strstr(b->text, mark) == NULL) return true;
    (void)tw_strbuf_add_text(list->out, b->text);
    list->found = true;
    return false;
}

bool tw_answer_cap(struct tw_server *server, bool of_warning, int64_t id, struct tw_strbuf *out)
{
    struct listing list = {.server = server, .out = out, .wanted = id};
    (void)tw_store_bulletins_read(server->store, server->session, SIZE_MAX,
                                  of_warning ? take_warning : take_bulletin, &list);
    return list.found;
}

/* RFC 4287; the content is the CAP message's own address. */
static bool add_entry(void *user, const struct tw_store_bulletin *b)
{
    const struct listing *list = user;
    struct tw_strbuf *out = list->out;
    char sent[TW_ISO_TIME_SIZE];
    struct tw_strbuf headline = {0};
    tw_iso_time_format(b->time_ms - b->time_ms % 1000, list->server->city->zone_s, sent);
    tw_alerts_headline(b, &headline);
    (void)tw_strbuf_add_text(out, "<entry>\n<id>urn:thalweg:");
    tw_xml_text(out, b->identifier);
    (void)tw_strbuf_add_text(out, "</id>\n<title>");
    tw_xml_text(out, tw_strbuf_get(&headline));
    (void)tw_strbuf_printf(out,
                           "</title>\n<updated>%s</updated>\n"
                           "<link rel=\"alternate\" type=\"application/cap+xml\""
                           " href=\"/api/v1/bulletins/%lld.cap\"/>\n</entry>\n",
                           sent, (long long)b->id);
    tw_strbuf_done(&headline);
    return true;
}

tw_status tw_answer_feed(struct tw_server *server, struct tw_strbuf *out)
{
    struct listing list = {.server = server, .out = out};
    char now[TW_ISO_TIME_SIZE];
    int64_t now_ms = tw_clock_now(&server->clock);
    tw_iso_time_format(now_ms - now_ms % 1000, server->city->zone_s, now);
    (void)tw_strbuf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>urn:thalweg:");
    tw_xml_text(out, server->city->id);
    (void)tw_strbuf_add_text(out, "</id>\n<title>");
    tw_xml_text(out, server->city->title.zh);
    (void)tw_strbuf_add_text(out, " / ");
    tw_xml_text(out, server->city->title.en);
    (void)tw_strbuf_printf(out,
                           "</title>\n<updated>%s</updated>\n<author><name>Thalweg</name>"
                           "</author>\n<link rel=\"self\" href=\"/api/v1/warnings/feed.atom\"/>\n",
                           now);
    tw_status status =
        tw_store_bulletins_read(server->store, server->session, LISTED, add_entry, &list);
    (void)tw_strbuf_add_text(out, "</feed>\n");
    return status == TW_OK ? out->status : status;
}
