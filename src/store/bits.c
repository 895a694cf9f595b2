#include "store/bits.h"

#include "base/compiler.h"

#include <string.h>

enum { BLOCK = 32, POSITION_BITS = 5, COUNT_BITS = 5, WIDTH_BITS = 6, HEADER_BITS = 8 };

/* The first byte of a block: its width; or with PATCHED added, some are written apart; or how many
 * blocks of nothing but zeros there are, from ZEROS + 1. */
enum { ZEROS = 64, ZEROS_MOST = 63, PATCHED = 128 };

/* How a series is written. */
enum { ORDER_MIDDLE, ORDER_CHANGE, ORDER_SECOND, ORDER_BITS = 2 };

void tw_bits_put(struct tw_bits_writer *bits, uint64_t value, unsigned width)
{
    if (width == 0) return;
    if (width < 64) value &= (UINT64_C(1) << width) - 1;
    bits->held |= value << bits->count;
    unsigned total = bits->count + width;
    if (total < 64) {
        bits->count = total;
        return;
    }
    for (int i = 0; i < 8; i++)
        bits->out[bits->at++] = (uint8_t)(bits->held >> (8 * i));
    bits->held = bits->count == 0 ? 0 : value >> (64 - bits->count);
    bits->count = total - 64;
}

void tw_bits_put_number(struct tw_bits_writer *bits, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        tw_bits_put(bits, (value & 127) | 128, 8);
    tw_bits_put(bits, value, 8);
}

void tw_bits_finish(struct tw_bits_writer *bits)
{
    for (unsigned done = 0; done < bits->count; done += 8)
        bits->out[bits->at++] = (uint8_t)(bits->held >> done);
    bits->held = 0;
    bits->count = 0;
}

/* Up to 8 bytes from a place, zeros beyond the end, the first lowest. */
static inline uint64_t load(const struct tw_bits_reader *bits, size_t byte)
{
    uint64_t value = 0;
    if (byte + 8 <= bits->size) {
        const uint8_t *b = bits->data + byte;
        return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
               (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
               (uint64_t)b[7] << 56;
    }
    for (size_t i = 0; byte + i < bits->size; i++)
        value |= (uint64_t)bits->data[byte + i] << (8 * i);
    return value;
}

uint64_t tw_bits_get(struct tw_bits_reader *bits, unsigned width)
{
    if (width == 0) return 0;
    if (bits->at + width > 8 * bits->size) {
        bits->bad = true;
        return 0;
    }
    unsigned shift = (unsigned)(bits->at & 7);
    uint64_t value = load(bits, bits->at >> 3) >> shift;
    if (shift + width > 64) value |= load(bits, (bits->at >> 3) + 8) << (64 - shift);
    bits->at += width;
    return width < 64 ? value & ((UINT64_C(1) << width) - 1) : value;
}

uint64_t tw_bits_get_number(struct tw_bits_reader *bits)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t group = tw_bits_get(bits, 8);
        value |= (group & 127) << shift;
        if (group < 128) return value;
    }
    bits->bad = true;
    return 0;
}

void tw_bits_align(struct tw_bits_reader *bits) { bits->at = (bits->at + 7) & ~(size_t)7; }

static inline unsigned width_of(uint64_t value)
{
    return value == 0 ? 0 : 64 - (unsigned)TW_LEADING_ZEROS64(value);
}

struct plan {
    unsigned width, widest, apart; /* apart: how many are wider than width */
    size_t cost;                   /* [bits] without the header */
};

static struct plan plan_block(const uint64_t *values, size_t count)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++)
        all |= values[i];
    struct plan best = {.width = width_of(all), .widest = width_of(all)};
    best.cost = count * best.width;
    if (best.width == 0) return best;
    uint8_t of_width[65] = {0};
    for (size_t i = 0; i < count; i++)
        of_width[width_of(values[i])]++;
    unsigned apart = of_width[best.widest];
    for (unsigned width = best.widest; width-- > 0;) {
        size_t cost = count * width + COUNT_BITS + WIDTH_BITS +
                      apart * (size_t)(POSITION_BITS + best.widest - width);
        if (cost < best.cost && apart < BLOCK) {
            best = (struct plan){width, best.widest, apart, cost};
        }
        apart += of_width[width];
    }
    return best;
}

static size_t block_length(size_t count, size_t at)
{
    return count - at < BLOCK ? count - at : BLOCK;
}

