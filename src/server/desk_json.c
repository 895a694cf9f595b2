/* What the desk shows: to the dispatcher, to a crew, and in the report. */
#include "base/clock.h"
#include "net/json.h"
#include "server/city_staff.h"
#include "server/desk.h"
#include "server/drill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSED_SHOWN 40 /* of the orders that have ended, the newest */
#define PHOTOS_SHOWN 40
#define COUNTED_MS 86400000 /* of an order, in the clock of its point */
#define COMINGS_MOST 100    /* crews that came to a point; who comes later changes no clock */

static void member_time(const struct tw_desk *desk, struct tw_strbuf *out, const char *key,
                        int64_t time_ms)
{
    tw_json_key(out, key);
    tw_json_time(out, time_ms, desk->server->city->zone_s);
}

static void member_items(struct tw_strbuf *out, const char *key, const struct tw_items *items)
{
    tw_json_key(out, key);
    tw_json_open(out, '{');
    for (int32_t i = 0; i < items->count; i++)
        tw_json_put_integer(out, items->item[i].name, items->item[i].count);
    tw_json_close(out, '}');
}

/* One of the lines of a detail, JSON made by the planner; null when there is none. */
static void member_line(struct tw_strbuf *out, const char *key, const char *detail, int line)
{
    const char *begin = detail;
    for (; line > 0; line--) {
        const char *end = strchr(begin, '\n');
        begin = end == NULL ? "" : end + 1;
    }
    size_t length = strcspn(begin, "\n");
    char *copy = length == 0 ? NULL : strndup(begin, length);
    tw_json_key(out, key);
    if (copy != NULL) {
        tw_json_raw(out, copy);
    } else {
        tw_json_null(out);
    }
    free(copy);
}

static const struct tw_city_point *point_of(const struct tw_desk *desk, const char *id)
{
    const struct tw_city *city = desk->server->city;
    for (int32_t p = 0; p < city->point_count; p++) {
        if (strcmp(city->points[p].id, id) == 0) return &city->points[p];
    }
    return NULL;
}

/* A point, or the depot where supplies are fetched. */
static void member_place(const struct tw_desk *desk, struct tw_strbuf *out,
                         const struct tw_order *order)
{
    const struct tw_city *city = desk->server->city;
    const struct tw_city_point *point = point_of(desk, order->place);
    bool depot = order->source >= 0;
    struct tw_city_name name = depot           ? city->depots[order->source].name
                               : point != NULL ? point->name
                                               : (struct tw_city_name){order->place, order->place};
    tw_json_key(out, "place");
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", order->place);
    tw_json_put_text(out, "kind", depot ? "depot" : "point");
    tw_json_put_words(out, "name", name.zh, name.en);
    double lon = depot ? city->depots[order->source].lon : point != NULL ? point->lon : (double)NAN;
    double lat = depot ? city->depots[order->source].lat : point != NULL ? point->lat : (double)NAN;
    tw_json_put_number(out, "lon", lon, 6);
    tw_json_put_number(out, "lat", lat, 6);
    tw_json_close(out, '}');
}

static void member_times(const struct tw_desk *desk, struct tw_strbuf *out,
                         const struct tw_order *order)
{
    tw_json_key(out, "times");
    tw_json_open(out, '{');
    member_time(desk, out, "warned", order->warned_ms);
    member_time(desk, out, "received", order->received_ms);
    for (int s = 0; s < TW_ORDER_STATES; s++) {
        if (order->at_ms[s] == TW_STORE_NEVER) continue;
        member_time(desk, out, tw_order_state_word((enum tw_order_state)s), order->at_ms[s]);
    }
    tw_json_close(out, '}');
}

static void add_order(const struct tw_desk *desk, struct tw_strbuf *out,
                      const struct tw_order *order)
{
    const struct tw_book *book = desk->book;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", order->id);
    tw_json_put_integer(out, "plan", order->plan);
    tw_json_put_text(out, "state", tw_order_state_word(order->state));
    tw_json_put_text(out, "crew", book->crews[order->crew].id);
    tw_json_key(out, "vehicles");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < order->vehicle_count; i++)
        tw_json_string(out, book->vehicles[order->vehicles[i]].id);
    tw_json_close(out, ']');
    tw_json_key(out, "with");
    if (order->with != 0) tw_json_integer(out, order->with);
    if (order->with == 0) tw_json_null(out);
    member_place(desk, out, order);
    member_items(out, "items", order->state == TW_ORDER_DRAFT ? &order->items : &order->taken);
    member_items(out, "used", &order->used);
    tw_json_key(out, "replaces");
    if (order->replaces != 0) tw_json_integer(out, order->replaces);
    if (order->replaces == 0) tw_json_null(out);
    tw_json_put_text(out, "who", order->who);
    tw_json_put_text(out, "approved_by", order->approved_by);
    tw_json_put_text(out, "reason", order->reason);
    member_times(desk, out, order);
    tw_json_put_integer(out, "reroutes", order->reroutes);
    member_line(out, "about", order->detail, 0);
    tw_json_close(out, '}');
}

