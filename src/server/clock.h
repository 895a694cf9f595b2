/* The clock of the city: the wall's, or a storm's that is played again, with pause and speed. */
#ifndef TW_SERVER_CLOCK_H
#define TW_SERVER_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/** What a clock does. */
enum tw_clock_state { TW_CLOCK_RUNNING, TW_CLOCK_PAUSED, TW_CLOCK_ENDED, TW_CLOCK_LIVE };

/** A clock; may be used from any thread. */
struct tw_clock {
    pthread_mutex_t mutex;
    enum tw_clock_state state;
    int64_t start_ms, end_ms; /* of the storm */
    int64_t now_ms;
    double speed;
    int64_t anchor_wall_ms, anchor_ms; /* since when, and from where, it runs at this speed */
    bool begun;
};

/** What a clock shows. */
struct tw_clock_view {
    enum tw_clock_state state;
    int64_t start_ms, end_ms, now_ms;
    double speed;
    double behind_s; /* how far it lags behind the speed that was asked for [s of the storm] */
};

/** Make a clock that plays a storm; it stands at the start until tw_clock_begin. */
void tw_clock_init_replay(struct tw_clock *clock, int64_t start_ms, int64_t end_ms, double speed,
                          bool paused);

/** Make a clock that shows the wall's time. */
void tw_clock_init_live(struct tw_clock *clock);

/** Destroy what is in it. */
void tw_clock_done(struct tw_clock *clock);

/** Let a storm's clock go. wall_ms: a time that only ever grows */
void tw_clock_begin(struct tw_clock *clock, int64_t wall_ms);

/** Where a storm's clock should be by now at its speed; where it is when it does not run. */
int64_t tw_clock_wanted(struct tw_clock *clock, int64_t wall_ms);

/** Move the clock on; a storm's ends when it reaches its end. */
void tw_clock_set(struct tw_clock *clock, int64_t now_ms);

/** Stop or go on; from here at the speed that was set. */
void tw_clock_pause(struct tw_clock *clock, bool paused, int64_t wall_ms);

/** Set the speed, > 0. */
void tw_clock_speed(struct tw_clock *clock, double speed, int64_t wall_ms);

/** The clock's time. */
int64_t tw_clock_now(struct tw_clock *clock);

/** All it shows. */
struct tw_clock_view tw_clock_view_get(struct tw_clock *clock, int64_t wall_ms);

#endif
