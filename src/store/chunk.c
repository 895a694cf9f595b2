#include "store/chunk.h"

#include "base/compiler.h"
#include "store/bits.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CODEC_DECIMAL = 1, CODEC_XOR = 2, CODEC_MASK = 7, GOOD = 8, SCALE_SHIFT = 4 };
enum { SCALES = 5, APART_ONE_IN = 16, CRC_SIZE = 4, SUMMARY_MOST = 96 };

/* Beyond it a double skips whole numbers, and 65,536 of it would not fit an int64_t. */
#define WHOLE_MOST 1125899906842624.0 /* 2^50 < 2^53, 2^50 * 2^13 = 2^63 */
#define EXACT_SUM_COUNT 8000

static const double scale_of[SCALES] = {1.0, 10.0, 100.0, 1000.0, 10000.0};

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double value_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void tw_chunk_coder_done(struct tw_chunk_coder *coder)
{
    free(coder->ints);
    free(coder->scratch);
    free(coder->bytes);
    *coder = (struct tw_chunk_coder){0};
}

/* Times, values and three runs' worth of quality and source, each at its worst. */
static size_t bytes_bound(size_t count)
{
    return SUMMARY_MOST + 2 * tw_bits_bound(count) + 18 * count + 20 * (count + 1) + CRC_SIZE;
}

static tw_status make_room(struct tw_chunk_coder *coder, size_t count)
{
    if (count <= coder->room) return TW_OK;
    tw_chunk_coder_done(coder);
    size_t room = count < 2048 ? 2048 : count;
    coder->ints = malloc(room * sizeof *coder->ints);
    coder->scratch = malloc(room * sizeof *coder->scratch);
    coder->bytes = malloc(bytes_bound(room));
    if (coder->ints == NULL || coder->scratch == NULL || coder->bytes == NULL) {
        tw_chunk_coder_done(coder);
        return TW_ERR_NOMEM;
    }
    coder->room = room;
    return TW_OK;
}

/* The value as a whole number of 10^-scale; false when it is not one to the last bit. */
static bool to_whole(double value, int scale, uint64_t *out_whole)
{
    double scaled = value * scale_of[scale];
    if (!(scaled > -WHOLE_MOST && scaled < WHOLE_MOST)) return false;
    int64_t whole = (int64_t)(scaled + (scaled < 0.0 ? -0.5 : 0.5));
    if (bits_of((double)whole / scale_of[scale]) != bits_of(value)) return false;
    *out_whole = (uint64_t)whole;
    return true;
}

struct decimals {
    int scale;
    size_t apart; /* values that are no decimals */
    bool good;    /* few enough of them */
};

/* Values as whole numbers of the coarsest scale that fits; those that fit none repeat the one
 * before. */
static struct decimals find_decimals(const struct tw_chunk_point *points, size_t count,
                                     uint64_t *out_whole)
{
    struct decimals found = {.good = true};
    size_t most = count / APART_ONE_IN;
    bool again = true;
    while (again) {
        again = false;
        found.apart = 0;
        uint64_t before = 0;
        for (size_t i = 0; i < count; i++) {
            int scale = found.scale;
            while (scale < SCALES && !to_whole(points[i].value, scale, &out_whole[i]))
                scale++;
            if (scale == SCALES) {
                out_whole[i] = before;
                if (++found.apart > most) return (struct decimals){.good = false};
            } else if (scale > found.scale) {
                found.scale = scale; /* the earlier ones are whole numbers of it as well */
                again = true;
            }
            before = out_whole[i];
        }
    }
    return found;
}

static struct tw_chunk_summary summarise(const struct tw_chunk_point *points, size_t count)
{
    struct tw_chunk_summary s = {.count = (int32_t)count,
                                 .first_ms = points[0].time_ms,
                                 .last_ms = points[count - 1].time_ms,
                                 .first = points[0].value,
                                 .last = points[count - 1].value};
    for (size_t i = 0; i < count; i++) {
        double value = points[i].value;
        if (isnan(value)) continue;
        if (s.numbers == 0 || value < s.min) s.min = value;
        if (s.numbers == 0 || value > s.max) s.max = value;
        s.sum += value;
        s.numbers++;
    }
    return s;
}

/* An exact sum does not depend on the order of its terms. */
static bool sums_exactly(struct decimals found, size_t count)
{
    return found.good && found.apart == 0 && count <= EXACT_SUM_COUNT;
}