static void add_orders(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    int32_t closed = 0;
    tw_json_key(out, "orders");
    tw_json_open(out, '[');
    for (int32_t i = book->order_count - 1; i >= 0; i--) {
        const struct tw_order *order = &book->orders[i];
        bool ended = order->state > TW_ORDER_WORKING;
        bool vanished = ended && order->at_ms[TW_ORDER_APPROVED] == TW_STORE_NEVER; /* a draft */
        if (vanished || (ended && closed++ >= CLOSED_SHOWN)) continue;
        add_order(desk, out, order);
    }
    tw_json_close(out, ']');
}

static void add_crew_members(const struct tw_desk *desk, struct tw_strbuf *out, int32_t c)
{
    const struct tw_book_crew *crew = &desk->book->crews[c];
    const struct tw_city_staff *staff = desk->server->city->staff;
    const struct tw_desk_position *position = &desk->positions[c];
    tw_json_put_text(out, "id", crew->id);
    tw_json_put_text(out, "depot", desk->book->depots[crew->depot].id);
    tw_json_put_integer(out, "size", crew->size);
    tw_json_key(out, "skills");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < staff->skill_count; i++) {
        if ((staff->crews[c].skills >> i & 1U) != 0) tw_json_string(out, staff->skills[i]);
    }
    tw_json_close(out, ']');
    tw_json_key(out, "order");
    if (crew->order != 0) tw_json_integer(out, crew->order);
    if (crew->order == 0) tw_json_null(out);
    tw_json_put_bool(out, "out", crew->out);
    tw_json_put_text(out, "out_reason", crew->out ? crew->out_reason : NULL);
    tw_json_put_bool(out, "phone", crew->hash[0] != 0);
    bool heard = position->time_ms != TW_STORE_NEVER;
    tw_json_put_number(out, "lon", heard ? position->lon : (double)NAN, 6);
    tw_json_put_number(out, "lat", heard ? position->lat : (double)NAN, 6);
    member_time(desk, out, "seen", position->time_ms);
}

