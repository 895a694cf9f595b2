/* GET /api/v1/devices: who sends measurements, and how they are. */
#include "base/clock.h"
#include "net/json.h"
#include "server/service.h"

#include <math.h>

static void member_number(struct tw_strbuf *out, const char *key, double value)
{
    tw_json_put_number(out, key, value, 1);
}

/* What a device does, in one word. */
static const char *state_of(const struct tw_device_view *view, double age_s)
{
    if (view->contact_ms == TW_DEVICE_NEVER) return "never";
    if (age_s > view->silent_after_s) return "silent";
    return view->refused_ms >= view->contact_ms ? "refused" : "speaks";
}

static void add_device(const struct tw_server *server, struct tw_device *device, int64_t now_ms,
                       struct tw_strbuf *out)
{
    struct tw_device_view view;
    const int32_t zone_s = server->city->zone_s;
    tw_device_view_get(device, &view);
    bool heard = view.contact_ms != TW_DEVICE_NEVER;
    double age_s = heard ? (double)(now_ms - view.contact_ms) / 1000.0 : (double)NAN;
    tw_json_open(out, '{');
    tw_json_put_text(out, "protocol", view.protocol);
    tw_json_put_text(out, "name", view.name);
    tw_json_put_text(out, "source", view.source);
    tw_json_put_text(out, "state", state_of(&view, age_s));
    tw_json_key(out, "contact");
    tw_json_time(out, view.contact_ms, zone_s);
    member_number(out, "age_s", age_s);
    tw_json_key(out, "newest");
    tw_json_time(out, view.newest_ms, zone_s);
    member_number(out, "lag_s", view.lag_s);
    member_number(out, "clock_s", view.clock_s);
    tw_json_put_integer(out, "messages", view.messages);
    tw_json_put_integer(out, "samples", view.samples);
    tw_json_put_integer(out, "gaps", view.gaps);
    tw_json_key(out, "last_gap");
    tw_json_time(out, view.gap_ms, zone_s);
    tw_json_put_integer(out, "refused", view.refused);
    tw_json_key(out, "last_refused");
    tw_json_time(out, view.refused_ms, zone_s);
    tw_json_put_text(out, "refused_why", view.refused_why[0] != 0 ? view.refused_why : NULL);
    tw_json_close(out, '}');
}

void tw_answer_devices(struct tw_server *server, struct tw_strbuf *out)
{
    int64_t now_ms = tw_clock_unix_ms();
    tw_json_open(out, '[');
    for (int32_t i = 0; i < tw_devices_count(server->devices); i++)
        add_device(server, tw_devices_get(server->devices, i), now_ms, out);
    tw_json_close(out, ']');
}