size_t tw_bits_blocks_cost(const uint64_t *values, size_t count)
{
    size_t cost = 0;
    for (size_t at = 0; at < count; at += BLOCK) {
        struct plan plan = plan_block(values + at, block_length(count, at));
        cost += plan.cost + (plan.cost > 0 ? HEADER_BITS : 1); /* zeros share a header */
    }
    return cost;
}

static void put_block(struct tw_bits_writer *bits, const uint64_t *values, size_t count,
                      struct plan plan)
{
    tw_bits_put(bits, plan.width + (plan.apart > 0 ? PATCHED : 0), HEADER_BITS);
    for (size_t i = 0; i < count; i++)
        tw_bits_put(bits, values[i], plan.width);
    if (plan.apart == 0) return;
    unsigned above = plan.widest - plan.width;
    tw_bits_put(bits, plan.apart, COUNT_BITS);
    tw_bits_put(bits, above - 1, WIDTH_BITS);
    for (size_t i = 0; i < count; i++) {
        if (width_of(values[i]) <= plan.width) continue;
        tw_bits_put(bits, i, POSITION_BITS);
        tw_bits_put(bits, values[i] >> plan.width, above);
    }
}

void tw_bits_put_blocks(struct tw_bits_writer *bits, const uint64_t *values, size_t count)
{
    unsigned zeros = 0;
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t length = block_length(count, at);
        struct plan plan = plan_block(values + at, length);
        if (zeros > 0 && (plan.cost > 0 || zeros == ZEROS_MOST)) {
            tw_bits_put(bits, ZEROS + zeros, HEADER_BITS);
            zeros = 0;
        }
        if (plan.cost > 0) {
            put_block(bits, values + at, length, plan);
        } else {
            zeros++;
        }
    }
    if (zeros > 0) tw_bits_put(bits, ZEROS + zeros, HEADER_BITS);
}

/* `count` numbers of one width, checked for their end once. */
static void get_packed(struct tw_bits_reader *bits, uint64_t *out, size_t count, unsigned width)
{
    if (bits->at + count * width > 8 * bits->size) {
        bits->bad = true;
        memset(out, 0, count * sizeof *out);
        return;
    }
    if (width == 0) memset(out, 0, count * sizeof *out);
    if (width == 0) return;
    uint64_t mask = width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX;
    size_t at = bits->at;
    if (width <= 56) {
        for (size_t i = 0; i < count; i++, at += width)
            out[i] = (load(bits, at >> 3) >> (at & 7)) & mask;
        bits->at = at;
        return;
    }
    for (size_t i = 0; i < count; i++)
        out[i] = tw_bits_get(bits, width);
}

static void get_apart(struct tw_bits_reader *bits, uint64_t *out, size_t count, unsigned width)
{
    size_t apart = (size_t)tw_bits_get(bits, COUNT_BITS);
    unsigned above = (unsigned)tw_bits_get(bits, WIDTH_BITS) + 1;
    if (width + above > 64) {
        bits->bad = true;
        return;
    }
    for (size_t i = 0; i < apart && !bits->bad; i++) {
        size_t position = (size_t)tw_bits_get(bits, POSITION_BITS);
        uint64_t high = tw_bits_get(bits, above);
        if (position < count) out[position] |= high << width;
        if (position >= count) bits->bad = true;
    }
}

void tw_bits_get_blocks(struct tw_bits_reader *bits, uint64_t *out_values, size_t count)
{
    size_t at = 0;
    while (at < count) {
        unsigned header = bits->bad ? ZEROS : (unsigned)tw_bits_get(bits, HEADER_BITS);
        unsigned width = header & (PATCHED - 1);
        if (header > ZEROS && header < PATCHED) {
            size_t length = (size_t)BLOCK * (header - ZEROS);
            if (length > count - at) length = count - at;
            memset(out_values + at, 0, length * sizeof *out_values);
            at += length;
            continue;
        }
        if (bits->bad || width > 63 + (header == 64)) {
            bits->bad = true;
            memset(out_values + at, 0, (count - at) * sizeof *out_values);
            return;
        }
        size_t length = block_length(count, at);
        get_packed(bits, out_values + at, length, width);
        if (header >= PATCHED) get_apart(bits, out_values + at, length, width);
        at += length;
    }
}

/* The change that more than half of all changes are, if there is one; else something.
 * source: Boyer and Moore, MJRTY, 1981 */
static uint64_t usual_change(const uint64_t *values, size_t count)
{
    uint64_t usual = 0;
    size_t lead = 0;
    for (size_t i = 1; i < count; i++) {
        uint64_t change = values[i] - values[i - 1];
        if (lead == 0) usual = change;
        lead = change == usual ? lead + 1 : lead - 1;
    }
    size_t have = 0;
    for (size_t i = 1; i < count; i++)
        have += values[i] - values[i - 1] == usual;
    return 2 * have > count ? usual : 0;
}

