/* Plays a storm: sends its rain and measurements to the server's own door as its clock goes on. */
#include "base/clock.h"
#include "net/http_client.h"
#include "net/json.h"
#include "server/service.h"

#include <stdlib.h>
#include <time.h>

#define TICK_MS 20
#define RETRY_MS 200
#define BATCH 1000
#define AGAIN_MS INT64_C(7200000)

struct feeder {
    struct tw_server *server;
    struct tw_http_client *client;
    size_t next; /* of the storm's values */
};

static void sleep_ms(int ms)
{
    const struct timespec moment = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&moment, NULL);
}

static void add_sample(struct tw_server *server, struct tw_strbuf *body, int32_t sensor,
                       int64_t time_ms, double value)
{
    tw_json_open(body, '{');
    tw_json_put_text(body, "sensor", server->city->sensors[sensor].id);
    tw_json_key(body, "time");
    tw_json_time(body, time_ms, server->city->zone_s);
    tw_json_key(body, "value");
    tw_json_exact(body, value);
    tw_json_put_text(body, "unit", server->city->sensors[sensor].unit);
    tw_json_close(body, '}');
}

static void begin_batch(struct tw_strbuf *body, const char *source)
{
    tw_strbuf_clear(body);
    tw_json_open(body, '{');
    tw_json_put_text(body, "source", source);
    tw_json_key(body, "samples");
    tw_json_open(body, '[');
}

/* Send a batch until it is stored: a full disk makes the storm wait, nothing is skipped. */
static void send_batch(struct feeder *feeder, struct tw_strbuf *body)
{
    struct tw_strbuf answer = {0};
    tw_json_close(body, ']');
    tw_json_close(body, '}');
    while (body->status == TW_OK && !atomic_load(&feeder->server->stopping)) {
        int status = 0;
        if (tw_http_client_send(feeder->client, "POST", "/api/v1/samples", body->text, &status,
                                &answer) == TW_OK &&
            status != 503 && status != 429) {
            break;
        }
        sleep_ms(RETRY_MS);
    }
    tw_strbuf_done(&answer);
}

/* Send all of the storm's values up to a moment. */
static void feed_until(struct feeder *feeder, int64_t until_ms)
{
    const struct tw_storm *storm = feeder->server->storm;
    struct tw_strbuf body = {0};
    while (feeder->next < storm->count && storm->values[feeder->next].time_ms <= until_ms &&
           !atomic_load(&feeder->server->stopping)) {
        begin_batch(&body, TW_SOURCE_REPLAY);
        for (int n = 0; n < BATCH && feeder->next < storm->count; n++) {
            const struct tw_storm_value *value = &storm->values[feeder->next];
            if (value->time_ms > until_ms) break;
            add_sample(feeder->server, &body, value->sensor, value->time_ms, value->value);
            feeder->next++;
        }
        send_batch(feeder, &body);
    }
    tw_strbuf_done(&body);
}

static void feed_simulated(struct feeder *feeder)
{
    size_t count = 0;
    struct tw_pending *pending = tw_live_pending_take(feeder->server, &count);
    struct tw_strbuf body = {0};
    for (size_t i = 0; i < count;) {
        begin_batch(&body, TW_SOURCE_SIMULATED);
        for (int n = 0; n < BATCH && i < count; n++, i++) {
            add_sample(feeder->server, &body, pending[i].sensor, pending[i].time_ms,
                       pending[i].value);
        }
        send_batch(feeder, &body);
    }
    tw_strbuf_done(&body);
    free(pending);
}

/* Move the clock on as far as its speed asks and the model allows. */
static void advance(struct feeder *feeder)
{
    struct tw_server *server = feeder->server;
    int64_t gate_ms = tw_live_gate_ms(server);
    int64_t now_ms = tw_clock_now(&server->clock);
    int64_t wanted_ms = tw_clock_wanted(&server->clock, tw_clock_steady_ms());
    if (wanted_ms > gate_ms) wanted_ms = gate_ms;
    if (wanted_ms <= now_ms) return;
    feed_until(feeder, wanted_ms);
    tw_clock_set(&server->clock, wanted_ms);
}

/* A replay that goes on sends two hours again, so that the checks of values remember as much as they
 * did; a value that comes again replaces itself. */
static size_t first_of(struct tw_server *server)
{
    const struct tw_storm *storm = server->storm;
    int64_t from_ms = tw_clock_now(&server->clock) - AGAIN_MS;
    size_t next = 0;
    while (server->resumed && next < storm->count && storm->values[next].time_ms < from_ms)
        next++;
    return next;
}

void *tw_replay_loop(void *user)
{
    struct tw_server *server = user;
    struct feeder feeder = {.server = server, .next = first_of(server)};
    const char *address = server->own_address;
    if (tw_http_client_create(address, tw_http_port(server->http), server->own_token,
                              &feeder.client) != TW_OK) {
        return NULL;
    }
    /* The clock stands while the model is run up to the storm's start. */
    while (!atomic_load(&server->stopping) && tw_live_gate_ms(server) <= server->storm->start_ms) {
        sleep_ms(TICK_MS);
    }
    tw_clock_begin(&server->clock, tw_clock_steady_ms());
    while (!atomic_load(&server->stopping)) {
        struct tw_clock_view view = tw_clock_view_get(&server->clock, tw_clock_steady_ms());
        if (view.state == TW_CLOCK_RUNNING) advance(&feeder);
        feed_simulated(&feeder);
        if (view.state == TW_CLOCK_ENDED && !atomic_load(&server->fed)) {
            feed_until(&feeder, view.end_ms);
            atomic_store(&server->fed, true);
        }
        sleep_ms(TICK_MS);
    }
    tw_http_client_destroy(feeder.client);
    return NULL;
}
