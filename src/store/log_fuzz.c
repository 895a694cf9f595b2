/* Any bytes as a row of the log: read or refused. */
#include "store/log.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static tw_status take_sample(void *user, int32_t source, const struct tw_store_sample *sample)
{
    size_t *count = user;
    (void)source;
    (void)sample;
    (*count)++;
    return TW_OK;
}

static tw_status take_clear(void *user, int32_t source) { return take_sample(user, source, NULL); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    (void)tw_log_row_read(data, size, take_sample, take_clear, &count);
    uint8_t *copy = malloc(size + 4); /* with a check sum that is right */
    if (copy == NULL) return 0;
    if (size > 0) memcpy(copy, data, size);
    uint32_t crc = (uint32_t)crc32_z(0, copy, size);
    for (int i = 0; i < 4; i++)
        copy[size + (size_t)i] = (uint8_t)(crc >> (8 * i));
    (void)tw_log_row_read(copy, size + 4, take_sample, take_clear, &count);
    free(copy);
    return 0;
}
