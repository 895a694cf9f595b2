#include "telemetry/hj212_message.h"

#include "base/text.h"
#include "net/iso_time.h"
#include "telemetry/quality.h"

#include <stdio.h>
#include <string.h>

bool tw_hj212_text_is(struct tw_hj212_text text, const char *other)
{
    return text.at != NULL && strlen(other) == text.size && memcmp(text.at, other, text.size) == 0;
}

/* Take what stands before the first `stop` off a text; without one, all of it. */
static struct tw_hj212_text take(struct tw_hj212_text *text, char stop)
{
    const char *end = text->size > 0 ? memchr(text->at, stop, text->size) : NULL;
    struct tw_hj212_text head = {text->at, end == NULL ? text->size : (size_t)(end - text->at)};
    size_t used = end == NULL ? head.size : head.size + 1;
    text->at += used;
    text->size -= used;
    return head;
}

static bool number_of(struct tw_hj212_text text, int32_t *out)
{
    char digits[12];
    if (text.size == 0 || text.size >= sizeof digits) return false;
    memcpy(digits, text.at, text.size);
    digits[text.size] = 0;
    return tw_text_int(digits, out) == TW_OK;
}

/* Find CP=&&...&&. Behind the closing && nothing may stand. */
static bool content_take(struct tw_hj212_text *head, struct tw_hj212_text *out)
{
    for (size_t i = 0; i + 5 <= head->size; i++) {
        if ((i > 0 && head->at[i - 1] != ';') || memcmp(head->at + i, "CP=&&", 5) != 0) continue;
        size_t begin = i + 5;
        if (head->size < begin + 2 || memcmp(head->at + head->size - 2, "&&", 2) != 0) return false;
        *out = (struct tw_hj212_text){head->at + begin, head->size - 2 - begin};
        head->size = i;
        return true;
    }
    return false;
}

static bool head_read(struct tw_hj212_text head, struct tw_hj212_message *message)
{
    const struct {
        const char *key;
        struct tw_hj212_text *text;
        int32_t *number;
    } keys[] = {{"QN", &message->qn, NULL},     {"ST", &message->st, NULL},
                {"CN", NULL, &message->cn},     {"PW", &message->pw, NULL},
                {"MN", &message->mn, NULL},     {"Flag", NULL, &message->flag},
                {"PNUM", NULL, &message->pnum}, {"PNO", NULL, &message->pno}};
    while (head.size > 0) {
        struct tw_hj212_text value = take(&head, ';');
        struct tw_hj212_text key = take(&value, '=');
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            if (!tw_hj212_text_is(key, keys[i].key)) continue;
            if (keys[i].text != NULL) {
                *keys[i].text = value;
            } else if (value.size > 0 && !number_of(value, keys[i].number)) {
                return false;
            }
        }
    }
    return true;
}

tw_status tw_hj212_message_parse(struct tw_hj212_text segment, struct tw_hj212_message *out,
                                 const char **out_why)
{
    struct tw_hj212_message message = {.cn = -1, .pnum = 1, .pno = 1};
    *out_why = NULL;
    if (!content_take(&segment, &message.cp)) {
        *out_why = "CP=&&...&& is missing or not the last";
    } else if (!head_read(segment, &message)) {
        *out_why = "CN, Flag, PNUM or PNO is not a number";
    } else if (message.cn < 0 || message.cn > 9999) {
        *out_why = "CN is missing";
    } else if (message.mn.size == 0) {
        *out_why = "MN is missing";
    } else if (message.pnum < 1 || message.pnum > TW_HJ212_PACKETS_MAX) {
        *out_why = "PNUM is out of 1 to 256";
    } else if (message.pno < 1 || message.pno > message.pnum) {
        *out_why = "PNO is out of 1 to PNUM";
    } else if (message.flag < 0 || message.flag > 255) {
        *out_why = "Flag is out of 0 to 255";
    }
    if (*out_why != NULL) return TW_ERR_FORMAT;
    *out = message;
    return TW_OK;
}

struct tw_hj212_walk tw_hj212_walk_begin(struct tw_hj212_text cp)
{
    return (struct tw_hj212_walk){.rest = cp, .group = {cp.at, 0}, .left = {cp.at, 0}};
}

bool tw_hj212_walk_next(struct tw_hj212_walk *walk, struct tw_hj212_field *out)
{
    for (;;) {
        while (walk->left.size == 0) {
            if (walk->rest.size == 0) return false;
            walk->group = walk->left = take(&walk->rest, ';');
        }
        struct tw_hj212_text value = take(&walk->left, ',');
        if (value.size == 0 || memchr(value.at, '=', value.size) == NULL) continue;
        struct tw_hj212_text kind = take(&value, '=');
        struct tw_hj212_text code = take(&kind, '-');
        if (code.size == 0) continue;
        *out = (struct tw_hj212_field){walk->group, code, kind, value};
        return true;
    }
}

struct tw_hj212_text tw_hj212_value_find(struct tw_hj212_text fields, struct tw_hj212_text code,
                                         const char *kind)
{
    struct tw_hj212_walk walk = tw_hj212_walk_begin(fields);
    struct tw_hj212_field field;
    while (tw_hj212_walk_next(&walk, &field)) {
        if (field.code.size == code.size && memcmp(field.code.at, code.at, code.size) == 0 &&
            tw_hj212_text_is(field.kind, kind))
            return field.value;
    }
    return (struct tw_hj212_text){NULL, 0};
}

bool tw_hj212_text_number(struct tw_hj212_text text, double *out_value)
{
    char digits[40];
    if (text.size == 0 || text.size >= sizeof digits) return false;
    memcpy(digits, text.at, text.size);
    digits[text.size] = 0;
    return tw_text_double(digits, out_value) == TW_OK;
}

tw_status tw_hj212_time_parse(struct tw_hj212_text text, int32_t zone_s, int64_t *out_ms)
{
    char iso[TW_ISO_TIME_SIZE];
    if (text.size != 14 && text.size != 17) return TW_ERR_FORMAT;
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return TW_ERR_FORMAT;
    }
    const char *t = text.at;
    (void)snprintf(iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.3s", t, t + 4, t + 6, t + 8,
                   t + 10, t + 12, text.size == 17 ? t + 14 : "000");
    return tw_iso_time_parse(iso, zone_s, out_ms);
}

void tw_hj212_time_format(int64_t time_ms, int32_t zone_s, int digits, char out[18])
{
    char iso[TW_ISO_TIME_SIZE]; /* YYYY-MM-DDThh:mm:ss, then .mmm when there are any */
    tw_iso_time_format(time_ms, zone_s, iso);
    (void)snprintf(out, 18, "%.4s%.2s%.2s%.2s%.2s%.2s%.3s", iso, iso + 5, iso + 8, iso + 11,
                   iso + 14, iso + 17,
                   digits < 17      ? ""
                   : iso[19] == '.' ? iso + 20
                                    : "000");
}

int32_t tw_hj212_flag_quality(struct tw_hj212_text flag)
{
    int32_t quality = 0;
    if (flag.size == 0) return 0;
    if (flag.size == 1 && tw_quality_from_letter(flag.at[0], &quality)) return quality;
    return TW_QUALITY_DOUBTFUL;
}
