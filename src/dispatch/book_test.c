#include "dispatch/book.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CREWS = 6, VEHICLES = 4 };

/* Two depots, six crews, four vehicles, three points. */
static struct tw_book *new_book(void)
{
    struct tw_book_crew crews[CREWS] = {{.id = ""}};
    struct tw_book_vehicle vehicles[VEHICLES] = {{.id = ""}};
    struct tw_book_depot depots[2] = {{.id = "D1", .lon = 106.50, .lat = 29.5},
                                      {.id = "D2", .lon = 106.52, .lat = 29.5}};
    static const char *const points[] = {"P1", "P2", "P3"};
    for (int i = 0; i < CREWS; i++) {
        (void)snprintf(crews[i].id, sizeof crews[i].id, "C%d", i);
        crews[i].depot = i % 2;
        crews[i].size = 4;
    }
    for (int i = 0; i < VEHICLES; i++) {
        (void)snprintf(vehicles[i].id, sizeof vehicles[i].id, "V%d", i);
        vehicles[i].depot = i % 2;
    }
    assert_ok(tw_items_read("sandbags=100 pumps=2", &depots[0].full));
    assert_ok(tw_items_read("sandbags=400 pumps=4", &depots[1].full));
    const struct tw_book_setup setup = {.crews = crews,
                                        .vehicles = vehicles,
                                        .depots = depots,
                                        .points = points,
                                        .crew_count = CREWS,
                                        .vehicle_count = VEHICLES,
                                        .depot_count = 2,
                                        .point_count = 3,
                                        .session = 7};
    struct tw_book *book = NULL;
    assert_ok(tw_book_create(&setup, &book));
    return book;
}

static struct tw_book_outcome last;

static tw_status take(struct tw_book *book, unsigned actors, struct tw_store_entry entry)
{
    return tw_book_take(book, &entry, actors, &last);
}

static tw_status draft(struct tw_book *book, const char *crew, const char *vehicle,
                       const char *place, const char *items)
{
    return take(book, TW_BY_DESK,
                (struct tw_store_entry){.kind = "draft",
                                        .order = book->order_count + 1,
                                        .crew = crew,
                                        .vehicle = vehicle,
                                        .place = place,
                                        .items = items,
                                        .value = (double)NAN});
}

static tw_status say(struct tw_book *book, unsigned actors, const char *kind, int64_t order,
                     const char *crew)
{
    return take(book, actors,
                (struct tw_store_entry){.kind = kind, .order = order, .crew = crew, .time_ms = 9});
}

static void another_way_is_told_until_the_crew_is_there(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    struct tw_store_entry way = {.kind = "route", .order = 1, .detail = "{}\n{\"line\":[]}"};
    assert_ok(draft(book, "C0", "V0", "P1", ""));
    assert_int_equal(take(book, TW_BY_DESK, way), TW_ERR_STATE); /* it may still be planned anew */
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_ok(say(book, TW_BY_DESK, "sent", 1, ""));
    assert_int_equal(take(book, TW_BY_CREW, way), TW_ERR_STATE);
    assert_ok(take(book, TW_BY_DESK, way));
    assert_int_equal(tw_book_order(book, 1)->reroutes, 1);
    assert_string_equal(tw_book_order(book, 1)->detail, way.detail);
    assert_ok(say(book, TW_BY_CREW, "accepted", 1, "C0"));
    assert_ok(say(book, TW_BY_CREW, "rolling", 1, "C0"));
    assert_ok(say(book, TW_BY_CREW, "arrived", 1, "C0"));
    assert_int_equal(take(book, TW_BY_DESK, way), TW_ERR_STATE);
    assert_int_equal(tw_book_order(book, 1)->reroutes, 1);
    tw_book_destroy(book);
}

