/* An answer that a device gets once its measurements are on disk, and only then. */
#ifndef TW_TELEMETRY_RECEIPT_H
#define TW_TELEMETRY_RECEIPT_H

#include "net/door.h"
#include "thalweg/status.h"

#include <stddef.h>

/** Bytes for a connection. */
struct tw_receipt;

/**
 * Make a receipt.
 *
 * bytes        copied; size 0: nothing will be sent
 * out_receipt  to be given to tw_receipt_settle with tw_ingest_submit, or destroyed
 * errors       TW_ERR_NOMEM
 */
tw_status tw_receipt_create(struct tw_conn conn, const void *bytes, size_t size,
                            struct tw_receipt **out_receipt);

/** Free a receipt that will not be settled; NULL is fine. */
void tw_receipt_destroy(struct tw_receipt *receipt);

/** A tw_store_done: sends the receipt `user` when the samples are stored, else nothing; frees it. */
void tw_receipt_settle(void *user, tw_status status);

#endif
