/* What a row of the log holds: the samples of one group commit, until they are sealed in chunks. */
#ifndef TW_STORE_LOG_H
#define TW_STORE_LOG_H

#include "store/store.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** A row being written; zeros are an empty one. */
struct tw_log_row {
    uint8_t *data;
    size_t size, room;
};

/** Free a row's memory. */
void tw_log_row_done(struct tw_log_row *row);

/** Begin anew. */
void tw_log_row_reset(struct tw_log_row *row);

/** Add a batch of samples of a source. errors: TW_ERR_NOMEM, and then the row is as before */
tw_status tw_log_row_samples(struct tw_log_row *row, int32_t source, int64_t received_ms,
                             const struct tw_store_sample *samples, size_t count);

/** Add that all earlier samples of a source are gone. errors: TW_ERR_NOMEM */
tw_status tw_log_row_clear(struct tw_log_row *row, int32_t source);

/** End with a check sum. errors: TW_ERR_NOMEM */
tw_status tw_log_row_finish(struct tw_log_row *row);

/** Called with each sample of a row, in order. errors: as the caller likes; they end the reading */
typedef tw_status tw_log_sample(void *user, int32_t source, const struct tw_store_sample *sample);

/** Called where a source was cleared. */
typedef tw_status tw_log_clear(void *user, int32_t source);

/**
 * Read a row; one of no bytes holds nothing.
 *
 * errors   TW_ERR_FORMAT it is damaged (nothing was told of it), and those of the callbacks
 */
tw_status tw_log_row_read(const uint8_t *data, size_t size, tw_log_sample *sample,
                          tw_log_clear *clear, void *user);

#endif