static void an_order_goes_its_way_from_draft_to_done(void **state)
{
    (void)state;
    static const char *const way[] = {"accepted", "rolling", "arrived", "working", "done"};
    struct tw_book *book = new_book();
    assert_ok(draft(book, "C0", "V0", "P1", "sandbags=60 pumps=1"));
    assert_int_equal(last.bookings.count, 0); /* a draft holds nobody */
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_int_equal(last.bookings.count, 2);
    assert_string_equal(last.bookings.resource[0], "7/crew/C0");
    assert_string_equal(last.bookings.resource[1], "7/vehicle/V0");
    assert_int_equal(tw_items_get(&book->depots[0].stock, "sandbags"), 40);
    assert_ok(say(book, TW_BY_DESK, "sent", 1, ""));
    assert_ok(say(book, TW_BY_CREW, "received", 1, "C0"));
    for (size_t i = 0; i < 5; i++) {
        if (i == 4) {
            assert_ok(take(book, TW_BY_CREW,
                           (struct tw_store_entry){
                               .kind = "used", .order = 1, .crew = "C0", .items = "sandbags=50"}));
        }
        assert_ok(say(book, TW_BY_CREW, way[i], 1, "C0"));
    }
    assert_int_equal(tw_book_order(book, 1)->state, TW_ORDER_DONE);
    assert_int_equal(last.bookings.count, 2);
    assert_int_equal(last.bookings.order[0], 0);
    assert_int_equal(book->crews[0].order, 0);
    assert_int_equal(tw_items_get(&book->depots[0].stock, "sandbags"), 50); /* ten came back */
    assert_int_equal(tw_items_get(&book->depots[0].stock, "pumps"), 2);
    tw_book_destroy(book);
}

static void only_the_moves_of_the_table_are_taken(void **state)
{
    (void)state;
    for (int from = 0; from < TW_ORDER_STATES; from++) {
        for (int to = 0; to < TW_ORDER_STATES; to++) {
            struct tw_book *book = new_book();
            assert_ok(draft(book, "C0", "V0", "P1", ""));
            book->orders[0].state = (enum tw_order_state)from;
            for (unsigned actor = TW_BY_DESK; actor <= TW_BY_CREW; actor *= 2) {
                bool may =
                    tw_order_may_move((enum tw_order_state)from, (enum tw_order_state)to, actor);
                if (may && to != TW_ORDER_APPROVED) continue;
                tw_status status =
                    say(book, actor, tw_order_state_word((enum tw_order_state)to), 1, "C0");
                /* "draft" is a kind of its own: a second one is made of nothing and refused. */
                if (to == TW_ORDER_DRAFT)
                    assert_true(status != TW_OK);
                else if (!may)
                    assert_status(status, TW_ERR_STATE);
                if (status == TW_OK) break;
                assert_int_equal(book->orders[0].state, from);
            }
            tw_book_destroy(book);
        }
    }
    for (int to = 0; to < TW_ORDER_STATES; to++) { /* what has ended stays so */
        assert_false(tw_order_may_move(TW_ORDER_DONE, (enum tw_order_state)to, TW_BY_ANY));
        assert_false(tw_order_may_move(TW_ORDER_REFUSED, (enum tw_order_state)to, TW_BY_ANY));
        assert_false(tw_order_may_move(TW_ORDER_WITHDRAWN, (enum tw_order_state)to, TW_BY_ANY));
    }
}

static void a_crew_or_vehicle_is_never_booked_twice(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    assert_ok(draft(book, "C0", "V0", "P1", ""));
    assert_ok(draft(book, "C0", "V1", "P2", ""));
    assert_ok(draft(book, "C1", "V0", "P3", ""));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_status(say(book, TW_BY_DISPATCHER, "approved", 2, ""), TW_ERR_STATE);
    assert_non_null(strstr(last.why, "crew C0 is booked for order 1"));
    assert_status(say(book, TW_BY_DISPATCHER, "approved", 3, ""), TW_ERR_STATE);
    assert_non_null(strstr(last.why, "vehicle V0 is booked for order 1"));
    /* A draft made now replaces what the crew has. */
    assert_ok(draft(book, "C0", "V0", "P2", ""));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 4, ""));
    assert_int_equal(tw_book_order(book, 1)->state, TW_ORDER_WITHDRAWN);
    assert_int_equal(book->crews[0].order, 4);
    assert_int_equal(last.bookings.count, 4);
    tw_book_destroy(book);
}

