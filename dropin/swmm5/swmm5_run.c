/* A simulation from its model to its files. */
#include "swmm5.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copied(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL) memcpy(copy, text, size);
    return copy;
}

/* A wrong call is told, and changes nothing. */
static int told(int code)
{
    tw_swmm_session()->error = code;
    return code;
}

/* After a failure there is no simulation to go on with. */
static int failed(int code)
{
    tw_swmm_session()->fatal = code;
    return told(code);
}

/* The report of a model that cannot be run: why. */
static void report_faults(FILE *rpt, const tw_faults *faults, int code)
{
    char line[1200];
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        (void)tw_fault_format(&fault, line, sizeof line);
        (void)fprintf(rpt, "  %s%s\n", fault.warning ? "" : "ERROR: ", line);
    }
    (void)fprintf(rpt, "%s\n", tw_swmm_error_text(code));
}

static int read_model(struct tw_swmm_session *s, FILE *rpt)
{
    tw_faults *faults = NULL;
    if (tw_faults_create(0, &faults) != TW_OK) return TW_SWMM_ERROR_101;
    tw_status status = tw_model_read(s->inp, faults, &s->model);
    int code = status == TW_ERR_FILE ? TW_SWMM_ERROR_303 : tw_swmm_error_of(status);
    s->warnings = (int)(tw_faults_kept(faults) - tw_faults_count(faults));
    if (code != 0) report_faults(rpt, faults, code);
    tw_faults_destroy(faults);
    return code;
}

static void take_times(struct tw_swmm_session *s)
{
    struct tw_model_times times = tw_model_times_get(s->model);
    s->units = tw_model_units_get(s->model);
    s->start_day = times.start_day;
    s->end_day = times.end_day;
    s->report_day = times.report_start_day;
}

static bool readable(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL) (void)fclose(file);
    return file != NULL;
}

static bool given(const char *path) { return path != NULL && path[0] != '\0'; }

static bool same(const char *a, const char *b) { return given(a) && given(b) && strcmp(a, b) == 0; }

int swmm_open(const char *inp, const char *rpt, const char *out)
{
    struct tw_swmm_session *s = tw_swmm_session();
    (void)swmm_close();
    if (same(inp, rpt) || same(inp, out) || same(rpt, out)) return failed(TW_SWMM_ERROR_301);
    if (!given(inp) || !readable(inp)) return failed(TW_SWMM_ERROR_303);
    FILE *report = given(rpt) ? fopen(rpt, "wb") : NULL;
    if (report == NULL) return failed(TW_SWMM_ERROR_305);
    s->inp = copied(inp);
    s->rpt = copied(rpt);
    s->out = copied(given(out) ? out : "");
    bool whole = s->inp != NULL && s->rpt != NULL && s->out != NULL;
    int code = whole ? read_model(s, report) : TW_SWMM_ERROR_101;
    (void)fclose(report);
    if (code == 0) take_times(s);
    return failed(code);
}

int swmm_start(int save)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return s->fatal != 0 ? s->fatal : told(TW_SWMM_ERROR_501);
    if (tw_swmm_running()) return told(TW_SWMM_ERROR_503);
    tw_run_destroy(s->run);
    s->run = NULL;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.start_day = s->start_day;
    options.end_day = s->end_day;
    options.report_start_day = s->report_day > s->start_day ? s->report_day : s->start_day;
    options.report_path = s->rpt;
    options.threads = s->threads;
    options.save_files = true;
    options.results_path = save != 0 && given(s->out) ? s->out : NULL;
    options.report_series = save != 0 && !given(s->out);
    if (s->hot != NULL) {
        tw_status read = tw_model_hotstart_use(s->model, s->hot, NULL);
        if (read == TW_ERR_FILE) return failed(TW_SWMM_ERROR_331);
        if (read != TW_OK)
            return failed(read == TW_ERR_INPUT ? TW_SWMM_ERROR_333 : TW_SWMM_ERROR_101);
    }
    /* series whose times count from the start stay where the file's start put them, as in SWMM */
    if (tw_model_change(s->model, TW_PARAMETER_START_DAY, 0, s->start_day) != TW_OK)
        return failed(TW_SWMM_ERROR_401);
    tw_status status = s->changed ? tw_model_settle(s->model) : TW_OK;
    if (status == TW_OK) status = tw_run_create(s->model, &options, &s->run);
    s->changed = status == TW_OK ? false : s->changed;
    s->saved = options.results_path != NULL;
    s->ended = false;
    if (status == TW_OK) status = tw_swmm_hold_all();
    return failed(status == TW_ERR_FILE ? TW_SWMM_ERROR_307 : tw_swmm_error_of(status));
}

static int advance(double seconds, double *elapsed)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (elapsed != NULL) *elapsed = 0.0;
    if (s->model == NULL) return told(TW_SWMM_ERROR_501);
    if (!tw_swmm_running()) return s->fatal != 0 ? s->fatal : told(TW_SWMM_ERROR_502);
    if (s->fatal != 0) return s->fatal;
    tw_status status = TW_OK;
    if (!tw_run_finished(s->run)) {
        status = seconds < 0.0 ? tw_run_step(s->run)
                               : tw_run_advance(s->run, tw_run_elapsed_s(s->run) + seconds);
    }
    bool over = status != TW_OK || tw_run_finished(s->run);
    if (!over && elapsed != NULL) *elapsed = tw_run_elapsed_s(s->run) / 86400.0;
    return failed(tw_swmm_error_of(status));
}

