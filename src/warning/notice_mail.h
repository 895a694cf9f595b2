/* A bulletin as a mail: the headline in both languages, the CAP message attached. */
#ifndef TW_WARNING_NOTICE_MAIL_H
#define TW_WARNING_NOTICE_MAIL_H

#include "base/text.h"
#include "store/store.h"

/** Write the whole message, headers and all (RFC 5322, RFC 2045 to 2047). */
void tw_notice_mail_write(const struct tw_store_bulletin *bulletin, const char *from,
                          const char *to, struct tw_strbuf *out);

#endif
