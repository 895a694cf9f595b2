/* Advice as it is kept: a record of its plant; answers and scores are records of "PLANT/ID", the last
 * of each counts. Nothing that was written is ever changed. */
#include "net/json.h"
#include "operate/advice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCHED = 10000, SUBJECT_SIZE = 200 };

static const char *const words[TW_ADVICE_ANSWERS] = {"accept", "change", "refuse"};

const char *tw_advice_answer_word(enum tw_advice_answer answer) { return words[answer]; }

enum tw_advice_answer tw_advice_answer_find(const char *word)
{
    int i = 0;
    while (i < TW_ADVICE_ANSWERS && strcmp(words[i], word) != 0)
        i++;
    return (enum tw_advice_answer)i;
}

static void subject_of(char *out, const char *plant_id, int64_t advice_id)
{
    (void)snprintf(out, SUBJECT_SIZE, "%.150s/%lld", plant_id, (long long)advice_id);
}

static tw_status add(struct tw_store *store, const struct tw_store_record *record,
                     struct tw_strbuf *body, int64_t *out_id)
{
    struct tw_store_record full = *record;
    full.body = tw_strbuf_get(body);
    tw_status status = body->status;
    if (status == TW_OK) status = tw_store_record_add(store, &full, out_id);
    tw_strbuf_done(body);
    return status;
}

tw_status tw_advice_keep(struct tw_store *store, const char *plant_id, int64_t time_ms,
                         const struct tw_advice *advice, int64_t *out_id)
{
    struct tw_strbuf body = {0};
    tw_advice_write(&body, advice);
    const struct tw_store_record record = {
        .time_ms = time_ms, .kind = TW_ADVICE_RECORD, .subject = plant_id};
    return add(store, &record, &body, out_id);
}

struct looked_for {
    int64_t id;
    bool found;
};

static bool look(void *user, const struct tw_store_record *record)
{
    struct looked_for *l = user;
    l->found = l->found || record->id == l->id;
    return !l->found && record->id > l->id; /* newest first: older ones have smaller ids */
}

static tw_status require_advice(struct tw_store *store, const char *plant_id, int64_t id)
{
    struct looked_for l = {.id = id};
    TW_TRY(tw_store_records_read(store, TW_ADVICE_RECORD, plant_id, SEARCHED, look, &l));
    return l.found ? TW_OK : TW_ERR_NAME;
}

static bool blank(const char *text) { return text == NULL || text[strspn(text, " \t")] == '\0'; }

tw_status tw_advice_answer(struct tw_store *store, const char *plant_id, int64_t advice_id,
                           const struct tw_advice_said *said)
{
    char subject[SUBJECT_SIZE];
    struct tw_strbuf body = {0};
    if (said->answer < 0 || said->answer >= TW_ADVICE_ANSWERS || blank(said->who))
        return TW_ERR_ARG;
    if ((said->answer == TW_ADVICE_CHANGE) == blank(said->values)) return TW_ERR_ARG;
    TW_TRY(require_advice(store, plant_id, advice_id));
    subject_of(subject, plant_id, advice_id);
    tw_json_open(&body, '{');
    tw_json_put_text(&body, "answer", words[said->answer]);
    tw_json_put_text(&body, "who", said->who);
    tw_json_put_integer(&body, "time_ms", said->time_ms);
    tw_json_put_text(&body, "reason", said->reason != NULL ? said->reason : "");
    tw_json_key(&body, "values");
    if (blank(said->values)) {
        tw_json_null(&body);
    } else {
        tw_json_raw(&body, said->values);
    }
    tw_json_close(&body, '}');
    const struct tw_store_record record = {.time_ms = said->time_ms,
                                           .kind = TW_ADVICE_ANSWER_RECORD,
                                           .subject = subject,
                                           .who = said->who};
    return add(store, &record, &body, NULL);
}

static void put(struct tw_strbuf *out, const char *key, double value)
{
    tw_json_put_number(out, key, value, 3);
}