static uint64_t middle(const uint64_t *values, size_t count)
{
    const uint64_t sign = UINT64_C(1)
                          << 63; /* makes the order of signed numbers that of unsigned */
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t ordered = values[i] ^ sign;
        least = ordered < least ? ordered : least;
        most = ordered > most ? ordered : most;
    }
    return (least + (most - least) / 2) ^ sign;
}

/* Residuals of an order; first and second are what they start from. Their number is returned. */
static size_t residuals(const uint64_t *values, size_t count, unsigned order, uint64_t usual,
                        uint64_t *out)
{
    if (order == ORDER_MIDDLE) {
        for (size_t i = 0; i < count; i++)
            out[i] = tw_bits_fold(values[i] - usual);
        return count;
    }
    if (order == ORDER_CHANGE) {
        for (size_t i = 1; i < count; i++)
            out[i - 1] = tw_bits_fold(values[i] - values[i - 1] - usual);
        return count - 1;
    }
    for (size_t i = 2; i < count; i++)
        out[i - 2] = tw_bits_fold(values[i] - 2 * values[i - 1] + values[i - 2]);
    return count - 2;
}

void tw_bits_put_series(struct tw_bits_writer *bits, const uint64_t *values, size_t count,
                        uint64_t *scratch)
{
    if (count == 0) return;
    const uint64_t start[3] = {middle(values, count), usual_change(values, count), 0};
    unsigned best = ORDER_MIDDLE;
    unsigned made = ORDER_MIDDLE;
    size_t least = SIZE_MAX;
    for (unsigned order = ORDER_MIDDLE; order <= ORDER_SECOND; order++) {
        if (order == ORDER_SECOND && count < 3) break;
        size_t n = residuals(values, count, order, start[order], scratch);
        size_t cost = tw_bits_blocks_cost(scratch, n);
        made = order;
        if (cost >= least) continue;
        least = cost;
        best = order;
    }
    tw_bits_put(bits, best, ORDER_BITS);
    if (best == ORDER_MIDDLE || best == ORDER_CHANGE) {
        tw_bits_put_number(bits, tw_bits_fold(start[best]));
    }
    if (best != ORDER_MIDDLE) tw_bits_put_number(bits, tw_bits_fold(values[0]));
    if (best == ORDER_SECOND) tw_bits_put_number(bits, tw_bits_fold(values[1] - values[0]));
    size_t n = best == ORDER_MIDDLE ? count : best == ORDER_CHANGE ? count - 1 : count - 2;
    if (made != best) n = residuals(values, count, best, start[best], scratch);
    tw_bits_put_blocks(bits, scratch, n);
}

void tw_bits_get_series(struct tw_bits_reader *bits, uint64_t *out_values, size_t count)
{
    if (count == 0) return;
    unsigned order = (unsigned)tw_bits_get(bits, ORDER_BITS);
    if (order > ORDER_SECOND || (order == ORDER_SECOND && count < 3)) {
        bits->bad = true;
        memset(out_values, 0, count * sizeof *out_values);
        return;
    }
    uint64_t usual = order == ORDER_SECOND ? 0 : tw_bits_unfold(tw_bits_get_number(bits));
    if (order == ORDER_MIDDLE) {
        tw_bits_get_blocks(bits, out_values, count);
        for (size_t i = 0; i < count; i++)
            out_values[i] = usual + tw_bits_unfold(out_values[i]);
        return;
    }
    out_values[0] = tw_bits_unfold(tw_bits_get_number(bits));
    if (order == ORDER_CHANGE) {
        tw_bits_get_blocks(bits, out_values + 1, count - 1);
        for (size_t i = 1; i < count; i++)
            out_values[i] = out_values[i - 1] + usual + tw_bits_unfold(out_values[i]);
        return;
    }
    uint64_t change = tw_bits_unfold(tw_bits_get_number(bits));
    out_values[1] = out_values[0] + change;
    tw_bits_get_blocks(bits, out_values + 2, count - 2);
    for (size_t i = 2; i < count; i++) {
        change += tw_bits_unfold(out_values[i]);
        out_values[i] = out_values[i - 1] + change;
    }
}

size_t tw_bits_bound(size_t count)
{
    /* A header each block, every number whole, three numbers of ten groups before them. */
    return 8 * count + count / BLOCK + 48;
}
