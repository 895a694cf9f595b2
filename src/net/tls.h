/* TLS over bytes that somebody else carries: no sockets here. OpenSSL 3 does the work. */
#ifndef TW_NET_TLS_H
#define TW_NET_TLS_H

#include "net/sha256.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Certificates and keys, for any number of connections and threads. */
struct tw_tls_context;

/** One connection. */
struct tw_tls;

/** Files in PEM; all borrowed for the call. */
struct tw_tls_files {
    const char *certificate, *key; /* our own; a client may have none: NULL */
    const char *authorities;       /* who may sign a peer's certificate; NULL: for a server nobody
                                      is asked for one, for a client the system's */
    bool required;                 /* a server lets only peers with such a certificate in */
};

/**
 * Load certificates and keys. TLS 1.2 and 1.3.
 *
 * why          [why_size] on failure: the file and the reason
 * out_context  owned by the caller
 * errors       TW_ERR_FILE a file cannot be read or is no such thing, TW_ERR_NOMEM
 */
tw_status tw_tls_context_create(const struct tw_tls_files *files, bool server, char *why,
                                size_t why_size, struct tw_tls_context **out_context);

/** Free; connections that use it keep what they need. NULL is fine. */
void tw_tls_context_destroy(struct tw_tls_context *context);

/**
 * Begin a connection.
 *
 * host     a client's: the name that the server's certificate must have; a server's: NULL
 * errors   TW_ERR_NOMEM
 */
tw_status tw_tls_create(struct tw_tls_context *context, const char *host, struct tw_tls **out_tls);

/** Free; NULL is fine. */
void tw_tls_destroy(struct tw_tls *tls);

/** Take bytes that came from the peer. errors: TW_ERR_NOMEM */
tw_status tw_tls_feed(struct tw_tls *tls, const void *bytes, size_t size);

/**
 * What the peer has said, decrypted.
 *
 * out_size  bytes written to out; 0: more has to be fed first
 * errors    TW_ERR_NET the peer ended, is not trusted or speaks no TLS
 */
tw_status tw_tls_read(struct tw_tls *tls, void *out, size_t size, size_t *out_size);

/**
 * Say something to the peer; what could not be taken before the handshake is kept by the caller.
 *
 * out_size  bytes taken
 * errors    TW_ERR_NET
 */
tw_status tw_tls_write(struct tw_tls *tls, const void *bytes, size_t size, size_t *out_size);

/** Bytes for the peer, encrypted, at most `size`; returns how many. */
size_t tw_tls_take(struct tw_tls *tls, void *out, size_t size);

/** The SHA-256 of the peer's certificate (of its DER form) in lower-case hexadecimal digits; false
 * when it has shown none that is trusted. */
bool tw_tls_peer_sha256(struct tw_tls *tls, char out_hex[TW_SHA256_HEX_SIZE]);

#endif
