/* thalweg inspect: a whole check of a city's treatment plants, from what was measured. */
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "look.h"
#include "net/iso_time.h"
#include "operate/inspect_store.h"
#include "operate/rank.h"
#include "options.h"
#include "server/works_files.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: thalweg inspect [options] CITY [PLANT]\n"
    "       thalweg inspect --rank PLANTS.csv [--class 1A] [--json] [--out DIR]\n"
    "\n"
    "Checks every unit, pump, blower, instrument, chemical, limit and camera of a city's plants "
    "by\n"
    "the last 24 h in its store, and writes a page and a JSON report for each, and a ranking of\n"
    "all. Tags of made-up plants that were never measured are simulated, and marked so.\n"
    "\n"
    "  --out DIR       where reports are written (CITY/var/inspections); what is there of a plant\n"
    "                  is what its new report is compared with\n"
    "  --at TIME       end of the 24 h (now), ISO 8601\n"
    "  --store FILE    the store (CITY/var/live.db, as city.ini says)\n"
    "  --json          the ranking, and with PLANT its report, on standard output\n"
    "  --rank FILE     instead: plants side by side from a table of yearly figures\n"
    "  --class CLASS   of GB 18918-2002, that --rank compares effluent with (1A)\n"
    "  --help\n"
    "\n"
    "Exit: 1 when something has to be repaired or is urgent.\n";

enum { REPORT_MOST = 1 << 26, PATH_SIZE = 600 };

struct arguments {
    const char *city, *plant, *out, *at, *store, *rank, *class_;
    bool json;
};

struct work {
    const struct arguments *a;
    tw_faults *faults;
    struct tw_arena arena;
    struct tw_works_list plants;
    struct tw_store *store;
    struct tw_rank *ranks;
    int32_t zone_s, count;
    int64_t at_ms;
    char out[PATH_SIZE];
};

/* ---- in ---- */

static const char *path_in(struct work *w, const char *folder, const char *name)
{
    struct tw_strbuf path = {0};
    if (name[0] == '/') {
        (void)tw_strbuf_add_text(&path, name);
    } else {
        (void)tw_strbuf_printf(&path, "%s/%s", folder, name);
    }
    const char *copy = tw_arena_text(&w->arena, tw_strbuf_get(&path), path.length);
    tw_strbuf_done(&path);
    return copy;
}

static tw_status load(struct work *w)
{
    struct tw_ini ini;
    const char *path = path_in(w, w->a->city, "city.ini");
    if (path == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_ini_read(path, &w->arena, w->faults, &ini));
    const char *zone = tw_ini_text(&ini, "city", "timezone", "+00:00");
    if (tw_zone_parse(zone, &w->zone_s) != TW_OK) {
        tw_faults_add(w->faults, path, 0, "[city] timezone: \"%s\" is no zone", zone);
    }
    const char *folder = path_in(w, w->a->city, tw_ini_text(&ini, "files", "plants", "plants"));
    const char *store = path_in(w, w->a->city, tw_ini_text(&ini, "store", "folder", "var"));
    if (folder == NULL || store == NULL) return TW_ERR_NOMEM;
    (void)snprintf(w->out, sizeof w->out, "%s%s", w->a->out != NULL ? w->a->out : store,
                   w->a->out != NULL ? "" : "/inspections");
    if (w->a->out == NULL && tw_folder_make(store) != TW_OK) {
        tw_faults_add(w->faults, store, 0, "%s", strerror(errno));
    }
    w->at_ms = tw_clock_unix_ms();
    if (w->a->at != NULL && tw_iso_time_parse(w->a->at, w->zone_s, &w->at_ms) != TW_OK) {
        tw_faults_add(w->faults, "--at", 0, "\"%s\" is no time; write it as 2024-03-01T14:00",
                      w->a->at);
    }
    tw_status status = tw_works_list_read(folder, w->faults, &w->plants);
    if (status == TW_ERR_NOMEM) return status;
    if (w->a->plant != NULL && tw_works_list_find(&w->plants, w->a->plant) == NULL) {
        tw_faults_add(w->faults, folder, 0, "there is no plant \"%s\"", w->a->plant);
    }
    if (tw_faults_count(w->faults) > 0) return TW_ERR_INPUT;
    w->at_ms -= w->at_ms % 60000; /* whole minutes: the same question has the same answer */
    return tw_look_open(w->a->store, tw_ini_text(&ini, "store", "database", NULL), store,
                        "when `thalweg serve` has it open, ask it: POST /api/v1/inspections",
                        w->faults, &w->store);
}

