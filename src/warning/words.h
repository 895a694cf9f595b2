/* What a warning says in words, Chinese and English. */
#ifndef TW_WARNING_WORDS_H
#define TW_WARNING_WORDS_H

#include "base/text.h"
#include "store/store.h"

#include <stdint.h>

/** Languages; also the order of texts. */
enum tw_language { TW_LANGUAGE_ZH, TW_LANGUAGE_EN, TW_LANGUAGES };

/** The tag of a language, RFC 3066: "zh-CN", "en". */
const char *tw_language_tag(enum tw_language language);

/** The colour of a class, 1 blue .. 4 red, as a word of people. */
const char *tw_class_word(int32_t rank, enum tw_language language);

/** Where a warning is and how its times are written. */
struct tw_warning_place {
    const char *names[TW_LANGUAGES];
    double lon, lat;
    double classes_m[4];
    int32_t zone_s; /* seconds east of Greenwich */
};

/** Add one line: the place, the class, what is expected or that it is over. */
void tw_warning_headline(const struct tw_store_warning *warning,
                         const struct tw_warning_place *place, enum tw_language language,
                         struct tw_strbuf *out);

/** Add sentences: depth and time with how sure they are, cause, an officer's order. */
void tw_warning_description(const struct tw_store_warning *warning,
                            const struct tw_warning_place *place, enum tw_language language,
                            struct tw_strbuf *out);

/** Add what limits the water's way, e.g. "conduit C12 full from 14:05"; nothing when unknown. */
void tw_warning_cause_text(const struct tw_store_warning *warning, int32_t zone_s,
                           enum tw_language language, struct tw_strbuf *out);

/** What people should do about a class. */
const char *tw_warning_instruction(const struct tw_store_warning *warning,
                                   enum tw_language language);

#endif
