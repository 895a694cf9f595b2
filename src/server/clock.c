#include "server/clock.h"

#include <string.h>

void tw_clock_init_replay(struct tw_clock *clock, int64_t start_ms, int64_t end_ms, double speed,
                          bool paused)
{
    memset(clock, 0, sizeof *clock);
    (void)pthread_mutex_init(&clock->mutex, NULL);
    clock->state = paused ? TW_CLOCK_PAUSED : TW_CLOCK_RUNNING;
    clock->start_ms = start_ms;
    clock->end_ms = end_ms;
    clock->now_ms = start_ms;
    clock->anchor_ms = start_ms;
    clock->speed = speed;
}

void tw_clock_init_live(struct tw_clock *clock)
{
    memset(clock, 0, sizeof *clock);
    (void)pthread_mutex_init(&clock->mutex, NULL);
    clock->state = TW_CLOCK_LIVE;
    clock->speed = 1.0;
}

void tw_clock_done(struct tw_clock *clock) { (void)pthread_mutex_destroy(&clock->mutex); }

static void anchor(struct tw_clock *clock, int64_t wall_ms)
{
    clock->anchor_wall_ms = wall_ms;
    clock->anchor_ms = clock->now_ms;
}

void tw_clock_begin(struct tw_clock *clock, int64_t wall_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    clock->begun = true;
    anchor(clock, wall_ms);
    (void)pthread_mutex_unlock(&clock->mutex);
}

static int64_t wanted(const struct tw_clock *clock, int64_t wall_ms)
{
    if (clock->state != TW_CLOCK_RUNNING || !clock->begun) return clock->now_ms;
    double passed_ms = (double)(wall_ms - clock->anchor_wall_ms) * clock->speed;
    double left_ms = (double)(clock->end_ms - clock->anchor_ms);
    return passed_ms < left_ms ? clock->anchor_ms + (int64_t)passed_ms : clock->end_ms;
}

int64_t tw_clock_wanted(struct tw_clock *clock, int64_t wall_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    int64_t time_ms = wanted(clock, wall_ms);
    (void)pthread_mutex_unlock(&clock->mutex);
    return time_ms;
}

void tw_clock_set(struct tw_clock *clock, int64_t now_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    clock->now_ms = now_ms;
    if (clock->state != TW_CLOCK_LIVE && now_ms >= clock->end_ms) {
        clock->now_ms = clock->end_ms;
        clock->state = TW_CLOCK_ENDED;
    }
    (void)pthread_mutex_unlock(&clock->mutex);
}

void tw_clock_pause(struct tw_clock *clock, bool paused, int64_t wall_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    if (clock->state == TW_CLOCK_RUNNING || clock->state == TW_CLOCK_PAUSED) {
        clock->state = paused ? TW_CLOCK_PAUSED : TW_CLOCK_RUNNING;
        anchor(clock, wall_ms);
    }
    (void)pthread_mutex_unlock(&clock->mutex);
}

void tw_clock_speed(struct tw_clock *clock, double speed, int64_t wall_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    clock->speed = speed;
    anchor(clock, wall_ms);
    (void)pthread_mutex_unlock(&clock->mutex);
}

int64_t tw_clock_now(struct tw_clock *clock)
{
    (void)pthread_mutex_lock(&clock->mutex);
    int64_t now_ms = clock->now_ms;
    (void)pthread_mutex_unlock(&clock->mutex);
    return now_ms;
}

struct tw_clock_view tw_clock_view_get(struct tw_clock *clock, int64_t wall_ms)
{
    (void)pthread_mutex_lock(&clock->mutex);
    struct tw_clock_view view = {.state = clock->state,
                                 .start_ms = clock->start_ms,
                                 .end_ms = clock->end_ms,
                                 .now_ms = clock->now_ms,
                                 .speed = clock->speed,
                                 .behind_s =
                                     (double)(wanted(clock, wall_ms) - clock->now_ms) / 1000.0};
    (void)pthread_mutex_unlock(&clock->mutex);
    return view;
}
