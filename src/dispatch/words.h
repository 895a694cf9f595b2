/* Texts of a plan. */
#ifndef TW_DISPATCH_WORDS_H
#define TW_DISPATCH_WORDS_H

#include "base/arena.h"
#include "base/text.h"

/** Move a text into an arena; the buffer is empty then. returns: NULL when memory is out */
const char *tw_words_take(struct tw_strbuf *text, struct tw_arena *arena);

#endif