static void a_crew_speaks_for_its_own_orders_only(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    assert_ok(draft(book, "C0", "", "P1", ""));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_ok(say(book, TW_BY_DESK, "sent", 1, ""));
    assert_status(say(book, TW_BY_CREW, "accepted", 1, "C1"), TW_ERR_NAME);
    assert_status(say(book, TW_BY_CREW, "accepted", 2, "C0"), TW_ERR_NAME);
    assert_status(say(book, TW_BY_CREW, "approved", 1, "C0"), TW_ERR_STATE);
    assert_status(say(book, TW_BY_CREW, "open", 0, "C0"), TW_ERR_STATE);
    assert_ok(say(book, TW_BY_DISPATCHER, "accepted", 1, "")); /* by radio */
    tw_book_destroy(book);
}

static void what_comes_twice_is_taken_once(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    assert_ok(draft(book, "C0", "", "P1", ""));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_ok(say(book, TW_BY_DESK, "sent", 1, ""));
    struct tw_store_entry entry = {.kind = "accepted", .order = 1, .crew = "C0", .key = "k1"};
    assert_ok(take(book, TW_BY_CREW, entry));
    assert_false(last.again);
    assert_ok(take(book, TW_BY_CREW, entry));
    assert_true(last.again);
    assert_int_equal(book->lines, 4);
    entry.key = "k2";
    assert_status(take(book, TW_BY_CREW, entry), TW_ERR_STATE);
    tw_book_destroy(book);
}

static void a_breakdown_frees_the_crew_and_parks_the_vehicle(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    assert_ok(draft(book, "C0", "V0", "P1", "pumps=2"));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_ok(say(book, TW_BY_DESK, "sent", 1, ""));
    assert_ok(say(book, TW_BY_CREW, "accepted", 1, "C0"));
    assert_ok(say(book, TW_BY_CREW, "breakdown", 1, "C0"));
    assert_int_equal(book->crews[0].order, 0);
    assert_true(book->vehicles[0].out);
    assert_int_equal(tw_items_get(&book->depots[0].stock, "pumps"), 2);
    assert_ok(draft(book, "C1", "V0", "P1", ""));
    assert_status(say(book, TW_BY_DISPATCHER, "approved", 2, ""), TW_ERR_STATE);
    assert_ok(
        take(book, TW_BY_DISPATCHER, (struct tw_store_entry){.kind = "back", .vehicle = "V0"}));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 2, ""));
    tw_book_destroy(book);
}

static void a_depot_that_runs_low_is_filled_from_the_nearest_that_has_enough(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    struct tw_items items;
    assert_int_equal(tw_book_refill(book, 0, &items), -1);
    assert_ok(draft(book, "C0", "V0", "P1", "sandbags=90"));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 1, ""));
    assert_true(tw_book_is_low(&book->depots[0]));
    assert_int_equal(tw_book_refill(book, 0, &items), 1);
    char text[TW_ITEMS_TEXT];
    tw_items_write(&items, text, sizeof text);
    assert_string_equal(text, "sandbags=45"); /* half of what is missing */
    assert_ok(draft(book, "C2", "V2", "D2", text));
    assert_ok(say(book, TW_BY_DISPATCHER, "approved", 2, ""));
    assert_int_equal(tw_items_get(&book->depots[1].stock, "sandbags"), 355);
    static const char *const way[] = {"accepted", "rolling", "arrived", "done"};
    assert_ok(say(book, TW_BY_DESK, "sent", 2, ""));
    for (size_t i = 0; i < 4; i++)
        assert_ok(say(book, TW_BY_CREW, way[i], 2, "C2"));
    assert_int_equal(tw_items_get(&book->depots[0].stock, "sandbags"), 55);
    tw_book_destroy(book);
}