/* ---- out ---- */

static tw_status write_file(struct work *w, const char *name, const char *ending,
                            const struct tw_strbuf *text)
{
    char path[PATH_SIZE + 160];
    tw_outfile *file = NULL;
    (void)snprintf(path, sizeof path, "%s/%.120s%s", w->out, name, ending);
    errno = 0;
    tw_status status = text->status;
    if (status == TW_OK) status = tw_outfile_open(path, &file);
    if (status == TW_OK) status = tw_outfile_write(file, text->text, text->length);
    if (status == TW_OK) {
        status = tw_outfile_commit(file);
    } else {
        tw_outfile_abandon(file);
    }
    if (status == TW_ERR_FILE) {
        (void)fprintf(stderr, "thalweg inspect: %s can't be written: %s\n", path, strerror(errno));
    }
    return status;
}

/* The report of before, when there is one and it can be read. */
static bool read_before(struct work *w, const char *id, struct tw_inspection_before *out)
{
    char path[PATH_SIZE + 160];
    char *text = NULL;
    size_t size;
    (void)snprintf(path, sizeof path, "%s/%.120s.json", w->out, id);
    bool sound = tw_file_read(path, REPORT_MOST, &text, &size) == TW_OK &&
                 tw_inspection_before_read(text, size, out) == TW_OK;
    free(text);
    return sound;
}

static tw_status write_report(struct work *w, const struct tw_inspection *in)
{
    struct tw_inspection_before before = {0};
    struct tw_strbuf json = {0}, html = {0};
    const char *id = in->works->id;
    bool any = read_before(w, id, &before);
    tw_status status = tw_inspection_write_json(in, true, &json);
    if (status == TW_OK) {
        status = tw_inspection_write_html(in, any ? &before : NULL, &html);
    }
    if (status == TW_OK) status = write_file(w, id, ".html", &html);
    if (status == TW_OK) status = write_file(w, id, ".json", &json);
    if (status == TW_OK && w->a->json && w->a->plant != NULL) printf("%s\n", json.text);
    tw_inspection_before_done(&before);
    tw_strbuf_done(&json);
    tw_strbuf_done(&html);
    return status;
}

static void rank_one(struct work *w, const struct tw_inspection *in)
{
    char report[160];
    struct tw_rank *r = &w->ranks[w->count++];
    (void)snprintf(report, sizeof report, "%.140s.html", in->works->id);
    *r = (struct tw_rank){.id = in->works->id,
                          .name = in->works->zh,
                          .risk = in->risk,
                          .energy_kwhm3 = in->energy_kwhm3,
                          .load_ratio = in->inflow_m3 / in->works->capacity_m3d,
                          .worst_ratio = in->worst_probability,
                          .worst = "P",
                          .report = tw_arena_text(&w->arena, report, strlen(report)),
                          .urgent = in->by_severity[TW_SEVERITY_URGENT + 1],
                          .repair = in->by_severity[TW_SEVERITY_REPAIR + 1],
                          .look = in->by_severity[TW_SEVERITY_LOOK + 1]};
    if (r->report == NULL) r->report = "";
}

static tw_status inspect_one(struct work *w, const struct tw_works *works)
{
    struct tw_inspect_store source;
    struct tw_inspection *in = NULL;
    TW_TRY(tw_inspect_store_init(works, w->store, &w->arena, &source));
    const struct tw_inspect_options options = {.at_ms = w->at_ms,
                                               .zone_s = w->zone_s,
                                               .cause = "hand",
                                               .read = tw_inspect_read_store,
                                               .still = tw_inspect_still_ffmpeg,
                                               .user = &source};
    TW_TRY(tw_inspect(works, &options, &in));
    tw_status status = write_report(w, in);
    if (status == TW_OK) rank_one(w, in);
    tw_inspection_destroy(in);
    return status;
}

static void print_ranks(const struct work *w)
{
    printf("place  plant                 risk  urgent repair look  kWh/m3  P(limit)\n");
    for (int32_t i = 0; i < w->count; i++) {
        const struct tw_rank *r = &w->ranks[i];
        printf("%5d  %-20s %6.1f %6d %6d %5d  %6.3f  %8.2f\n", r->by_risk, r->id, r->risk,
               r->urgent, r->repair, r->look, r->energy_kwhm3, r->worst_ratio);
    }
    printf("reports: %s\n", w->out);
}

