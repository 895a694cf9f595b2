/* A filter on disk: what moves of it, each member's state, and a sum over all bytes.
 *
 *   head | state | factors | sensors | members' states, one after the other | sum */
#include "forecast/filter_parts.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

/* What a file must agree with, to be of the same setup and build. */
struct head {
    char magic[8];
    uint64_t seed;
    int64_t members, factors, sensors, sensor_size, state_size;
};

static struct head head_of(const struct tw_filter *f)
{
    return (struct head){.magic = {'T', 'W', 'F', 'I', 'L', 'T', '0', '1'},
                         .seed = f->setup.seed,
                         .members = f->setup.members,
                         .factors = f->factor_count,
                         .sensors = f->setup.sensor_count,
                         .sensor_size = (int64_t)sizeof(struct tw_sensor_state),
                         .state_size = (int64_t)tw_batch_state_size(f->batch)};
}

/* source: FNV-1a over words of eight bytes, the rest by bytes */
static uint64_t sum_on(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, b + i, sizeof word);
        sum = (sum ^ word) * 0x100000001b3u;
        sum ^= sum >> 29;
    }
    for (; i < size; i++)
        sum = (sum ^ b[i]) * 0x100000001b3u;
    return sum;
}

struct sheet {
    tw_outfile *file;
    uint64_t sum;
};

static tw_status put(struct sheet *to, const void *bytes, size_t size)
{
    to->sum = sum_on(to->sum, bytes, size);
    return tw_outfile_write(to->file, bytes, size);
}

static size_t factor_size(const struct tw_filter *f)
{
    return (size_t)f->factor_count * (size_t)f->setup.members * sizeof(double);
}

static size_t sensor_size(const struct tw_filter *f)
{
    return (size_t)f->setup.sensor_count * sizeof(struct tw_sensor_state);
}

static tw_status write_all(const struct tw_filter *f, struct sheet *to, void *state)
{
    struct head head = head_of(f);
    size_t size = tw_batch_state_size(f->batch);
    TW_TRY(put(to, &head, sizeof head));
    TW_TRY(put(to, &f->state, sizeof f->state));
    TW_TRY(put(to, f->factor_ln, factor_size(f)));
    TW_TRY(put(to, f->sensor, sensor_size(f)));
    for (int32_t m = 0; m < f->setup.members; m++) {
        /* one that failed is replaced by the next update: until then it is as one that did not */
        int32_t from = m;
        for (int32_t k = 0; k < f->setup.members; k++) {
            if (tw_batch_status(f->batch, from) == TW_OK) break;
            from = (from + 1) % f->setup.members;
        }
        TW_TRY(tw_batch_state_save(f->batch, from, state));
        TW_TRY(put(to, state, size));
    }
    return tw_outfile_write(to->file, &to->sum, sizeof to->sum);
}

tw_status tw_filter_save(const struct tw_filter *filter, const char *path)
{
    void *state = calloc(1, tw_batch_state_size(filter->batch));
    if (state == NULL) return TW_ERR_NOMEM;
    struct sheet to = {.sum = 0};
    tw_status status = tw_outfile_open(path, &to.file);
    if (status == TW_OK) {
        status = write_all(filter, &to, state);
        if (status == TW_OK) {
            status = tw_outfile_commit(to.file);
        } else {
            tw_outfile_abandon(to.file);
        }
    }
    free(state);
    return status;
}

static tw_status take_all(struct tw_filter *f, const char *bytes, size_t size)
{
    struct head own = head_of(f);
    size_t state_size = tw_batch_state_size(f->batch);
    size_t before = sizeof own + sizeof f->state + factor_size(f) + sensor_size(f);
    size_t expected = before + state_size * (size_t)f->setup.members + sizeof(uint64_t);
    uint64_t sum;
    if (size != expected || memcmp(bytes, &own, sizeof own) != 0) return TW_ERR_FORMAT;
    memcpy(&sum, bytes + size - sizeof sum, sizeof sum);
    /* as it was summed: part by part */
    uint64_t own_sum = sum_on(0, bytes, sizeof own);
    const char *at = bytes + sizeof own;
    const size_t parts[] = {sizeof f->state, factor_size(f), sensor_size(f)};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        own_sum = sum_on(own_sum, at, parts[i]);
        at += parts[i];
    }
    for (int32_t m = 0; m < f->setup.members; m++, at += state_size)
        own_sum = sum_on(own_sum, at, state_size);
    if (own_sum != sum) return TW_ERR_FORMAT;
    for (int32_t m = 0; m < f->setup.members; m++) {
        const char *state = bytes + before + (size_t)m * state_size;
        TW_TRY(tw_batch_state_restore(f->batch, m, state, state_size));
    }
    at = bytes + sizeof own;
    memcpy(&f->state, at, sizeof f->state);
    memcpy(f->factor_ln, at + sizeof f->state, factor_size(f));
    memcpy(f->sensor, at + sizeof f->state + factor_size(f), sensor_size(f));
    return TW_OK;
}

tw_status tw_filter_load(struct tw_filter *filter, const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    TW_TRY(tw_file_read(path, SIZE_MAX / 4, &bytes, &size));
    tw_status status = take_all(filter, bytes, size);
    free(bytes);
    return status;
}
