/* Element order follows the schema of CAP 1.2, section 3.4. */
#include "warning/cap.h"

#include "net/iso_time.h"
#include "warning/warnings.h"

#include <math.h>
#include <string.h>

#define IMMEDIATE_MS INT64_C(1800000)
#define SOON_MS INT64_C(3600000)

/* Length of the UTF-8 character at `text` that XML 1.0 allows; 0: there is none. */
static size_t xml_char(const unsigned char *text)
{
    size_t length = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    uint32_t code = length == 1 ? text[0] : text[0] & (0x7fU >> length);
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (text[0] >= 0x80 && (text[0] < 0xc2 || text[0] > 0xf4)) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0; /* a terminator too */
        code = code << 6 | (text[i] & 0x3fU);
    }
    if (code < least[length] || code > 0x10ffff) return 0;
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r' ? 1 : 0;
    if ((code >= 0xd800 && code <= 0xdfff) || code == 0xfffe || code == 0xffff) return 0;
    return length;
}

void tw_xml_text(struct tw_strbuf *out, const char *text)
{
    static const char *const names['>' + 1] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&apos;"};
    for (const char *at = text; *at != 0;) {
        size_t length = xml_char((const unsigned char *)at);
        unsigned char first = (unsigned char)*at;
        if (length == 0) {
            at++;
        } else if (first <= '>' && names[first] != NULL) {
            (void)tw_strbuf_add_text(out, names[first]);
            at++;
        } else {
            (void)tw_strbuf_add(out, at, length);
            at += length;
        }
    }
}

void tw_cap_identifier_text(struct tw_strbuf *out, const char *text)
{
    for (; *text != 0; text++) {
        char c = *text;
        if ((unsigned char)c <= ' ' || strchr(",<>&\"'", c) != NULL) c = '-';
        (void)tw_strbuf_add(out, &c, 1);
    }
}

void tw_cap_time(int64_t time_ms, int32_t zone_s, char out[40])
{
    char text[TW_ISO_TIME_SIZE];
    tw_iso_time_format(time_ms - (time_ms % 1000 + 1000) % 1000, zone_s, text);
    memcpy(out, text, sizeof text);
}

static void element(struct tw_strbuf *out, const char *name, const char *text)
{
    if (text == NULL || text[0] == 0) return; /* CAP knows no empty ones */
    (void)tw_strbuf_printf(out, "<%s>", name);
    tw_xml_text(out, text);
    (void)tw_strbuf_printf(out, "</%s>\n", name);
}

static void time_element(struct tw_strbuf *out, const char *name, int64_t time_ms, int32_t zone_s)
{
    char text[40];
    tw_cap_time(time_ms, zone_s, text);
    element(out, name, text);
}

static void parameter(struct tw_strbuf *out, const char *name, const char *value)
{
    if (value[0] == 0) return;
    (void)tw_strbuf_add_text(out, "<parameter>\n");
    element(out, "valueName", name);
    element(out, "value", value);
    (void)tw_strbuf_add_text(out, "</parameter>\n");
}

static void number_parameter(struct tw_strbuf *out, const char *name, double value)
{
    struct tw_strbuf text = {0};
    (void)tw_strbuf_printf(&text, "%.2f", value);
    if (isfinite(value)) parameter(out, name, tw_strbuf_get(&text));
    tw_strbuf_done(&text);
}

static bool over(const struct tw_store_warning *w)
{
    return w->state == TW_WARNING_ENDED || w->state == TW_WARNING_CANCELLED;
}

static const char *urgency(const struct tw_store_warning *w, int64_t now_ms)
{
    if (over(w)) return "Past";
    if (w->expected_ms == TW_STORE_NEVER) return "Unknown";
    if (w->expected_ms - now_ms <= IMMEDIATE_MS) return "Immediate";
    return w->expected_ms - now_ms <= SOON_MS ? "Expected" : "Future";
}

static const char *severity(const struct tw_store_warning *w)
{
    static const char *const words[] = {"Unknown", "Minor", "Moderate", "Severe", "Extreme"};
    return words[w->rank >= 0 && w->rank <= TW_WARNING_CLASSES ? w->rank : 0];
}

/* CAP 1.2, section 3.2.2: Likely is a probability above one half. */
static const char *certainty(const struct tw_store_warning *w)
{
    if (w->reached_ms != TW_STORE_NEVER) return "Observed";
    if (over(w)) return "Unlikely";
    if (w->probability > 0.5) return "Likely";
    return w->probability > 0.1 ? "Possible" : "Unlikely";
}

