/* A file written by a thread of its own: the caller fills one of two buffers while the other one
 * goes to the file. */
#ifndef TW_BASE_WRITER_H
#define TW_BASE_WRITER_H

#include "base/file.h"
#include "thalweg/status.h"

#include <stddef.h>

/** A thread that writes to a file; the file is left alone by others while it lives. */
struct tw_writer;

/**
 * Start a thread that writes to a file.
 *
 * file        borrowed until tw_writer_end
 * bytes       of each of the two buffers
 * out_writer  owned by the caller until tw_writer_end; untouched on failure
 * errors      TW_ERR_NOMEM also when the system gives no more threads
 */
tw_status tw_writer_begin(tw_outfile *file, size_t bytes, struct tw_writer **out_writer);

/** The buffer to be filled next, borrowed until it is sent; waits while both are on their way. */
char *tw_writer_buffer(struct tw_writer *writer);

/**
 * Send the buffer that tw_writer_buffer gave.
 *
 * count   bytes of it that are written
 * errors  TW_ERR_FILE one of the buffers sent before could not be written (errno says why)
 */
tw_status tw_writer_send(struct tw_writer *writer, size_t count);

/** Wait until all is written and end the thread; NULL is fine. errors: TW_ERR_FILE (errno) */
tw_status tw_writer_end(struct tw_writer *writer);

#endif
