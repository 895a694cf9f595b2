/* Where to listen: an address and a port, as a person writes them. */
#ifndef TW_NET_PLACE_H
#define TW_NET_PLACE_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_PLACE_ADDRESS_SIZE 64

/** An IP address and a port. */
struct tw_place {
    char address[TW_PLACE_ADDRESS_SIZE];
    uint16_t port;
};

/**
 * Read ADDRESS:PORT, [ADDRESS]:PORT, :PORT or PORT; without an address it is 127.0.0.1, the machine
 * itself.
 *
 * errors  TW_ERR_FORMAT it is none of these; that the address is one is seen by tw_place_listen
 */
tw_status tw_place_parse(const char *text, struct tw_place *out_place);

/** True when only the machine itself reaches the address. */
bool tw_place_is_loopback(const char *address);

/**
 * Open a socket that listens, without blocking.
 *
 * port      0: any free one
 * out_fd    the caller closes it
 * out_port  the port that it got
 * errors    TW_ERR_ARG the address is no IP address; TW_ERR_NET (errno: EADDRINUSE the port is
 *           taken, EADDRNOTAVAIL no such address here)
 */
tw_status tw_place_listen(const char *address, uint16_t port, int *out_fd, uint16_t *out_port);

#endif