static void wrong_lines_are_refused_with_words_and_change_nothing(void **state)
{
    (void)state;
    struct tw_book *book = new_book();
    const struct tw_store_entry wrong[] = {
        {.kind = "dance"},
        {.kind = ""},
        {.kind = "accepted", .order = 5, .crew = "C0"},
        {.kind = "accepted", .order = -1, .crew = "C0"},
        {.kind = "draft", .order = 1, .crew = "nobody", .place = "P1"},
        {.kind = "draft", .order = 1, .crew = "C0", .vehicle = "none", .place = "P1"},
        {.kind = "draft", .order = 1, .crew = "C0", .vehicle = "V1 V1", .place = "P1"},
        {.kind = "draft", .order = 1, .crew = "C0", .vehicle = "@1", .place = "P1"},
        {.kind = "draft", .order = 1, .crew = "C0", .place = "nowhere"},
        {.kind = "draft", .order = 1, .crew = "C0", .place = "P1", .items = "sandbags=-4"},
        {.kind = "draft", .order = 9, .crew = "C0", .place = "P1"},
        {.kind = "depth", .place = "P1", .value = (double)NAN},
        {.kind = "depth", .place = "P1", .value = 11.0},
        {.kind = "depth", .place = "P9", .value = 0.1},
        {.kind = "pin", .crew = "nobody", .place = "P1"},
        {.kind = "unpin", .crew = "C0", .place = "P1"},
        {.kind = "close"},
        {.kind = "out", .vehicle = "none"},
        {.kind = "restock", .place = "D1", .items = "boats=3"},
        {.kind = "link", .crew = "C0", .detail = "short"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        tw_status status = take(book, TW_BY_ANY, wrong[i]);
        if (status == TW_OK || last.why[0] == 0) fail_msg("line %zu: \"%s\"", i, last.why);
    }
    assert_int_equal(book->lines, 0);
    assert_int_equal(book->order_count + book->rule_count + book->depth_count, 0);
    tw_book_destroy(book);
}

/* ---- laws over random lines ---- */

static uint64_t seed = 1;

static uint32_t random_below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

static void check_laws(const struct tw_book *book)
{
    for (int32_t c = 0; c < book->crew_count; c++) {
        int32_t held = 0;
        for (int32_t o = 0; o < book->order_count; o++) {
            const struct tw_order *order = &book->orders[o];
            held += order->crew == c && tw_order_is_open(order->state);
        }
        assert_true(held == (book->crews[c].order != 0));
    }
    for (int32_t v = 0; v < book->vehicle_count; v++) {
        int32_t held = 0;
        for (int32_t o = 0; o < book->order_count; o++) {
            const struct tw_order *order = &book->orders[o];
            for (int32_t i = 0; i < order->vehicle_count; i++)
                held += order->vehicles[i] == v && tw_order_is_open(order->state);
        }
        assert_true(held == (book->vehicles[v].order != 0));
    }
    /* Nothing is lost or made: what is in depots, on the road and used up is what there was. */
    int32_t sandbags = 0;
    for (int32_t d = 0; d < 2; d++) {
        assert_true(tw_items_get(&book->depots[d].stock, "sandbags") >= 0);
        sandbags += tw_items_get(&book->depots[d].stock, "sandbags");
    }
    for (int32_t o = 0; o < book->order_count; o++) {
        const struct tw_order *order = &book->orders[o];
        bool open = tw_order_is_open(order->state);
        sandbags += tw_items_get(open ? &order->taken : &order->used, "sandbags");
    }
    assert_int_equal(sandbags, 500);
}

struct script {
    struct tw_store *store;
    struct tw_book *book;
    int64_t taken;
};

static void one_random_line(struct script *s)
{
    static const char *const kinds[] = {"draft",    "draft",   "approved",  "approved",  "sent",
                                        "accepted", "refused", "rolling",   "arrived",   "working",
                                        "done",     "used",    "withdrawn", "breakdown", "back",
                                        "received", "out"};
    static const char *const places[] = {"P1", "P2", "P3", "D1", "D2"};
    static const char *const items[] = {"", "sandbags=30", "sandbags=10 pumps=1", "sandbags=500"};
    char crew[8], vehicle[16];
    (void)snprintf(crew, sizeof crew, "C%u", random_below(CREWS));
    (void)snprintf(vehicle, sizeof vehicle, "V%u", random_below(VEHICLES));
    if (random_below(4) == 0)
        (void)snprintf(vehicle, sizeof vehicle, "V1 V%u", 2 * random_below(2));
    if (random_below(8) == 0) (void)snprintf(vehicle, sizeof vehicle, "@1");
    const char *kind = kinds[random_below(sizeof kinds / sizeof kinds[0])];
    int64_t order = s->book->order_count == 0 ? 1 : s->book->order_count - (int64_t)random_below(8);
    if (strcmp(kind, "draft") == 0) order = s->book->order_count + 1;
    const struct tw_store_entry entry = {.session = 7,
                                         .kind = kind,
                                         .order = order,
                                         .crew = crew,
                                         .vehicle = vehicle,
                                         .place = places[random_below(5)],
                                         .items = items[random_below(4)],
                                         .value = (double)NAN,
                                         .time_ms = s->book->lines};
    struct tw_book_outcome outcome;
    if (tw_book_take(s->book, &entry, TW_BY_ANY, &outcome) != TW_OK) return;
    struct tw_store_booking bookings[TW_BOOK_BOOKINGS];
    for (int32_t i = 0; i < outcome.bookings.count; i++) {
        bookings[i] =
            (struct tw_store_booking){outcome.bookings.resource[i], outcome.bookings.order[i]};
    }
    s->taken++;
    /* The store's unique keys agree with the book: it never says that somebody is booked. */
    assert_ok(tw_store_journal_add(s->store, &entry, 1, bookings, (size_t)outcome.bookings.count));
}

static void thousands_of_random_lines_keep_the_laws_and_read_back_the_same(void **state)
{
    (void)state;
    char folder[] = "/tmp/tw_book_test_XXXXXX";
    char path[64], why[300], command[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/store.db", folder);
    struct script s = {.book = new_book()};
    assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &s.store));
    for (int i = 0; i < 10000; i++) {
        one_random_line(&s);
        check_laws(s.book);
    }
    assert_true(s.taken > 1000);
    struct tw_book *again = new_book();
    assert_ok(tw_book_load(again, s.store));
    assert_int_equal(again->passed, 0);
    assert_int_equal(again->lines, s.book->lines);
    for (int32_t o = 0; o < again->order_count; o++)
        assert_int_equal(again->orders[o].state, s.book->orders[o].state);
    assert_memory_equal(again->crews, s.book->crews, CREWS * sizeof *again->crews);
    assert_memory_equal(&again->depots[0].stock, &s.book->depots[0].stock, sizeof(struct tw_items));
    tw_store_close(s.store);
    tw_book_destroy(again);
    tw_book_destroy(s.book);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0); /* a path of our own making */
}

