/* The heartbeat: moves the model on and tells the pages what has changed. */
#include "base/clock.h"
#include "server/service.h"

#include <time.h>

#define TICK_MS 25
#define CLOCK_MS 1000
#define CLOCK_FAST_MS 250 /* of a storm that runs faster than life */
#define HEALTH_MS 5000

/* What a topic says and how often at most [ms]. */
static const struct {
    tw_answer *answer;
    int64_t pause_ms;
} topics[TW_TOPIC_COUNT] = {
    [TW_TOPIC_CLOCK] = {tw_answer_clock, CLOCK_FAST_MS},
    [TW_TOPIC_WARNINGS] = {NULL, 100},
    [TW_TOPIC_POINTS] = {tw_answer_points, 250},
    [TW_TOPIC_SENSORS] = {tw_answer_sensors, 500},
    [TW_TOPIC_RAIN] = {tw_answer_rain, 1000},
    [TW_TOPIC_FORECAST] = {tw_answer_forecast, 100},
    [TW_TOPIC_HEALTH] = {tw_answer_health, 250},
    [TW_TOPIC_DEVICES] = {tw_answer_devices, HEALTH_MS},
    [TW_TOPIC_DISPATCH] = {tw_answer_dispatch, 250},
};

struct ticker {
    struct tw_server *server;
    int64_t published_ms[TW_TOPIC_COUNT];
    int64_t warned_ms; /* when the leads of warnings were last told: they shrink by themselves */
    int64_t said_ms;   /* when it was last asked whether a bulletin is due */
    struct tw_clock_view clock;
};

static void publish(struct ticker *ticker, enum tw_topic topic, int64_t wall_ms)
{
    struct tw_strbuf text = {0};
    if (topics[topic].answer != NULL) {
        topics[topic].answer(ticker->server, &text);
    } else {
        tw_answer_warnings(ticker->server, false, &text);
    }
    if (text.status == TW_OK) {
        tw_events_publish(ticker->server->events, (int)topic, text.text, text.length);
    }
    tw_strbuf_done(&text);
    ticker->published_ms[topic] = wall_ms;
}

/* Mark what changes by itself as time goes by. */
static void mark_due(struct ticker *ticker, int64_t wall_ms)
{
    struct tw_server *server = ticker->server;
    struct tw_clock_view now = tw_clock_view_get(&server->clock, wall_ms);
    bool turned = now.state != ticker->clock.state || now.speed != ticker->clock.speed;
    bool moved = now.now_ms != ticker->clock.now_ms && now.state == TW_CLOCK_RUNNING;
    int64_t clock_pause_ms = moved && now.speed > 1.0 ? CLOCK_FAST_MS : CLOCK_MS;
    (void)pthread_mutex_lock(&server->live.mutex);
    bool *dirty = server->live.dirty;
    if (turned || wall_ms - ticker->published_ms[TW_TOPIC_CLOCK] >= clock_pause_ms) {
        dirty[TW_TOPIC_CLOCK] = true;
    }
    if (wall_ms - ticker->published_ms[TW_TOPIC_HEALTH] >= HEALTH_MS) {
        dirty[TW_TOPIC_HEALTH] = true;
    }
    dirty[TW_TOPIC_DEVICES] = true; /* their ages grow; published every few seconds */
    if (now.now_ms / 60000 != ticker->warned_ms / 60000) {
        dirty[TW_TOPIC_WARNINGS] = true;
        ticker->warned_ms = now.now_ms;
    }
    (void)pthread_mutex_unlock(&server->live.mutex);
    ticker->clock = now;
}

/* Bulletins go by the city's clock. */
static void say_due(struct ticker *ticker)
{
    struct tw_server *server = ticker->server;
    int64_t now_ms = tw_clock_now(&server->clock);
    if (now_ms / 1000 == ticker->said_ms / 1000) return;
    ticker->said_ms = now_ms;
    (void)pthread_mutex_lock(&server->live.mutex);
    tw_alerts_step(server->alerts, server->live.warnings, now_ms);
    (void)pthread_mutex_unlock(&server->live.mutex);
}

static void publish_due(struct ticker *ticker, int64_t wall_ms)
{
    struct tw_live *live = &ticker->server->live;
    for (int t = 0; t < TW_TOPIC_COUNT; t++) {
        if (wall_ms - ticker->published_ms[t] < topics[t].pause_ms) continue;
        (void)pthread_mutex_lock(&live->mutex);
        bool due = live->dirty[t];
        live->dirty[t] = false;
        (void)pthread_mutex_unlock(&live->mutex);
        if (due) publish(ticker, (enum tw_topic)t, wall_ms);
    }
}

void *tw_ticker_loop(void *user)
{
    struct ticker ticker = {.server = user};
    const struct timespec pause = {.tv_nsec = TICK_MS * 1000000};
    for (int t = 0; t < TW_TOPIC_COUNT; t++)
        ticker.published_ms[t] = -HEALTH_MS;
    while (!atomic_load(&ticker.server->stopping)) {
        int64_t wall_ms = tw_clock_steady_ms();
        if (ticker.server->storm == NULL) tw_clock_set(&ticker.server->clock, tw_clock_unix_ms());
        tw_live_look_for_files(ticker.server, wall_ms);
        tw_live_order(ticker.server);
        say_due(&ticker);
        mark_due(&ticker, wall_ms);
        publish_due(&ticker, wall_ms);
        tw_events_beat(ticker.server->events, wall_ms);
        (void)nanosleep(&pause, NULL);
    }
    return NULL;
}
