/* [EVENTS]: start date, start time, end date, end time of when the network is routed. */
#include "io/inp_reader.h"

#include <stdlib.h>

static bool read_moment(struct tw_inp *inp, const struct tw_inp_row *row, int first,
                        double *out_day)
{
    double day;
    double time;
    if (!tw_inp_date(tw_inp_word(inp, row, first), &day)) {
        tw_inp_fault(inp, row, "\"%s\" is not a date month/day/year" TW_SWMM_ERROR("213"),
                     tw_inp_word(inp, row, first));
        return false;
    }
    if (!tw_inp_hours(tw_inp_word(inp, row, first + 1), &time) || time < 0.0) {
        tw_inp_fault(inp, row, "\"%s\" is not a time (hours or h:m:s)" TW_SWMM_ERROR("213"),
                     tw_inp_word(inp, row, first + 1));
        return false;
    }
    *out_day = day + time;
    return true;
}

tw_status tw_inp_event_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_events *e = &inp->model->events;
    struct tw_event event;
    if (e->event == NULL) {
        e->event =
            TW_ARENA_NEW(&inp->model->arena, struct tw_event, inp->section_rows[TW_SECTION_EVENTS]);
        if (e->event == NULL) return TW_ERR_NOMEM;
    }
    if (!tw_inp_need(inp, row, 4)) return TW_OK;
    if (!read_moment(inp, row, 0, &event.start_day) || !read_moment(inp, row, 2, &event.end_day))
        return TW_OK;
    if (event.start_day > event.end_day)
        tw_inp_fault(inp, row, "its start is after its end");
    else
        e->event[e->count++] = event;
    return TW_OK;
}

static int by_start(const void *a, const void *b)
{
    const struct tw_event *one = a, *other = b;
    if (one->start_day != other->start_day) return one->start_day < other->start_day ? -1 : 1;
    return (one->end_day > other->end_day) - (one->end_day < other->end_day);
}

/* As in SWMM an event ends where the next one begins. */
void tw_inp_events_finish(struct tw_inp *inp)
{
    struct tw_events *e = &inp->model->events;
    if (e->count == 0) return;
    qsort(e->event, (size_t)e->count, sizeof *e->event, by_start);
    for (int32_t i = 0; i + 1 < e->count; i++) {
        double next_day = e->event[i + 1].start_day;
        if (e->event[i].end_day > next_day) e->event[i].end_day = next_day;
    }
}