static const char *response(const struct tw_store_warning *w)
{
    static const char *const words[] = {"Monitor", "Monitor", "Avoid", "Avoid", "Evacuate"};
    return over(w) ? "AllClear" : words[w->rank >= 0 && w->rank <= 4 ? w->rank : 0];
}

static void write_parameters(const struct tw_store_warning *w, struct tw_strbuf *out)
{
    struct tw_strbuf id = {0};
    (void)tw_strbuf_printf(&id, "%lld", (long long)w->id);
    parameter(out, "thalweg:warning", tw_strbuf_get(&id));
    tw_strbuf_done(&id);
    parameter(out, "thalweg:point", w->point);
    parameter(out, "thalweg:class", tw_class_word(w->rank, TW_LANGUAGE_EN));
    number_parameter(out, "thalweg:probability", w->probability);
    number_parameter(out, "thalweg:depth_m", w->depth_m);
    number_parameter(out, "thalweg:depth_low_m", w->low_m);
    number_parameter(out, "thalweg:depth_high_m", w->high_m);
    parameter(out, "thalweg:basis", w->basis);
}

static void write_area(const struct tw_cap_setup *setup, const struct tw_warning_place *place,
                       enum tw_language language, struct tw_strbuf *out)
{
    (void)tw_strbuf_add_text(out, "<area>\n");
    element(out, "areaDesc", place->names[language]);
    if (isfinite(place->lat) && isfinite(place->lon)) {
        (void)tw_strbuf_printf(out, "<circle>%.6f,%.6f %.3f</circle>\n", place->lat, place->lon,
                               setup->radius_m / 1000.0);
    }
    (void)tw_strbuf_add_text(out, "</area>\n");
}

static void write_info(const struct tw_cap_setup *setup, const struct tw_cap_message *message,
                       int32_t i, enum tw_language language, struct tw_strbuf *out)
{
    static const char *const events[TW_LANGUAGES] = {"城市内涝", "Urban flooding"};
    const struct tw_store_warning *w = message->warnings[i];
    const struct tw_warning_place *place = &message->places[i];
    int64_t expires_ms = message->sent_ms + (int64_t)(setup->valid_s * 1000.0);
    struct tw_strbuf text = {0};
    (void)tw_strbuf_add_text(out, "<info>\n");
    element(out, "language", tw_language_tag(language));
    element(out, "category", "Met");
    element(out, "category", "Infra");
    element(out, "event", events[language]);
    element(out, "responseType", response(w));
    element(out, "urgency", urgency(w, message->sent_ms));
    element(out, "severity", severity(w));
    element(out, "certainty", certainty(w));
    time_element(out, "effective", message->sent_ms, setup->zone_s);
    if (!over(w) && w->expected_ms != TW_STORE_NEVER) {
        time_element(out, "onset", w->expected_ms, setup->zone_s);
        if (w->expected_ms >= expires_ms) expires_ms = w->expected_ms + 3600000;
    }
    time_element(out, "expires", expires_ms, setup->zone_s);
    element(out, "senderName", setup->sender_names[language]);
    tw_warning_headline(w, place, language, &text);
    element(out, "headline", tw_strbuf_get(&text));
    tw_strbuf_clear(&text);
    tw_warning_description(w, place, language, &text);
    element(out, "description", tw_strbuf_get(&text));
    tw_strbuf_done(&text);
    element(out, "instruction", tw_warning_instruction(w, language));
    write_parameters(w, out);
    write_area(setup, place, language, out);
    (void)tw_strbuf_add_text(out, "</info>\n");
}

void tw_cap_write(const struct tw_cap_setup *setup, const struct tw_cap_message *message,
                  struct tw_strbuf *out)
{
    static const char *const kinds[] = {"Alert", "Update", "Cancel"};
    static const char *const statuses[] = {"Actual", "Exercise", "Test"};
    struct tw_strbuf sender = {0};
    tw_cap_identifier_text(&sender, setup->sender);
    (void)tw_strbuf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n");
    element(out, "identifier", message->identifier);
    element(out, "sender", tw_strbuf_get(&sender));
    time_element(out, "sent", message->sent_ms, setup->zone_s);
    element(out, "status", statuses[setup->status]);
    element(out, "msgType", kinds[message->kind]);
    element(out, "scope", "Public");
    element(out, "note", message->note);
    element(out, "references", message->references);
    element(out, "incidents", message->incident);
    for (int32_t i = 0; i < message->count; i++) {
        for (int language = 0; language < TW_LANGUAGES; language++)
            write_info(setup, message, i, (enum tw_language)language, out);
    }
    (void)tw_strbuf_add_text(out, "</alert>\n");
    tw_strbuf_done(&sender);
}
