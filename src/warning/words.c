#include "warning/words.h"

#include "net/iso_time.h"
#include "warning/warnings.h"

#include <string.h>

const char *tw_language_tag(enum tw_language language)
{
    static const char *const tags[TW_LANGUAGES] = {"zh-CN", "en"};
    return tags[language];
}

const char *tw_class_word(int32_t rank, enum tw_language language)
{
    static const char *const words[TW_LANGUAGES][TW_WARNING_CLASSES + 1] = {
        {"无", "蓝色", "黄色", "橙色", "红色"}, {"no", "blue", "yellow", "orange", "red"}};
    return words[language][rank >= 0 && rank <= TW_WARNING_CLASSES ? rank : 0];
}

/* Hour and minute on the city's clock. */
static void clock_text(int64_t time_ms, int32_t zone_s, char out[TW_ISO_TIME_SIZE])
{
    char text[TW_ISO_TIME_SIZE];
    tw_iso_time_format(time_ms, zone_s, text);
    memcpy(out, text + 11, 5);
    out[5] = 0;
}

static bool over(const struct tw_store_warning *w)
{
    return w->state == TW_WARNING_ENDED || w->state == TW_WARNING_CANCELLED;
}

void tw_warning_headline(const struct tw_store_warning *w, const struct tw_warning_place *place,
                         enum tw_language language, struct tw_strbuf *out)
{
    static const char *const ended[TW_LANGUAGES] = {"%s：积水%s预警%s", "%s: %s flood warning %s"};
    static const char *const how[TW_LANGUAGES][2] = {{"解除", "撤销"}, {"ended", "cancelled"}};
    const char *name = place->names[language];
    const char *colour = tw_class_word(w->rank, language);
    double depth_m = place->classes_m[w->rank > 0 ? w->rank - 1 : 0];
    char when[TW_ISO_TIME_SIZE];
    if (over(w)) {
        (void)tw_strbuf_printf(out, ended[language], name, colour,
                               how[language][w->state == TW_WARNING_CANCELLED]);
        return;
    }
    if (w->expected_ms == TW_STORE_NEVER) {
        static const char *const plain[TW_LANGUAGES] = {"%s：积水%s预警", "%s: %s flood warning"};
        (void)tw_strbuf_printf(out, plain[language], name, colour);
        return;
    }
    clock_text(w->expected_ms, place->zone_s, when);
    if (language == TW_LANGUAGE_ZH) {
        (void)tw_strbuf_printf(out, "%s：积水%s预警，约%s水深达到%.2f米（概率%.0f%%）", name,
                               colour, when, depth_m, 100.0 * w->probability);
    } else {
        (void)tw_strbuf_printf(
            out, "%s: %s flood warning, %.2f m of water from about %s (probability %.0f %%)", name,
            colour, depth_m, when, 100.0 * w->probability);
    }
}

void tw_warning_cause_text(const struct tw_store_warning *w, int32_t zone_s,
                           enum tw_language language, struct tw_strbuf *out)
{
    /* The element, then the time. */
    static const char *const texts[TW_CAUSE_KINDS][TW_LANGUAGES] = {
        [TW_CAUSE_CONDUIT] = {"管渠%s自%s起满流", "conduit %s full from %s"},
        [TW_CAUSE_PUMP] = {"泵%s自%s起满负荷", "pump %s at its limit from %s"},
        [TW_CAUSE_OUTLET] = {"出口%s自%s起受顶托", "outlet %s held back from %s"},
    };
    if (w->cause_kind <= TW_CAUSE_NONE || w->cause_kind >= TW_CAUSE_KINDS) return;
    if (w->cause_ms == TW_STORE_NEVER) return;
    char when[TW_ISO_TIME_SIZE];
    clock_text(w->cause_ms, zone_s, when);
    (void)tw_strbuf_printf(out, texts[w->cause_kind][language], w->cause_element, when);
}

/* English sentences have a blank between them. */
static void begin_sentence(struct tw_strbuf *out, enum tw_language language)
{
    if (language == TW_LANGUAGE_EN && out->length > 0) (void)tw_strbuf_add_text(out, " ");
}

