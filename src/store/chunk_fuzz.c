/* Any bytes as a chunk: unpacked or refused. And any bytes as points: packed and unpacked they are
 * the same bits. */
#include "store/chunk.h"

#include "base/require.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = 2048 };

static void try_unpack(struct tw_chunk_coder *coder, const uint8_t *data, size_t size)
{
    static struct tw_chunk_point points[ROOM];
    struct tw_chunk_summary summary;
    size_t count = 0;
    (void)tw_chunk_summary_read(data, size, &summary);
    if (tw_chunk_unpack(coder, data, size, points, ROOM, &count) == TW_OK) {
        TW_REQUIRE(count >= 1 && count <= ROOM);
    }
}

/* The check sum would stop all but one change in four thousand million: set it right. */
static void try_with_right_sum(struct tw_chunk_coder *coder, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + 4);
    if (copy == NULL) return;
    memcpy(copy, data, size);
    uint32_t crc = (uint32_t)crc32(0, data, (uInt)size);
    for (int i = 0; i < 4; i++)
        copy[size + (size_t)i] = (uint8_t)(crc >> (8 * i));
    try_unpack(coder, copy, size + 4);
    free(copy);
}

static void try_round(struct tw_chunk_coder *coder, const uint8_t *data, size_t size)
{
    struct tw_chunk_point points[64];
    struct tw_chunk_point again[64];
    size_t count = size / sizeof points[0] < 64 ? size / sizeof points[0] : 64;
    if (count == 0) return;
    memcpy(points, data, count * sizeof points[0]);
    for (size_t i = 0; i < count; i++)
        points[i].source &= INT32_MAX;
    for (size_t i = 1; i < count; i++) {
        if (points[i].time_ms < points[i - 1].time_ms) points[i].time_ms = points[i - 1].time_ms;
    }
    const uint8_t *packed = NULL;
    size_t packed_size = 0;
    size_t got = 0;
    if (tw_chunk_pack(coder, points, count, &packed, &packed_size) != TW_OK) return;
    TW_REQUIRE(tw_chunk_unpack(coder, packed, packed_size, again, 64, &got) == TW_OK);
    TW_REQUIRE(got == count && memcmp(points, again, count * sizeof points[0]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_chunk_coder coder = {0};
    if (size > 0) {
        try_unpack(&coder, data, size);
        try_with_right_sum(&coder, data, size);
        try_round(&coder, data, size);
    }
    tw_chunk_coder_done(&coder);
    return 0;
}