static double sum_of_whole(const uint64_t *whole, size_t count, int scale)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += whole[i];
    return (double)(int64_t)sum / scale_of[scale];
}

/* The summary of decimals: whole numbers, but the first near the first. */
static void put_whole_summary(struct tw_bits_writer *bits, const uint64_t *whole, size_t count)
{
    uint64_t sum = 0;
    uint64_t least = whole[0];
    uint64_t most = whole[0];
    for (size_t i = 0; i < count; i++) {
        least = (int64_t)whole[i] < (int64_t)least ? whole[i] : least;
        most = (int64_t)whole[i] > (int64_t)most ? whole[i] : most;
        sum += whole[i];
    }
    tw_bits_put_number(bits, tw_bits_fold(whole[0]));
    tw_bits_put_number(bits, tw_bits_fold(whole[count - 1] - whole[0]));
    tw_bits_put_number(bits, whole[0] - least);
    tw_bits_put_number(bits, most - whole[0]);
    tw_bits_put_number(bits, tw_bits_fold(sum - count * whole[0]));
}

static void get_whole_summary(struct tw_bits_reader *bits, int scale,
                              struct tw_chunk_summary *summary)
{
    uint64_t first = tw_bits_unfold(tw_bits_get_number(bits));
    uint64_t last = first + tw_bits_unfold(tw_bits_get_number(bits));
    uint64_t least = first - tw_bits_get_number(bits);
    uint64_t most = first + tw_bits_get_number(bits);
    uint64_t sum = tw_bits_unfold(tw_bits_get_number(bits)) + (uint64_t)summary->count * first;
    summary->numbers = summary->count;
    summary->first = (double)(int64_t)first / scale_of[scale];
    summary->last = (double)(int64_t)last / scale_of[scale];
    summary->min = (double)(int64_t)least / scale_of[scale];
    summary->max = (double)(int64_t)most / scale_of[scale];
    summary->sum = (double)(int64_t)sum / scale_of[scale];
}

static void put_plain_summary(struct tw_bits_writer *bits, const struct tw_chunk_summary *s)
{
    tw_bits_put_number(bits, (uint64_t)s->numbers);
    tw_bits_put(bits, bits_of(s->first), 64);
    tw_bits_put(bits, bits_of(s->last), 64);
    tw_bits_put(bits, bits_of(s->min), 64);
    tw_bits_put(bits, bits_of(s->max), 64);
    tw_bits_put(bits, bits_of(s->sum), 64);
}

static void get_plain_summary(struct tw_bits_reader *bits, struct tw_chunk_summary *s)
{
    uint64_t numbers = tw_bits_get_number(bits);
    if (numbers > (uint64_t)s->count) bits->bad = true;
    s->numbers = (int32_t)numbers;
    s->first = value_of(tw_bits_get(bits, 64));
    s->last = value_of(tw_bits_get(bits, 64));
    s->min = value_of(tw_bits_get(bits, 64));
    s->max = value_of(tw_bits_get(bits, 64));
    s->sum = value_of(tw_bits_get(bits, 64));
}

static void put_decimals(struct tw_bits_writer *bits, const struct tw_chunk_point *points,
                         size_t count, struct decimals found, struct tw_chunk_coder *coder)
{
    tw_bits_put_series(bits, coder->ints, count, coder->scratch);
    tw_bits_put_number(bits, found.apart);
    size_t before = 0;
    for (size_t i = 0; i < count && found.apart > 0; i++) {
        uint64_t whole;
        if (to_whole(points[i].value, found.scale, &whole)) continue;
        tw_bits_put_number(bits, i - before);
        tw_bits_put(bits, bits_of(points[i].value), 64);
        before = i;
    }
}

static void get_decimals(struct tw_bits_reader *bits, struct tw_chunk_point *points, size_t count,
                         int scale, uint64_t *ints)
{
    tw_bits_get_series(bits, ints, count);
    for (size_t i = 0; i < count; i++)
        points[i].value = (double)(int64_t)ints[i] / scale_of[scale];
    uint64_t apart = tw_bits_get_number(bits);
    uint64_t at = 0;
    if (apart > count) bits->bad = true;
    for (uint64_t i = 0; i < apart && !bits->bad; i++) {
        at += tw_bits_get_number(bits);
        uint64_t value = tw_bits_get(bits, 64);
        if (at < count) points[at].value = value_of(value);
        if (at >= count) bits->bad = true;
    }
}