int swmm_step(double *elapsed) { return advance(-1.0, elapsed); }

int swmm_stride(int seconds, double *elapsed)
{
    return advance(seconds > 0 ? (double)seconds : 0.0, elapsed);
}

static void append_lines(const struct tw_swmm_session *s)
{
    FILE *report = s->lines != NULL ? fopen(s->rpt, "ab") : NULL;
    if (report == NULL) return;
    (void)fputs(s->lines, report);
    (void)fclose(report);
}

int swmm_end(void)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return told(TW_SWMM_ERROR_501);
    if (!tw_swmm_running()) return s->fatal != 0 ? s->fatal : told(TW_SWMM_ERROR_502);
    s->ended = true;
    if (s->fatal != 0) return s->fatal;
    tw_status status = tw_run_end(s->run);
    if (status == TW_OK) append_lines(s);
    return failed(tw_swmm_error_of(status));
}

int swmm_report(void)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return told(TW_SWMM_ERROR_501);
    if (tw_swmm_running()) return told(TW_SWMM_ERROR_503);
    return s->run == NULL ? told(TW_SWMM_ERROR_502) : s->fatal;
}

int swmm_close(void)
{
    struct tw_swmm_session *s = tw_swmm_session();
    tw_run_destroy(s->run);
    tw_model_destroy(s->model);
    free(s->inp);
    free(s->rpt);
    free(s->out);
    free(s->lines);
    free(s->hot);
    free(s->setting);
    int error = s->error; /* callers ask for its words after they have closed */
    *s = (struct tw_swmm_session){.error = error};
    return 0;
}

int swmm_run_cb(const char *inp, const char *rpt, const char *out, void (*progress)(double *done))
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = swmm_open(inp, rpt, out);
    if (code == 0) code = swmm_start(1);
    double elapsed = 1.0;
    while (code == 0 && elapsed > 0.0) {
        code = swmm_step(&elapsed);
        double done = elapsed > 0.0 ? elapsed / (s->end_day - s->start_day) : 1.0;
        if (code == 0 && progress != NULL) progress(&done);
    }
    if (code == 0) code = swmm_end();
    if (code == 0) code = swmm_report();
    (void)swmm_close();
    return code;
}

int swmm_run(const char *inp, const char *rpt, const char *out)
{
    return swmm_run_cb(inp, rpt, out, NULL);
}

int swmm_useHotStart(const char *path)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return told(TW_SWMM_ERROR_501);
    if (tw_swmm_running()) return told(TW_SWMM_ERROR_503);
    if (!given(path)) return told(TW_SWMM_ERROR_331);
    char *hot = copied(path);
    if (hot == NULL) return told(TW_SWMM_ERROR_101);
    free(s->hot);
    s->hot = hot; /* swmm_start reads it */
    return 0;
}

int swmm_saveHotStart(const char *path)
{
    if (tw_swmm_session()->model == NULL) return told(TW_SWMM_ERROR_501);
    if (!tw_swmm_running()) return told(TW_SWMM_ERROR_502);
    if (!given(path)) return told(TW_SWMM_ERROR_331);
    tw_status status = tw_run_hotstart_save(tw_swmm_session()->run, path);
    return status == TW_OK ? 0 : told(TW_SWMM_ERROR_331);
}

int swmm_IsOpenFlag(void) { return tw_swmm_session()->model != NULL; }

int swmm_IsStartedFlag(void) { return tw_swmm_running(); }

int swmm_getMassBalErr(float *runoff, float *flow, float *quality)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    struct tw_balance b = {0};
    if (s->run != NULL && s->ended) b = tw_run_balance(s->run);
    if (runoff != NULL) *runoff = (float)(100.0 * b.runoff_error_ratio);
    if (flow != NULL) *flow = (float)(100.0 * b.routing_error_ratio);
    if (quality != NULL) *quality = 0.0F;
    if (quality != NULL && s->run != NULL && s->ended)
        *quality = (float)(100.0 * tw_run_quality_error_ratio(s->run));
    return 0;
}

int swmm_getVersion(void) { return 52004; }

int swmm_getError(char *text, int size)
{
    int code = tw_swmm_session()->error;
    if (text == NULL || size <= 0) return code;
    (void)snprintf(text, (size_t)size, "%s", tw_swmm_error_text(code));
    if (text[0] == '\n') text[0] = ' ';
    return code;
}

int swmm_getWarnings(void) { return tw_swmm_session()->warnings; }

void swmm_writeLine(const char *line)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (line == NULL || s->model == NULL) return;
    size_t used = s->lines != NULL ? strlen(s->lines) : 0, more = strlen(line);
    char *lines = realloc(s->lines, used + more + 4);
    if (lines == NULL) return;
    (void)snprintf(lines + used, more + 4, "\n  %s", line);
    s->lines = lines;
}

/* The interface has eight places. NOLINTNEXTLINE(readability-function-size) */
void swmm_decodeDate(double date, int *year, int *month, int *day, int *hour, int *minute,
                     int *second, int *day_of_week)
{
    enum { LAST_DAY = 2958465 }; /* of the year 9999 */
    if (!(date >= 0.0 && date <= (double)LAST_DAY)) date = 0.0;
    struct tw_calendar c = tw_day_to_calendar(date);
    int *const places[] = {year, month, day, hour, minute, second, day_of_week};
    const int values[] = {
        c.year, c.month, c.day, c.hour, c.minute, c.second, tw_day_weekday(date) + 1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i] != NULL) *places[i] = values[i];
    }
}
