#include "io/rain_interface.h"

#include "io/swmm_numbers.h"

#include <math.h>
#include <string.h>

static const char stamp[] = "SWMM5-RAIN";
enum { STAMP = 10, STATION = 1025, HEAD = STATION + 12, RECORD = 12 };

static tw_status wrong(tw_faults *faults, const char *path, size_t at, const char *what)
{
    tw_faults_add(faults, path, 0, "rain interface file, byte %zu: %s" TW_SWMM_ERROR("320"), at,
                  what);
    return TW_ERR_INPUT;
}

static tw_status take_records(const char *at, int64_t count, struct tw_arena *arena,
                              struct tw_rain_record *out)
{
    out->count = out->room = out->rain_periods = count;
    out->day = TW_ARENA_NEW(arena, double, count);
    out->inches = TW_ARENA_NEW(arena, float, count);
    if (out->day == NULL || out->inches == NULL) return TW_ERR_NOMEM;
    for (int64_t k = 0; k < count; k++, at += RECORD) {
        memcpy(&out->day[k], at, sizeof out->day[k]);
        memcpy(&out->inches[k], at + sizeof out->day[k], sizeof out->inches[k]);
        if (!isfinite(out->day[k]) || !isfinite(out->inches[k])) return TW_ERR_INPUT;
    }
    out->first_day = out->day[0];
    out->last_day = out->day[count - 1];
    return TW_OK;
}

tw_status tw_rain_interface_read(const char *bytes, size_t size, const char *path,
                                 const char *station, tw_faults *faults, struct tw_arena *arena,
                                 struct tw_rain_record *out_record)
{
    int32_t stations, numbers[3]; /* interval, where the records begin and end */
    size_t at = STAMP + sizeof stations;
    if (size < at || memcmp(bytes, stamp, STAMP) != 0)
        return wrong(faults, path, 0, "it does not begin with SWMM5-RAIN");
    memcpy(&stations, bytes + STAMP, sizeof stations);
    for (int32_t i = 0; i < stations; i++, at += HEAD) {
        if (size - at < HEAD) return wrong(faults, path, at, "the heads of stations end too early");
        size_t length = strlen(station);
        if (length >= STATION || memcmp(bytes + at, station, length + 1) != 0) continue;
        memcpy(numbers, bytes + at + STATION, sizeof numbers);
        int64_t begin = numbers[1], end = numbers[2];
        if (numbers[0] <= 0)
            return wrong(faults, path, at + STATION, "the interval is not above 0");
        if (begin < 0 || end <= begin || (size_t)end > size || (end - begin) % RECORD != 0)
            return wrong(faults, path, at + STATION, "the station's records are not in the file");
        struct tw_rain_record record = {.interval_s = numbers[0]};
        tw_status status = take_records(bytes + begin, (end - begin) / RECORD, arena, &record);
        if (status == TW_ERR_INPUT)
            return wrong(faults, path, (size_t)begin, "a record is not a number");
        TW_TRY(status);
        *out_record = record;
        return TW_OK;
    }
    return TW_ERR_NAME;
}

static int64_t records_of(const struct tw_model *m, int32_t gage)
{
    int32_t series = m->gages.series[gage];
    return series < 0 ? 0 : m->series.first[series + 1] - m->series.first[series];
}

static tw_status write_head(const struct tw_model *m, int32_t gage, int32_t begin, int32_t end,
                            tw_outfile *file)
{
    char station[STATION] = {0};
    int32_t numbers[] = {(int32_t)m->gages.interval_s[gage], begin, end};
    size_t length = strlen(m->gages.station[gage]);
    memcpy(station, m->gages.station[gage], length < STATION ? length : STATION - 1);
    TW_TRY(tw_outfile_write(file, station, sizeof station));
    return tw_outfile_write(file, numbers, sizeof numbers);
}

static tw_status write_records(const struct tw_model *m, int32_t gage, tw_outfile *file)
{
    int32_t first = m->series.first[m->gages.series[gage]];
    for (int64_t k = first; k < first + records_of(m, gage); k++) {
        float inches = (float)m->series.y[k];
        TW_TRY(tw_outfile_write(file, &m->series.x[k], sizeof m->series.x[k]));
        TW_TRY(tw_outfile_write(file, &inches, sizeof inches));
    }
    return TW_OK;
}

tw_status tw_rain_interface_write(const struct tw_model *model, tw_outfile *file)
{
    const struct tw_gages *g = &model->gages;
    int32_t stations = 0;
    for (int32_t i = 0; i < g->count; i++)
        stations += g->station[i] != NULL ? 1 : 0;
    int64_t begin = STAMP + 4 + (int64_t)stations * HEAD;
    TW_TRY(tw_outfile_write(file, stamp, STAMP));
    TW_TRY(tw_outfile_write(file, &stations, sizeof stations));
    for (int32_t i = 0; i < g->count; i++) {
        if (g->station[i] == NULL) continue;
        int64_t end = begin + records_of(model, i) * RECORD;
        if (end > INT32_MAX) return TW_ERR_FILE; /* places are four bytes */
        TW_TRY(write_head(model, i, (int32_t)begin, (int32_t)end, file));
        begin = end;
    }
    for (int32_t i = 0; i < g->count; i++)
        if (g->station[i] != NULL && records_of(model, i) > 0)
            TW_TRY(write_records(model, i, file));
    return TW_OK;
}