static void add_order(const struct tw_store_warning *w, enum tw_language language,
                      struct tw_strbuf *out)
{
    static const char *const words[TW_LANGUAGES][4] = {
        {"", "值班员保持", "值班员提升", "值班员撤销"},
        {"", "Held by the duty officer", "Raised by the duty officer",
         "Cancelled by the duty officer"}};
    static const char *const own[TW_LANGUAGES] = {"%s：%s（系统判断：%s）。",
                                                  "%s: %s (the system says: %s)."};
    if (w->order <= TW_WARNING_RELEASE || w->order > TW_WARNING_CANCEL) return;
    begin_sentence(out, language);
    (void)tw_strbuf_printf(out, own[language], words[language][w->order], w->order_reason,
                           tw_class_word(w->own_rank, language));
}

/* How deep, and between which times. */
static void add_expected(const struct tw_store_warning *w, int32_t zone_s,
                         enum tw_language language, struct tw_strbuf *out)
{
    static const char *const depths[TW_LANGUAGES] = {
        "预计最大水深%.2f米（%.2f至%.2f米）。", "Largest depth expected: %.2f m (%.2f to %.2f m)."};
    static const char *const times[TW_LANGUAGES] = {"到达时间%s至%s。",
                                                    "It is passed between %s and %s."};
    char early[TW_ISO_TIME_SIZE];
    char late[TW_ISO_TIME_SIZE];
    begin_sentence(out, language);
    (void)tw_strbuf_printf(out, depths[language], w->depth_m, w->low_m, w->high_m);
    if (w->early_ms == TW_STORE_NEVER || !(w->late_ms > w->early_ms)) return;
    clock_text(w->early_ms, zone_s, early);
    clock_text(w->late_ms, zone_s, late);
    begin_sentence(out, language);
    (void)tw_strbuf_printf(out, times[language], early, late);
}

static void add_water(const struct tw_store_warning *w, int32_t zone_s, enum tw_language language,
                      struct tw_strbuf *out)
{
    static const char *const since[TW_LANGUAGES] = {"自%s起已有积水。",
                                                    "Water in the street since %s."};
    static const char *const none[TW_LANGUAGES] = {"未出现积水。", "No water came."};
    if (w->reached_ms == TW_STORE_NEVER && !over(w)) return;
    begin_sentence(out, language);
    if (w->reached_ms == TW_STORE_NEVER) {
        (void)tw_strbuf_add_text(out, none[language]);
    } else {
        char when[TW_ISO_TIME_SIZE];
        clock_text(w->reached_ms, zone_s, when);
        (void)tw_strbuf_printf(out, since[language], when);
    }
}

void tw_warning_description(const struct tw_store_warning *w, const struct tw_warning_place *place,
                            enum tw_language language, struct tw_strbuf *out)
{
    static const char *const causes[TW_LANGUAGES] = {"原因：%s。", "Cause: %s."};
    struct tw_strbuf cause = {0};
    if (!over(w)) add_expected(w, place->zone_s, language, out);
    add_water(w, place->zone_s, language, out);
    tw_warning_cause_text(w, place->zone_s, language, &cause);
    if (cause.length > 0 && !over(w)) {
        begin_sentence(out, language);
        (void)tw_strbuf_printf(out, causes[language], cause.text);
    }
    tw_strbuf_done(&cause);
    add_order(w, language, out);
}

const char *tw_warning_instruction(const struct tw_store_warning *w, enum tw_language language)
{
    static const char *const texts[TW_LANGUAGES][TW_WARNING_CLASSES + 1] = {
        {"积水威胁已解除，通行仍请留意路面。", "请留意路面积水，车辆减速慢行。",
         "请绕行，勿驶入积水路段，移走低洼处车辆。", "请勿进入该路段，撤离地下空间和低洼处。",
         "立即撤离，切勿涉水，切勿驾车驶入。"},
        {"The danger is over; still mind the road.", "Mind water on the road; drive slowly.",
         "Take another way; do not drive into water; move cars from low places.",
         "Stay away; leave underground and low places.",
         "Leave at once; do not walk or drive into water."}};
    int32_t rank = over(w) || w->rank < 0 || w->rank > TW_WARNING_CLASSES ? 0 : w->rank;
    return texts[language][rank];
}
