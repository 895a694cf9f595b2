#include "store/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { VERSION = 1, RECORD_SAMPLES = 1, RECORD_CLEAR = 2 };
enum { CRC_SIZE = 4, NUMBER_MOST = 10, SAMPLE_MOST = 3 * NUMBER_MOST + 8 };

void tw_log_row_done(struct tw_log_row *row)
{
    free(row->data);
    *row = (struct tw_log_row){0};
}

void tw_log_row_reset(struct tw_log_row *row) { row->size = 0; }

static tw_status make_room(struct tw_log_row *row, size_t more)
{
    size_t needed = row->size + more + 1 + CRC_SIZE;
    if (needed <= row->room) return TW_OK;
    size_t room = needed > 2 * row->room ? needed : 2 * row->room;
    uint8_t *data = realloc(row->data, room);
    if (data == NULL) return TW_ERR_NOMEM;
    row->data = data;
    row->room = room;
    return TW_OK;
}

static uint8_t *put_number(uint8_t *out, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        *out++ = (uint8_t)(value | 128);
    *out++ = (uint8_t)value;
    return out;
}

static uint64_t fold(uint64_t value)
{
    return (value << 1) ^ ((value >> 63) != 0 ? UINT64_MAX : 0);
}

static uint64_t unfold(uint64_t value)
{
    return (value >> 1) ^ ((value & 1) != 0 ? UINT64_MAX : 0);
}

static uint8_t *record_begin(struct tw_log_row *row, uint8_t kind)
{
    if (row->size == 0) row->data[row->size++] = VERSION;
    row->data[row->size] = kind;
    return row->data + row->size + 1;
}

tw_status tw_log_row_samples(struct tw_log_row *row, int32_t source, int64_t received_ms,
                             const struct tw_store_sample *samples, size_t count)
{
    TW_TRY(make_room(row, 1 + (size_t)3 * NUMBER_MOST + count * SAMPLE_MOST));
    uint8_t *at = record_begin(row, RECORD_SAMPLES);
    at = put_number(at, (uint32_t)source);
    at = put_number(at, fold((uint64_t)received_ms));
    at = put_number(at, count);
    uint64_t before_ms = (uint64_t)received_ms;
    uint64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        const struct tw_store_sample *s = &samples[i];
        uint64_t bits;
        at = put_number(at, fold((uint64_t)s->series - before));
        at = put_number(at, fold((uint64_t)s->time_ms - before_ms));
        at = put_number(at, (uint32_t)s->quality);
        memcpy(&bits, &s->value, sizeof bits);
        for (int k = 0; k < 8; k++)
            *at++ = (uint8_t)(bits >> (8 * k));
        before = (uint64_t)s->series;
        before_ms = (uint64_t)s->time_ms;
    }
    row->size = (size_t)(at - row->data);
    return TW_OK;
}

tw_status tw_log_row_clear(struct tw_log_row *row, int32_t source)
{
    TW_TRY(make_room(row, 1 + NUMBER_MOST));
    uint8_t *at = put_number(record_begin(row, RECORD_CLEAR), (uint32_t)source);
    row->size = (size_t)(at - row->data);
    return TW_OK;
}

tw_status tw_log_row_finish(struct tw_log_row *row)
{
    if (row->size == 0) return TW_OK;
    TW_TRY(make_room(row, 0));
    uint32_t crc = (uint32_t)crc32_z(0, row->data, row->size);
    for (int i = 0; i < CRC_SIZE; i++)
        row->data[row->size++] = (uint8_t)(crc >> (8 * i));
    return TW_OK;
}

struct reader {
    const uint8_t *at, *end;
    bool bad;
};

static uint64_t get_number(struct reader *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        uint64_t group = *in->at++;
        value |= (group & 127) << shift;
        if (group < 128) return value;
    }
    in->bad = true;
    return 0;
}

static tw_status read_samples(struct reader *in, tw_log_sample *sample, void *user)
{
    int32_t source = (int32_t)(get_number(in) & INT32_MAX);
    uint64_t before_ms = unfold(get_number(in));
    uint64_t count = get_number(in);
    uint64_t series = 0;
    for (uint64_t i = 0; i < count && !in->bad; i++) {
        series += unfold(get_number(in));
        before_ms += unfold(get_number(in));
        uint64_t quality = get_number(in);
        if (in->bad || in->end - in->at < 8 || series > INT32_MAX) return TW_ERR_FORMAT;
        uint64_t bits = 0;
        for (int k = 0; k < 8; k++)
            bits |= (uint64_t)*in->at++ << (8 * k);
        struct tw_store_sample one = {.series = (int32_t)series,
                                      .quality = (int32_t)(uint32_t)quality,
                                      .time_ms = (int64_t)before_ms};
        memcpy(&one.value, &bits, sizeof bits);
        TW_TRY(sample(user, source, &one));
    }
    return in->bad ? TW_ERR_FORMAT : TW_OK;
}

tw_status tw_log_row_read(const uint8_t *data, size_t size, tw_log_sample *sample,
                          tw_log_clear *clear, void *user)
{
    if (size == 0) return TW_OK;
    if (size < 1 + CRC_SIZE || data[0] != VERSION) return TW_ERR_FORMAT;
    uint32_t crc = 0;
    for (int i = 0; i < CRC_SIZE; i++)
        crc |= (uint32_t)data[size - CRC_SIZE + (size_t)i] << (8 * i);
    if (crc != (uint32_t)crc32_z(0, data, size - CRC_SIZE)) return TW_ERR_FORMAT;
    struct reader in = {.at = data + 1, .end = data + size - CRC_SIZE};
    while (in.at < in.end) {
        uint8_t kind = *in.at++;
        tw_status status = TW_ERR_FORMAT;
        if (kind == RECORD_SAMPLES) status = read_samples(&in, sample, user);
        if (kind == RECORD_CLEAR) {
            int32_t source = (int32_t)(get_number(&in) & INT32_MAX);
            status = in.bad ? TW_ERR_FORMAT : clear(user, source);
        }
        TW_TRY(status);
    }
    return TW_OK;
}