/* The exclusive or of each value's bits with the one's before, without the zeros that all of them
 * end with. */
static void put_xor(struct tw_bits_writer *bits, const struct tw_chunk_point *points, size_t count,
                    struct tw_chunk_coder *coder)
{
    uint64_t all = 0;
    for (size_t i = 1; i < count; i++) {
        coder->ints[i - 1] = bits_of(points[i].value) ^ bits_of(points[i - 1].value);
        all |= coder->ints[i - 1];
    }
    unsigned zeros = all == 0 ? 0 : (unsigned)TW_TRAILING_ZEROS64(all);
    for (size_t i = 0; i + 1 < count; i++)
        coder->ints[i] >>= zeros;
    tw_bits_put(bits, zeros, 6);
    tw_bits_put_blocks(bits, coder->ints, count - 1);
}

static void get_xor(struct tw_bits_reader *bits, struct tw_chunk_point *points, size_t count,
                    double first, uint64_t *ints)
{
    unsigned zeros = (unsigned)tw_bits_get(bits, 6);
    tw_bits_get_blocks(bits, ints, count - 1);
    uint64_t value = bits_of(first);
    points[0].value = first;
    for (size_t i = 1; i < count; i++) {
        value ^= ints[i - 1] << zeros;
        points[i].value = value_of(value);
    }
}

/* Runs of one quality and source. */
static void put_runs(struct tw_bits_writer *bits, const struct tw_chunk_point *points, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && points[end].quality == points[i].quality &&
               points[end].source == points[i].source)
            end++;
        tw_bits_put_number(bits, end - i);
        tw_bits_put_number(bits, (uint32_t)points[i].quality);
        tw_bits_put_number(bits, (uint32_t)points[i].source);
        i = end;
    }
}

static void get_runs(struct tw_bits_reader *bits, struct tw_chunk_point *points, size_t count)
{
    for (size_t i = 0; i < count && !bits->bad;) {
        uint64_t length = tw_bits_get_number(bits);
        uint64_t quality = tw_bits_get_number(bits);
        uint64_t source = tw_bits_get_number(bits);
        if (length == 0 || length > count - i || quality > UINT32_MAX || source > INT32_MAX) {
            bits->bad = true;
            return;
        }
        for (size_t end = i + (size_t)length; i < end; i++) {
            points[i].quality = (int32_t)(uint32_t)quality;
            points[i].source = (int32_t)source;
        }
    }
}

static bool all_good(const struct tw_chunk_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (points[i].quality != 0) return false;
    }
    return true;
}

tw_status tw_chunk_pack(struct tw_chunk_coder *coder, const struct tw_chunk_point *points,
                        size_t count, const uint8_t **out_data, size_t *out_size)
{
    if (count == 0 || count > TW_CHUNK_MOST) return TW_ERR_ARG;
    TW_TRY(make_room(coder, count));
    struct tw_bits_writer bits = {.out = coder->bytes};
    struct decimals found = find_decimals(points, count, coder->ints);
    bool exact = sums_exactly(found, count);
    unsigned codec = found.good ? CODEC_DECIMAL : CODEC_XOR;
    if (all_good(points, count)) codec |= GOOD;
    /* The highest bit tells which of the two summaries follows. */
    tw_bits_put(&bits, codec | (unsigned)found.scale << SCALE_SHIFT | (exact ? 128 : 0), 8);
    tw_bits_put_number(&bits, count);
    tw_bits_put_number(&bits, tw_bits_fold((uint64_t)points[0].time_ms));
    tw_bits_put_number(&bits, (uint64_t)points[count - 1].time_ms - (uint64_t)points[0].time_ms);
    if (exact) {
        put_whole_summary(&bits, coder->ints, count);
    } else {
        struct tw_chunk_summary summary = summarise(points, count);
        put_plain_summary(&bits, &summary);
    }
    if (found.good) {
        put_decimals(&bits, points, count, found, coder);
    } else {
        put_xor(&bits, points, count, coder);
    }
    for (size_t i = 0; i < count; i++)
        coder->ints[i] = (uint64_t)points[i].time_ms - (uint64_t)points[0].time_ms;
    tw_bits_put_series(&bits, coder->ints, count, coder->scratch);
    put_runs(&bits, points, count);
    tw_bits_finish(&bits);
    uint32_t crc = (uint32_t)crc32(0, bits.out, (uInt)bits.at);
    for (int i = 0; i < CRC_SIZE; i++)
        bits.out[bits.at++] = (uint8_t)(crc >> (8 * i));
    *out_data = bits.out;
    *out_size = bits.at;
    return TW_OK;
}

