/* A stream of bits, and whole numbers in it: what the chunks of the store are written with. */
#ifndef TW_STORE_BITS_H
#define TW_STORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bits being written, the lowest first. The buffer is the caller's and large enough. */
struct tw_bits_writer {
    uint8_t *out;
    size_t at;      /* bytes written */
    uint64_t held;  /* bits not written yet, from the lowest */
    unsigned count; /* of held, 0..63 */
};

/** Bits being read; never beyond its end: there it answers zeros and remembers that. */
struct tw_bits_reader {
    const uint8_t *data;
    size_t size;
    size_t at; /* [bits] */
    bool bad;  /* more was asked for than there is, or the bytes make no sense */
};

/** Write the lowest `width` bits (0..64) of a value. */
void tw_bits_put(struct tw_bits_writer *bits, uint64_t value, unsigned width);

/** Write a number in groups of 7 bits, so that small ones are short. */
void tw_bits_put_number(struct tw_bits_writer *bits, uint64_t value);

/** Write what is held, filled up with zeros to whole bytes. */
void tw_bits_finish(struct tw_bits_writer *bits);

/** Read `width` bits (0..64). */
uint64_t tw_bits_get(struct tw_bits_reader *bits, unsigned width);

/** Read what tw_bits_put_number wrote. */
uint64_t tw_bits_get_number(struct tw_bits_reader *bits);

/** Skip to the next whole byte. */
void tw_bits_align(struct tw_bits_reader *bits);

/** A number with a sign as one without, small ones staying small: 0, -1, 1, -2 ... */
static inline uint64_t tw_bits_fold(uint64_t value)
{
    return (value << 1) ^ ((value >> 63) != 0 ? UINT64_MAX : 0);
}

/** What tw_bits_fold took. */
static inline uint64_t tw_bits_unfold(uint64_t value)
{
    return (value >> 1) ^ ((value & 1) != 0 ? UINT64_MAX : 0);
}

/**
 * Write numbers in blocks of 32, each with the width that costs least; the few that are wider than
 * it are written apart (patched frame of reference).
 *
 * source   Zukowski and others, Super-Scalar RAM-CPU Cache Compression, 2006, section 4
 */
void tw_bits_put_blocks(struct tw_bits_writer *bits, const uint64_t *values, size_t count);

/** Read what tw_bits_put_blocks wrote. out_values: [count] */
void tw_bits_get_blocks(struct tw_bits_reader *bits, uint64_t *out_values, size_t count);

/** The bits that tw_bits_put_blocks takes for these numbers. */
size_t tw_bits_blocks_cost(const uint64_t *values, size_t count);

/**
 * Write whole numbers (two's complement) as whichever is shortest: their distance from a middle,
 * the change from one to the next, or the change of that change.
 *
 * scratch  [count]
 */
void tw_bits_put_series(struct tw_bits_writer *bits, const uint64_t *values, size_t count,
                        uint64_t *scratch);

/** Read what tw_bits_put_series wrote. out_values: [count] */
void tw_bits_get_series(struct tw_bits_reader *bits, uint64_t *out_values, size_t count);

/** Bytes that tw_bits_put_series or tw_bits_put_blocks never exceed for `count` numbers. */
size_t tw_bits_bound(size_t count);

#endif