static tw_status write_ranks(struct work *w)
{
    struct tw_strbuf json = {0}, html = {0};
    tw_rank_order(w->ranks, w->count);
    tw_status status = tw_rank_write_json(w->ranks, w->count, &json);
    if (status == TW_OK) status = tw_rank_write_html(w->ranks, w->count, &html);
    if (status == TW_OK && w->out[0] != '\0') status = write_file(w, "plants", ".html", &html);
    if (status == TW_OK && w->a->json && w->a->plant == NULL) {
        printf("%s\n", tw_strbuf_get(&json));
    } else if (status == TW_OK && !w->a->json) {
        print_ranks(w);
    }
    tw_strbuf_done(&json);
    tw_strbuf_done(&html);
    return status;
}

static tw_status inspect_all(struct work *w)
{
    errno = 0;
    if (tw_folder_make(w->out) != TW_OK) {
        tw_faults_add(w->faults, w->out, 0, "%s", strerror(errno));
        return TW_ERR_INPUT;
    }
    w->ranks = TW_ARENA_NEW(&w->arena, struct tw_rank, w->plants.count);
    if (w->ranks == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < w->plants.count; i++) {
        const struct tw_works *works = w->plants.works[i];
        if (w->a->plant == NULL || tw_text_same(works->id, w->a->plant)) {
            TW_TRY(inspect_one(w, works));
        }
    }
    return write_ranks(w);
}

/* ---- a table of yearly figures ---- */

static tw_status rank_table(struct work *w)
{
    struct tw_rank_limits limits;
    struct tw_rank_list list;
    char *text = NULL;
    limits.count = tw_limits_of("GB 18918-2002", w->a->class_, false, limits.limit);
    if (limits.count == 0) {
        tw_faults_add(w->faults, "--class", 0, "GB 18918-2002 has no class \"%s\"", w->a->class_);
        return TW_ERR_INPUT;
    }
    errno = 0;
    tw_status status = tw_file_read(w->a->rank, REPORT_MOST, &text, NULL);
    if (status == TW_ERR_FILE) {
        tw_faults_add(w->faults, w->a->rank, 0, "%s", strerror(errno));
        return TW_ERR_INPUT;
    }
    if (w->a->out != NULL) (void)snprintf(w->out, sizeof w->out, "%s", w->a->out);
    if (status == TW_OK && w->a->out != NULL) status = tw_folder_make(w->out);
    if (status == TW_OK) {
        status = tw_rank_read(w->a->rank, text, &limits, w->faults, &w->arena, &list);
    }
    if (status == TW_OK) {
        w->ranks = list.plants;
        w->count = list.count;
        status = write_ranks(w);
    }
    free(text);
    return status;
}

/* ---- the command ---- */

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'o') a->out = value;
    if (option == 'a') a->at = value;
    if (option == 's') a->store = value;
    if (option == 'r') a->rank = value;
    if (option == 'c') a->class_ = value;
    if (option == 'j') a->json = true;
    return true;
}

static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {
        {"out", required_argument, NULL, 'o'},   {"at", required_argument, NULL, 'a'},
        {"store", required_argument, NULL, 's'}, {"rank", required_argument, NULL, 'r'},
        {"class", required_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "inspect",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 0,
                                       .most = 2};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    int rest = argc - optind;
    if ((a->rank == NULL) != (rest > 0)) return tw_options_refuse(usage);
    a->city = rest > 0 ? argv[optind] : NULL;
    a->plant = rest > 1 ? argv[optind + 1] : NULL;
    return -1;
}

static int end_code(const struct work *w, tw_status status)
{
    if (status != TW_OK) {
        bool told = tw_faults_count(w->faults) > 0;
        if (!told) (void)fprintf(stderr, "thalweg inspect: %s\n", tw_status_text(status));
        return told ? TW_EXIT_INPUT : TW_EXIT_FAILED;
    }
    for (int32_t i = 0; i < w->count; i++)
        if (w->ranks[i].urgent + w->ranks[i].repair > 0) return TW_EXIT_FOUND;
    return TW_EXIT_DONE;
}

int tw_cmd_inspect(int argc, char **argv)
{
    struct arguments a = {.class_ = "1A"};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    struct work w = {.a = &a};
    tw_arena_init(&w.arena);
    tw_status status = tw_faults_create(0, &w.faults);
    if (status == TW_OK) status = a.rank != NULL ? rank_table(&w) : load(&w);
    if (status == TW_OK && a.rank == NULL) status = inspect_all(&w);
    if (w.faults != NULL) tw_faults_print(w.faults, true);
    code = end_code(&w, status);
    tw_store_close(w.store);
    tw_works_list_done(&w.plants);
    tw_arena_done(&w.arena);
    tw_faults_destroy(w.faults);
    return code;
}