struct header {
    unsigned codec;
    int scale;
    struct tw_chunk_summary summary;
};

static tw_status read_header(struct tw_bits_reader *bits, struct header *out)
{
    unsigned first = (unsigned)tw_bits_get(bits, 8);
    bool exact = (first & 128) != 0;
    out->codec = first & CODEC_MASK;
    out->scale = (int)((first & 127) >> SCALE_SHIFT);
    if (out->scale >= SCALES || (out->codec != CODEC_DECIMAL && out->codec != CODEC_XOR)) {
        return TW_ERR_FORMAT;
    }
    uint64_t count = tw_bits_get_number(bits);
    if (count == 0 || count > TW_CHUNK_MOST) return TW_ERR_FORMAT;
    struct tw_chunk_summary *s = &out->summary;
    *s = (struct tw_chunk_summary){.count = (int32_t)count, .good = (first & GOOD) != 0};
    uint64_t first_ms = tw_bits_unfold(tw_bits_get_number(bits));
    s->first_ms = (int64_t)first_ms;
    s->last_ms = (int64_t)(first_ms + tw_bits_get_number(bits));
    if (exact) {
        get_whole_summary(bits, out->scale, s);
    } else {
        get_plain_summary(bits, s);
    }
    return bits->bad || s->last_ms < s->first_ms ? TW_ERR_FORMAT : TW_OK;
}

/* The bytes before the check sum, when that is right. */
static tw_status check_sum(const uint8_t *data, size_t size, struct tw_bits_reader *out_bits)
{
    if (size <= CRC_SIZE || size > (size_t)64 << 20) return TW_ERR_FORMAT;
    uint32_t crc = 0;
    for (int i = 0; i < CRC_SIZE; i++)
        crc |= (uint32_t)data[size - CRC_SIZE + (size_t)i] << (8 * i);
    if (crc != (uint32_t)crc32(0, data, (uInt)(size - CRC_SIZE))) return TW_ERR_FORMAT;
    *out_bits = (struct tw_bits_reader){.data = data, .size = size - CRC_SIZE};
    return TW_OK;
}

tw_status tw_chunk_summary_read(const uint8_t *data, size_t size,
                                struct tw_chunk_summary *out_summary)
{
    struct tw_bits_reader bits;
    struct header header;
    TW_TRY(check_sum(data, size, &bits));
    TW_TRY(read_header(&bits, &header));
    *out_summary = header.summary;
    return TW_OK;
}

tw_status tw_chunk_unpack(struct tw_chunk_coder *coder, const uint8_t *data, size_t size,
                          struct tw_chunk_point *out_points, size_t room, size_t *out_count)
{
    struct tw_bits_reader bits;
    struct header header;
    TW_TRY(check_sum(data, size, &bits));
    TW_TRY(read_header(&bits, &header));
    const struct tw_chunk_summary *s = &header.summary;
    size_t count = (size_t)s->count;
    if (count > room) return TW_ERR_FULL;
    TW_TRY(make_room(coder, count));
    if (header.codec == CODEC_DECIMAL) {
        get_decimals(&bits, out_points, count, header.scale, coder->ints);
    } else {
        get_xor(&bits, out_points, count, s->first, coder->ints);
    }
    tw_bits_get_series(&bits, coder->ints, count);
    for (size_t i = 0; i < count; i++)
        out_points[i].time_ms = (int64_t)((uint64_t)s->first_ms + coder->ints[i]);
    get_runs(&bits, out_points, count);
    if (bits.bad || out_points[0].time_ms != s->first_ms ||
        out_points[count - 1].time_ms != s->last_ms) {
        return TW_ERR_FORMAT;
    }
    *out_count = count;
    return TW_OK;
}

tw_status tw_chunk_summarise(struct tw_chunk_coder *coder, const struct tw_chunk_point *points,
                             size_t count, struct tw_chunk_summary *out_summary)
{
    if (count == 0 || count > TW_CHUNK_MOST) return TW_ERR_ARG;
    TW_TRY(make_room(coder, count));
    *out_summary = summarise(points, count);
    out_summary->good = all_good(points, count);
    struct decimals found = find_decimals(points, count, coder->ints);
    if (sums_exactly(found, count)) {
        out_summary->sum = sum_of_whole(coder->ints, count, found.scale);
    }
    return TW_OK;
}