tw_status tw_advice_score(struct tw_store *store, const char *plant_id, int64_t advice_id,
                          int64_t time_ms, const struct tw_advice_happened *happened)
{
    char subject[SUBJECT_SIZE];
    struct tw_strbuf body = {0};
    TW_TRY(require_advice(store, plant_id, advice_id));
    subject_of(subject, plant_id, advice_id);
    tw_json_open(&body, '{');
    tw_json_put_integer(&body, "time_ms", time_ms);
    put(&body, "energy_kwhd", happened->energy_kwhd);
    put(&body, "flow_m3d", happened->flow_m3d);
    put(&body, "COD_gm3", happened->cod_gm3);
    put(&body, "ammonia_gm3", happened->ammonia_gm3);
    put(&body, "TN_gm3", happened->tn_gm3);
    put(&body, "TP_gm3", happened->tp_gm3);
    put(&body, "TSS_gm3", happened->tss_gm3);
    tw_json_put_bool(&body, "simulated", happened->simulated);
    tw_json_close(&body, '}');
    const struct tw_store_record record = {
        .time_ms = time_ms, .kind = TW_ADVICE_SCORE_RECORD, .subject = subject};
    return add(store, &record, &body, NULL);
}

/* ---- list ---- */

struct text_kept {
    char *text;
    tw_status status;
};

static bool keep_text(void *user, const struct tw_store_record *record)
{
    struct text_kept *kept = user;
    kept->text = strdup(record->body);
    if (kept->text == NULL) kept->status = TW_ERR_NOMEM;
    return false; /* the newest counts */
}

struct held {
    int64_t id, time_ms;
    char *body;
};

struct held_list {
    struct held *all;
    size_t count, limit;
    tw_status status;
};

static bool hold(void *user, const struct tw_store_record *record)
{
    struct held_list *list = user;
    char *body = strdup(record->body);
    if (body == NULL) list->status = TW_ERR_NOMEM;
    if (body == NULL || list->count == list->limit) {
        free(body);
        return false;
    }
    list->all[list->count++] =
        (struct held){.id = record->id, .time_ms = record->time_ms, .body = body};
    return true;
}

static tw_status show(struct tw_store *store, const char *plant_id, const struct held *held,
                      tw_advice_visit *visit, void *user, bool *out_more)
{
    char subject[SUBJECT_SIZE];
    struct text_kept answer = {.status = TW_OK}, score = {.status = TW_OK};
    subject_of(subject, plant_id, held->id);
    tw_status status =
        tw_store_records_read(store, TW_ADVICE_ANSWER_RECORD, subject, 1, keep_text, &answer);
    if (status == TW_OK) {
        status =
            tw_store_records_read(store, TW_ADVICE_SCORE_RECORD, subject, 1, keep_text, &score);
    }
    if (status == TW_OK) status = answer.status != TW_OK ? answer.status : score.status;
    const struct tw_advice_kept kept = {.id = held->id,
                                        .time_ms = held->time_ms,
                                        .body = held->body,
                                        .answer = answer.text,
                                        .score = score.text};
    if (status == TW_OK) *out_more = visit(user, &kept);
    free(answer.text);
    free(score.text);
    return status;
}

tw_status tw_advice_list(struct tw_store *store, const char *plant_id, size_t limit,
                         tw_advice_visit *visit, void *user)
{
    struct held_list list = {.limit = limit < SEARCHED ? limit : SEARCHED};
    bool more = true;
    if (limit == 0) return TW_OK;
    list.all = calloc(list.limit, sizeof *list.all);
    if (list.all == NULL) return TW_ERR_NOMEM;
    tw_status status =
        tw_store_records_read(store, TW_ADVICE_RECORD, plant_id, list.limit, hold, &list);
    if (status == TW_OK) status = list.status;
    for (size_t i = 0; i < list.count && more && status == TW_OK; i++)
        status = show(store, plant_id, &list.all[i], visit, user, &more);
    for (size_t i = 0; i < list.count; i++)
        free(list.all[i].body);
    free(list.all);
    return status;
}