static void add_crews(const struct tw_desk *desk, struct tw_strbuf *out)
{
    tw_json_key(out, "crews");
    tw_json_open(out, '[');
    for (int32_t c = 0; c < desk->book->crew_count; c++) {
        tw_json_open(out, '{');
        add_crew_members(desk, out, c);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_vehicles(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_city_staff *staff = desk->server->city->staff;
    tw_json_key(out, "vehicles");
    tw_json_open(out, '[');
    for (int32_t v = 0; v < desk->book->vehicle_count; v++) {
        const struct tw_book_vehicle *vehicle = &desk->book->vehicles[v];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", vehicle->id);
        tw_json_put_text(out, "kind", staff->vehicles[v].kind);
        tw_json_put_text(out, "depot", desk->book->depots[vehicle->depot].id);
        tw_json_put_number(out, "pump_m3h", staff->vehicles[v].pump_m3h, 0);
        tw_json_key(out, "order");
        if (vehicle->order != 0) tw_json_integer(out, vehicle->order);
        if (vehicle->order == 0) tw_json_null(out);
        tw_json_put_bool(out, "out", vehicle->out);
        tw_json_put_text(out, "out_reason", vehicle->out ? vehicle->out_reason : NULL);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_depots(const struct tw_desk *desk, struct tw_strbuf *out)
{
    tw_json_key(out, "depots");
    tw_json_open(out, '[');
    for (int32_t d = 0; d < desk->book->depot_count; d++) {
        const struct tw_book_depot *depot = &desk->book->depots[d];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", depot->id);
        member_items(out, "full", &depot->full);
        member_items(out, "stock", &depot->stock);
        tw_json_put_bool(out, "low", tw_book_is_low(depot));
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_rules(const struct tw_desk *desk, struct tw_strbuf *out)
{
    tw_json_key(out, "rules");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < desk->book->rule_count; i++) {
        const struct tw_book_rule *rule = &desk->book->rules[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "kind", rule->kind);
        tw_json_put_text(out, "crew", rule->crew[0] != 0 ? rule->crew : NULL);
        tw_json_put_text(out, "place", rule->place);
        tw_json_put_text(out, "who", rule->who);
        tw_json_put_text(out, "reason", rule->reason);
        member_time(desk, out, "time", rule->time_ms);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_reports(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    tw_json_key(out, "depths");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < book->depth_count; i++) {
        tw_json_open(out, '{');
        tw_json_put_text(out, "point", book->depths[i].place);
        tw_json_put_number(out, "depth_m", book->depths[i].depth_m, 3);
        member_time(desk, out, "time", book->depths[i].time_ms);
        tw_json_put_text(out, "crew", book->depths[i].crew);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_key(out, "photos");
    tw_json_open(out, '[');
    int32_t first = book->photo_count > PHOTOS_SHOWN ? book->photo_count - PHOTOS_SHOWN : 0;
    for (int32_t i = first; i < book->photo_count; i++) {
        tw_json_open(out, '{');
        tw_json_put_integer(out, "order", book->photos[i].order);
        tw_json_put_text(out, "crew", book->photos[i].crew);
        member_time(desk, out, "time", book->photos[i].time_ms);
        tw_json_put_text(out, "name", book->photos[i].name);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_plan(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    tw_json_key(out, "plan");
    if (book->plan_count == 0) {
        tw_json_null(out);
        return;
    }
    const struct tw_book_plan *plan = &book->plans[book->plan_count - 1];
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", plan->id);
    member_time(desk, out, "time", plan->time_ms);
    tw_json_put_number(out, "machine_ms", plan->machine_ms, 0);
    tw_json_put_text(out, "cause", plan->reason);
    member_line(out, "about", plan->detail, 0);
    tw_json_close(out, '}');
}

/* ---- the clock ---- */

/* The clock of a point: from its first warning until as many people are there as its first plan has
 * sent; whoever comes in the place of a crew that refused counts for it. */
struct arrival {
    int64_t warned_ms, covered_ms;
    int32_t needed, arrived; /* people */
};

/* An order counts for a day: a point's clock begins anew with the next storm. */
static bool concerns(const struct tw_order *order, const char *point, int64_t now_ms)
{
    return order->source < 0 && order->at_ms[TW_ORDER_APPROVED] != TW_STORE_NEVER &&
           now_ms - order->at_ms[TW_ORDER_APPROVED] < COUNTED_MS &&
           strcmp(order->place, point) == 0;
}

/* A crew that came to a point. */
struct coming {
    int64_t at_ms;
    int32_t people;
};

/* When so many people were there: the time of the coming with which they were. */
static int64_t covered_ms(const struct coming *comings, int32_t count, int32_t needed)
{
    int64_t covered = TW_STORE_NEVER;
    for (int32_t i = 0; i < count; i++) {
        int32_t there = 0;
        for (int32_t k = 0; k < count; k++) {
            if (comings[k].at_ms <= comings[i].at_ms) there += comings[k].people;
        }
        bool earlier = covered == TW_STORE_NEVER || comings[i].at_ms < covered;
        if (there >= needed && earlier) covered = comings[i].at_ms;
    }
    return covered;
}

static struct arrival arrival_at(const struct tw_desk *desk, const char *point)
{
    const struct tw_book *book = desk->book;
    struct arrival a = {.warned_ms = TW_STORE_NEVER, .covered_ms = TW_STORE_NEVER};
    struct coming comings[COMINGS_MOST];
    int32_t count = 0;
    int64_t first_plan = 0;
    int64_t now_ms = tw_clock_now(&desk->server->clock);
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *order = &book->orders[i];
        int64_t at_ms = order->at_ms[TW_ORDER_ARRIVED];
        if (!concerns(order, point, now_ms)) continue;
        if (first_plan == 0) {
            first_plan = order->plan;
            a.warned_ms = order->warned_ms;
        }
        int32_t size = book->crews[order->crew].size;
        if (order->plan == first_plan) a.needed += size;
        if (at_ms == TW_STORE_NEVER) continue;
        a.arrived += size;
        if (count < COMINGS_MOST) comings[count++] = (struct coming){at_ms, size};
    }
    if (a.needed > 0) a.covered_ms = covered_ms(comings, count, a.needed);
    return a;
}

static void add_clock(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    tw_json_key(out, "clock");
    tw_json_open(out, '[');
    for (int32_t p = 0; p < book->point_count; p++) {
        struct arrival a = arrival_at(desk, book->points[p]);
        if (a.needed == 0) continue;
        bool all = a.covered_ms != TW_STORE_NEVER && a.warned_ms != TW_STORE_NEVER;
        tw_json_open(out, '{');
        tw_json_put_text(out, "point", book->points[p]);
        member_time(desk, out, "warned", a.warned_ms);
        tw_json_put_integer(out, "people_sent_first", a.needed);
        tw_json_put_integer(out, "people_arrived", a.arrived);
        member_time(desk, out, "covered", a.covered_ms);
        tw_json_put_number(out, "warned_to_covered_s",
                           all ? (double)(a.covered_ms - a.warned_ms) / 1000.0 : (double)NAN, 0);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

void tw_desk_write_state(struct tw_desk *desk, struct tw_strbuf *out)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "mode",
                     desk->server->drill != NULL   ? "drill"
                     : desk->server->storm != NULL ? "replay"
                                                   : "live");
    add_plan(desk, out);
    add_orders(desk, out);
    add_crews(desk, out);
    add_vehicles(desk, out);
    add_depots(desk, out);
    add_rules(desk, out);
    add_reports(desk, out);
    add_clock(desk, out);
    tw_json_close(out, '}');
}

/* ---- a phone ---- */

/* The order that a crew's phone shows: the one it is booked for once that is sent. */
static const struct tw_order *shown_order(const struct tw_desk *desk, int32_t crew)
{
    const struct tw_order *order = tw_book_order(desk->book, desk->book->crews[crew].order);
    return order != NULL && order->state >= TW_ORDER_SENT ? order : NULL;
}

void tw_desk_crew_version(const struct tw_desk *desk, int32_t crew, char *out, size_t size)
{
    const struct tw_order *order = shown_order(desk, crew);
    (void)snprintf(out, size, "%lld-%lld-%s-%d-%d", (long long)desk->server->session,
                   order == NULL ? 0LL : (long long)order->id,
                   order == NULL ? "free" : tw_order_state_word(order->state),
                   order == NULL ? 0 : order->reroutes, desk->book->crews[crew].out ? 1 : 0);
}

void tw_desk_write_crew(struct tw_desk *desk, int32_t crew, struct tw_strbuf *out)
{
    const struct tw_order *order = shown_order(desk, crew);
    const struct tw_server *server = desk->server;
    char version[96];
    tw_desk_crew_version(desk, crew, version, sizeof version);
    tw_json_open(out, '{');
    tw_json_put_text(out, "version", version);
    member_time(desk, out, "time", tw_clock_now(&desk->server->clock));
    tw_json_put_words(out, "city", server->city->title.zh, server->city->title.en);
    tw_json_put_bool(out, "simulated", server->simulated || server->drill != NULL);
    tw_json_key(out, "crew");
    tw_json_open(out, '{');
    add_crew_members(desk, out, crew);
    tw_json_close(out, '}');
    tw_json_key(out, "order");
    if (order != NULL) {
        tw_json_open(out, '{');
        tw_json_key(out, "head");
        add_order(desk, out, order);
        member_line(out, "route", order->detail, 1);
        tw_json_close(out, '}');
    } else {
        tw_json_null(out);
    }
    tw_json_close(out, '}');
}

/* ---- the report ---- */

static double seconds(int64_t from_ms, int64_t to_ms)
{
    if (from_ms == TW_STORE_NEVER || to_ms == TW_STORE_NEVER) return (double)NAN;
    return (double)(to_ms - from_ms) / 1000.0;
}

/* What computing and messages took of an order's way, on the machine's clock [s]. */
static double machine_s(const struct tw_order *order)
{
    if (order->received_ms == TW_STORE_NEVER) return (double)NAN;
    return order->plan_machine_ms / 1000.0 +
           (double)(order->received_wall_ms - order->wall_ms[TW_ORDER_APPROVED]) / 1000.0;
}

static void add_report_order(const struct tw_desk *desk, struct tw_strbuf *out,
                             const struct tw_order *o)
{
    static const struct {
        const char *key;
        enum tw_order_state from, to;
    } ways[] = {{"draft_to_approved_s", TW_ORDER_DRAFT, TW_ORDER_APPROVED},
                {"sent_to_accepted_s", TW_ORDER_SENT, TW_ORDER_ACCEPTED},
                {"accepted_to_rolling_s", TW_ORDER_ACCEPTED, TW_ORDER_ROLLING},
                {"rolling_to_arrived_s", TW_ORDER_ROLLING, TW_ORDER_ARRIVED},
                {"arrived_to_done_s", TW_ORDER_ARRIVED, TW_ORDER_DONE}};
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", o->id);
    tw_json_put_text(out, "crew", desk->book->crews[o->crew].id);
    tw_json_put_text(out, "place", o->place);
    tw_json_put_text(out, "state", tw_order_state_word(o->state));
    tw_json_put_text(out, "approved_by", o->approved_by);
    tw_json_put_text(out, "reason", o->reason);
    member_times(desk, out, o);
    tw_json_put_number(out, "warned_to_draft_s", seconds(o->warned_ms, o->at_ms[TW_ORDER_DRAFT]),
                       1);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        tw_json_put_number(out, ways[i].key, seconds(o->at_ms[ways[i].from], o->at_ms[ways[i].to]),
                           1);
    }
    tw_json_put_number(out, "warned_to_arrived_s",
                       seconds(o->warned_ms, o->at_ms[TW_ORDER_ARRIVED]), 1);
    tw_json_put_number(out, "machine_s", machine_s(o), 3);
    tw_json_close(out, '}');
}

/* Numbers over all orders. */
static void add_summary(const struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    int32_t counts[TW_ORDER_STATES] = {0};
    double worst_machine_s = (double)NAN;
    double worst_plan_ms = (double)NAN;
    double last_s = (double)NAN;
    int32_t covered = 0;
    int32_t wanted = 0;
    for (int32_t i = 0; i < book->order_count; i++) {
        double s = machine_s(&book->orders[i]);
        counts[book->orders[i].state]++;
        if (!(s <= worst_machine_s)) worst_machine_s = isnan(s) ? worst_machine_s : s;
    }
    for (int32_t i = 0; i < book->plan_count; i++) {
        if (!(book->plans[i].machine_ms <= worst_plan_ms))
            worst_plan_ms = book->plans[i].machine_ms;
    }
    for (int32_t p = 0; p < book->point_count; p++) {
        struct arrival a = arrival_at(desk, book->points[p]);
        double s = seconds(a.warned_ms, a.covered_ms);
        covered += !isnan(s);
        wanted += a.needed > 0;
        if (!isnan(s) && !(s <= last_s)) last_s = s;
    }
    tw_json_key(out, "orders_by_state");
    tw_json_open(out, '{');
    for (int s = 0; s < TW_ORDER_STATES; s++)
        tw_json_put_integer(out, tw_order_state_word((enum tw_order_state)s), counts[s]);
    tw_json_close(out, '}');
    tw_json_put_integer(out, "plans", book->plan_count);
    tw_json_put_number(out, "longest_plan_ms", worst_plan_ms, 0);
    tw_json_put_integer(out, "points_sent_to", wanted);
    tw_json_put_integer(out, "points_covered", covered);
    tw_json_put_number(out, "longest_warned_to_covered_s", last_s, 0);
    tw_json_put_number(out, "longest_machine_s", worst_machine_s, 3);
    if (desk->server->drill == NULL) return;
    struct tw_drill_figures f = tw_drill_figures_get(desk->server->drill);
    tw_json_key(out, "drill");
    tw_json_open(out, '{');
    tw_json_put_number(out, "speed", tw_clock_view_get(&desk->server->clock, 0).speed, 1);
    tw_json_put_integer(out, "seed", (int64_t)desk->server->options.drill_seed);
    tw_json_put_integer(out, "posts", f.posts);
    tw_json_put_number(out, "post_mean_ms", (double)f.post_us / 1000.0 / (double)f.posts, 2);
    tw_json_put_number(out, "post_longest_ms", (double)f.longest_us / 1000.0, 1);
    tw_json_put_integer(out, "refusals", f.refusals);
    tw_json_put_integer(out, "breakdowns", f.breakdowns);
    tw_json_put_integer(out, "roads_closed", f.roads_closed);
    tw_json_close(out, '}');
}

void tw_desk_write_report(struct tw_desk *desk, struct tw_strbuf *out)
{
    const struct tw_book *book = desk->book;
    tw_json_open(out, '{');
    tw_json_put_text(out, "city", desk->server->city->id);
    tw_json_put_text(out, "storm", desk->server->storm != NULL ? desk->server->storm->id : NULL);
    tw_json_put_bool(out, "simulated", desk->server->simulated || desk->server->drill != NULL);
    tw_json_put_integer(out, "session", desk->server->session);
    tw_json_put_integer(out, "journal_lines", book->lines);
    tw_json_put_integer(out, "lines_passed_over", book->passed);
    add_summary(desk, out);
    add_clock(desk, out);
    tw_json_key(out, "orders");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *order = &book->orders[i];
        if (order->at_ms[TW_ORDER_APPROVED] != TW_STORE_NEVER) add_report_order(desk, out, order);
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}
