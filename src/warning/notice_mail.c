#include "warning/notice_mail.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LINE 57 /* bytes that fill a line of base64: 76 characters */
#define WORD 42 /* bytes of an encoded word: 75 characters with its frame */

static void encode(struct tw_strbuf *out, const char *bytes, size_t size)
{
    unsigned char text[80];
    int length = EVP_EncodeBlock(text, (const unsigned char *)bytes, (int)size);
    (void)tw_strbuf_add(out, (const char *)text, (size_t)length);
}

static void encode_lines(struct tw_strbuf *out, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += LINE) {
        encode(out, bytes + at, size - at < LINE ? size - at : LINE);
        (void)tw_strbuf_add_text(out, "\r\n");
    }
}

/* RFC 2047: words of whole characters. */
static void encode_header(struct tw_strbuf *out, const char *text)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        size_t end = size - at < WORD ? size : at + WORD;
        while (end < size && end > at + 1 && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--;
        (void)tw_strbuf_add_text(out, at > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        encode(out, text + at, end - at);
        (void)tw_strbuf_add_text(out, "?=");
        at = end;
    }
}

static void add_date(struct tw_strbuf *out, int64_t time_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm;
    if (gmtime_r(&seconds, &tm) == NULL) return;
    (void)tw_strbuf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday],
                           tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                           tm.tm_sec);
}

static void add_part(struct tw_strbuf *out, const char *type, const char *text)
{
    (void)tw_strbuf_printf(out,
                           "--thalweg-part\r\nContent-Type: %s\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           type);
    encode_lines(out, text, strlen(text));
}

void tw_notice_mail_write(const struct tw_store_bulletin *bulletin, const char *from,
                          const char *to, struct tw_strbuf *out)
{
    json_t *brief = json_loads(bulletin->brief, 0, NULL);
    const char *zh = json_string_value(json_object_get(brief, "zh"));
    const char *en = json_string_value(json_object_get(brief, "en"));
    struct tw_strbuf text = {0};
    (void)tw_strbuf_printf(&text, "%s\n%s\n", zh == NULL ? "" : zh, en == NULL ? "" : en);
    (void)tw_strbuf_printf(out, "From: %s\r\nTo: %s\r\nSubject: ", from, to);
    encode_header(out, zh == NULL ? "Thalweg" : zh);
    (void)tw_strbuf_printf(out, "\r\nMessage-ID: <thalweg-%lld-%lld@thalweg.invalid>\r\n",
                           (long long)bulletin->id, (long long)bulletin->time_ms);
    add_date(out, bulletin->time_ms);
    (void)tw_strbuf_add_text(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
                                  "Content-Type: multipart/mixed; boundary=thalweg-part\r\n\r\n");
    add_part(out, "text/plain; charset=utf-8", tw_strbuf_get(&text));
    add_part(out, "application/cap+xml; name=warning.cap", bulletin->text);
    (void)tw_strbuf_add_text(out, "--thalweg-part--\r\n");
    tw_strbuf_done(&text);
    json_decref(brief);
}