static void supplies_are_read_and_written(void **state)
{
    (void)state;
    static const char *const wrong[] = {"sandbags", "=4",    "a=0",       "a=x",
                                        "a=1 a=2",  "a=1.5", "a=9999999", "\"=1"};
    struct tw_items items;
    char text[TW_ITEMS_TEXT];
    assert_ok(tw_items_read("  sandbags=100   barriers_m=20 ", &items));
    tw_items_write(&items, text, sizeof text);
    assert_string_equal(text, "sandbags=100 barriers_m=20");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(tw_items_read(wrong[i], &items), TW_ERR_FORMAT);
    assert_status(tw_items_read("a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1", &items), TW_ERR_FULL);
    assert_int_equal(items.count, 2); /* untouched on failure */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_way_is_told_until_the_crew_is_there),
        cmocka_unit_test(an_order_goes_its_way_from_draft_to_done),
        cmocka_unit_test(only_the_moves_of_the_table_are_taken),
        cmocka_unit_test(a_crew_or_vehicle_is_never_booked_twice),
        cmocka_unit_test(a_crew_speaks_for_its_own_orders_only),
        cmocka_unit_test(what_comes_twice_is_taken_once),
        cmocka_unit_test(a_breakdown_frees_the_crew_and_parks_the_vehicle),
        cmocka_unit_test(a_depot_that_runs_low_is_filled_from_the_nearest_that_has_enough),
        cmocka_unit_test(wrong_lines_are_refused_with_words_and_change_nothing),
        cmocka_unit_test(thousands_of_random_lines_keep_the_laws_and_read_back_the_same),
        cmocka_unit_test(supplies_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
