/* JSON out, into a text that grows. Commas come by themselves. */
#ifndef TW_NET_JSON_H
#define TW_NET_JSON_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/** Begin an object or array: '{' or '['. */
void tw_json_open(struct tw_strbuf *out, char bracket);

/** End an object or array: '}' or ']'. */
void tw_json_close(struct tw_strbuf *out, char bracket);

/** Write a member's name; its value comes next. */
void tw_json_key(struct tw_strbuf *out, const char *key);

/** Write a string; what is not UTF-8 becomes U+FFFD; NULL becomes null. */
void tw_json_string(struct tw_strbuf *out, const char *text);

/**
 * Write a number.
 *
 * value     NaN and infinities become null
 * decimals  digits after the point, 0..9; zeros at the end are left out
 */
void tw_json_number(struct tw_strbuf *out, double value, int decimals);

/** The fewest digits, of 15 to 17, that read back as the same finite double. */
void tw_json_digits(double value, char out[32]);

/** Write a number with the fewest digits that read back as the same double. */
void tw_json_exact(struct tw_strbuf *out, double value);

/** Write an integer. */
void tw_json_integer(struct tw_strbuf *out, int64_t value);

/** Write true or false. */
void tw_json_bool(struct tw_strbuf *out, bool value);

/** Write null. */
void tw_json_null(struct tw_strbuf *out);

/** Write a value that is JSON already. */
void tw_json_raw(struct tw_strbuf *out, const char *json);

/** Write a time as ISO 8601 text; INT64_MIN becomes null. */
void tw_json_time(struct tw_strbuf *out, int64_t time_ms, int32_t zone_s);

/* ---- members: a key and its value ---- */

/** "key": "text"; NULL becomes null. */
void tw_json_put_text(struct tw_strbuf *out, const char *key, const char *text);

/** "key": number; NaN becomes null. */
void tw_json_put_number(struct tw_strbuf *out, const char *key, double value, int decimals);

/** "key": integer. */
void tw_json_put_integer(struct tw_strbuf *out, const char *key, int64_t value);

/** "key": true or false. */
void tw_json_put_bool(struct tw_strbuf *out, const char *key, bool value);

/** "key": {"zh": ..., "en": ...} */
void tw_json_put_words(struct tw_strbuf *out, const char *key, const char *zh, const char *en);

#endif
