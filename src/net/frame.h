/* Messages between a process and its child: a kind, a size and that many bytes, over a socket pair.
 * Both ends are the same program, so the bytes are the machine's own. */
#ifndef TW_NET_FRAME_H
#define TW_NET_FRAME_H

#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** A message that came in. */
struct tw_frame {
    uint32_t kind;
    size_t size;
    char *bytes; /* owned, from malloc; a NUL follows the last byte; NULL for size 0 */
};

/**
 * Send a message; waits until all of it is on its way.
 *
 * parts, sizes  [count] the pieces of the message, sent one after the other
 * errors        TW_ERR_NET the other end is gone, TW_ERR_FULL more than 1 GiB
 */
tw_status tw_frame_send_parts(int fd, uint32_t kind, int count, const void *const parts[],
                              const size_t sizes[]);

/** Send a message of one piece. errors: TW_ERR_NET, TW_ERR_FULL */
tw_status tw_frame_send(int fd, uint32_t kind, const void *bytes, size_t size);

/**
 * Wait for the next message.
 *
 * out_frame  free its bytes with free()
 * errors     TW_ERR_NET the other end is gone, TW_ERR_FORMAT no message of ours, TW_ERR_NOMEM
 */
tw_status tw_frame_receive(int fd, struct tw_frame *out_frame);

#endif
