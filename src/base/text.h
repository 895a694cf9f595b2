/* Texts: strict numbers, and a text that grows. */
#ifndef TW_BASE_TEXT_H
#define TW_BASE_TEXT_H

#include "base/compiler.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Read a whole text as a decimal number, the same in every locale.
 *
 * text    [+-]digits[.digits][e[+-]digits], no blanks; no hexadecimal, no inf, no nan
 * errors  TW_ERR_FORMAT it is not such a text, or not finite as a double
 */
tw_status tw_text_double(const char *text, double *out_value);

/** Read a whole text as a decimal integer, without blanks. errors: TW_ERR_FORMAT */
tw_status tw_text_int(const char *text, int32_t *out_value);

/** True when two texts are the same but for the case of ASCII letters. */
int tw_text_same(const char *a, const char *b);

/** A text that grows; all zeros is an empty one. A failure stays: look once, at the end. */
struct tw_strbuf {
    char *text;    /* terminated; NULL while nothing was added */
    size_t length; /* without the terminator */
    size_t capacity;
    size_t limit;     /* most bytes it may hold with the terminator; 0: no limit */
    tw_status status; /* TW_OK, TW_ERR_NOMEM or TW_ERR_FULL: what was added after is not in it */
};

/** Add bytes. errors: TW_ERR_NOMEM, TW_ERR_FULL the limit; nothing of them is added then */
tw_status tw_strbuf_add(struct tw_strbuf *buffer, const char *bytes, size_t count);

/** Add a terminated text. errors: as tw_strbuf_add */
tw_status tw_strbuf_add_text(struct tw_strbuf *buffer, const char *text);

/** Add formatted text. errors: as tw_strbuf_add */
tw_status tw_strbuf_printf(struct tw_strbuf *buffer, const char *format, ...) TW_PRINTF(2, 3);

/** The text so far, never NULL, borrowed until the next call. */
const char *tw_strbuf_get(const struct tw_strbuf *buffer);

/** Forget the text and a failure; keep the memory. */
void tw_strbuf_clear(struct tw_strbuf *buffer);

/** Free the memory; the buffer is empty and may be used again. NULL is fine. */
void tw_strbuf_done(struct tw_strbuf *buffer);

#endif
