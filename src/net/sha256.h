/* SHA-256 of bytes: tokens are kept as their hash only, what is sent out is signed. */
#ifndef TW_NET_SHA256_H
#define TW_NET_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define TW_SHA256_HEX_SIZE 65

/**
 * Hash bytes.
 *
 * out     [32]
 * source  FIPS 180-4, section 6.2
 */
void tw_sha256(const void *bytes, size_t size, uint8_t out[32]);

/** Hash bytes into 64 lower-case hexadecimal digits, terminated. */
void tw_sha256_hex(const void *bytes, size_t size, char out[TW_SHA256_HEX_SIZE]);

/**
 * Authenticate bytes with a key: 64 lower-case hexadecimal digits, terminated.
 *
 * source  RFC 2104, section 2
 */
void tw_hmac_sha256_hex(const char *key, const void *bytes, size_t size,
                        char out[TW_SHA256_HEX_SIZE]);

#endif
