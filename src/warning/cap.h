/* Warnings as a message of the Common Alerting Protocol 1.2 (OASIS, July 2010). */
#ifndef TW_WARNING_CAP_H
#define TW_WARNING_CAP_H

#include "base/text.h"
#include "store/store.h"
#include "warning/words.h"

#include <stdbool.h>
#include <stdint.h>

/** Kinds of a message, as in tw_store_bulletin. */
enum tw_cap_kind { TW_CAP_ALERT, TW_CAP_UPDATE, TW_CAP_CANCEL };

/** Whether a message is meant. */
enum tw_cap_status { TW_CAP_ACTUAL, TW_CAP_EXERCISE, TW_CAP_TEST };

/** What all messages of a city say. */
struct tw_cap_setup {
    const char *sender; /* who may be written to; what CAP does not allow in it is left out */
    const char *sender_names[TW_LANGUAGES];
    enum tw_cap_status status;
    double valid_s;  /* how long a message holds without another */
    double radius_m; /* of the circle around a point */
    int32_t zone_s;
};

/** A message. */
struct tw_cap_message {
    enum tw_cap_kind kind;
    const char *identifier;
    int64_t sent_ms;
    const char *references; /* sender,identifier,sent with blanks between; "": none */
    const char *incident;   /* of the storm */
    const char *note;       /* e.g. why it is an exercise; NULL: none */
    const struct tw_store_warning *const *warnings; /* [count] */
    const struct tw_warning_place *places;          /* [count] */
    int32_t count;
};

/**
 * Add a message as XML: for each warning an info in Chinese and one in English, with a circle.
 *
 * source  CAP 1.2, section 3.2
 */
void tw_cap_write(const struct tw_cap_setup *setup, const struct tw_cap_message *message,
                  struct tw_strbuf *out);

/** Add text as XML: markup is escaped, what XML 1.0 or UTF-8 does not allow is left out. */
void tw_xml_text(struct tw_strbuf *out, const char *text);

/** Add text as part of an identifier or sender: blanks, commas, < and & become '-'. */
void tw_cap_identifier_text(struct tw_strbuf *out, const char *text);

/** A time as CAP wants it: whole seconds, the zone as +08:00, never Z. */
void tw_cap_time(int64_t time_ms, int32_t zone_s, char out[40]);

#endif
