/* Rows of every section, good and bad: tests/inp/NAME.case. A case is
 *
 *   case   what it shows, in words
 *   base   the small network of this file follows the rows (so a row's number is its line)
 *   | row  a row of the input file
 *   fault LINE TEXT      exactly these faults, in any order ("clean": none)
 *   warning LINE TEXT    this warning is among the warnings
 *   is KIND NAME FIELD VALUE [TOLERANCE]    what the model holds (default tolerance: rounding)
 *
 * In TEXT, what the reader writes behind the line's number. Values are SI. */
#include "io/inp.h"

#include "base/file.h"
#include "base/text.h"
#include "check.h"
#include "model/rules.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_TEXT = 1 << 16, MOST_FILE = 1 << 20 };

static const char base_network[] = "[JUNCTIONS]\nA 12 3\nB 11 3\n[OUTFALLS]\nO 10 FREE\n"
                                   "[CONDUITS]\nAB A B 100 0.013 0 0\nBO B O 100 0.013 0 0\n"
                                   "[XSECTIONS]\nAB CIRCULAR 1 0 0 0\nBO CIRCULAR 1 0 0 0\n"
                                   "[OPTIONS]\nEND_TIME 6:00\n";

/* ---- what can be asked of a model ---- */

static int32_t at_node(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->nodes.names, name);
}
static int32_t at_node_row(const struct tw_model *m, const char *name)
{
    int32_t i = at_node(m, name);
    return i < 0 ? -1 : m->nodes.row[i];
}
static int32_t at_link(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->links.names, name);
}
static int32_t at_link_row(const struct tw_model *m, const char *name)
{
    int32_t i = at_link(m, name);
    return i < 0 ? -1 : m->links.row[i];
}
static int32_t at_xsect(const struct tw_model *m, const char *name)
{
    int32_t i = at_link(m, name);
    return i < 0 ? -1 : m->links.xsect[i];
}
static int32_t at_subcatchment(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->subcatchments.names, name);
}
static int32_t at_aquifer(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->aquifers.names, name);
}
static int32_t at_ground(const struct tw_model *m, const char *name)
{
    int32_t i = at_subcatchment(m, name);
    return i < 0 ? -1 : m->grounds.of_subcatchment[i];
}
static int32_t at_inlet(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->inlets.names, name);
}

static int32_t at_lid(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->lids.names, name);
}
static int32_t at_pollutant(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->quality.pollutant_names, name);
}
static int32_t at_landuse(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->quality.landuse_names, name);
}
static int32_t at_hydrograph(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->rdii.names, name);
}
static int32_t at_gage(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->gages.names, name);
}
static int32_t at_curve(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->curves.names, name);
}
static int32_t at_series(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->series.names, name);
}
static int32_t at_pattern(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->patterns.names, name);
}
static int32_t at_transect(const struct tw_model *m, const char *name)
{
    return tw_names_find(&m->transects.names, name);
}
static int32_t at_dwf(const struct tw_model *m, const char *name)
{
    for (int32_t k = 0; k < m->dry_weather.count; k++)
        if (m->dry_weather.node[k] == at_node(m, name)) return k;
    return -1;
}
static int32_t at_inflow(const struct tw_model *m, const char *name)
{
    for (int32_t k = 0; k < m->inflows.count; k++)
        if (m->inflows.node[k] == at_node(m, name)) return k;
    return -1;
}
static int32_t at_number(const struct tw_model *m, const char *name)
{
    (void)m;
    return (int32_t)strtol(name, NULL, 10);
}

typedef int32_t find_fn(const struct tw_model *m, const char *name);
typedef double get_fn(const struct tw_model *m, int32_t i);

#define ASK(kind, find, field, expression)                                                         \
    static double get_##kind##_##field(const struct tw_model *m, int32_t i)                        \
    {                                                                                              \
        (void)m;                                                                                   \
        (void)i;                                                                                   \
        return (double)(expression);                                                               \
    }
#include "inp/questions.def"
#undef ASK

static const struct {
    const char *kind, *field;
    find_fn *find;
    get_fn *get;
} questions[] = {
#define ASK(kind, find, field, expression) {#kind, #field, find, get_##kind##_##field},
#include "inp/questions.def"
#undef ASK
};

/* ---- a case ---- */

struct test_case {
    const char *file;
    char name[200], text[LONGEST_TEXT];
    int line; /* in the .case file */
    char expect[64][300];
    int expect_count;
    bool base;
    int failures; /* of all cases so far */
};

/* All that is wrong is shown before the test fails. */
#define complain(c, ...)                                                                           \
    do {                                                                                           \
        (c)->failures++;                                                                           \
        print_error("%s:%d: %s: ", (c)->file, (c)->line, (c)->name);                               \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
    } while (0)

static void answer(struct test_case *c, const struct tw_model *m, const char *question)
{
    char kind[40], name[80], field[60];
    char number[40] = "", within[40] = "";
    int read = sscanf(question, "is %39s %79s %59s %39s %39s", kind, name, field, number, within);
    double value = strtod(number, NULL), tolerance = strtod(within, NULL);
    if (read < 4) fail_msg("%s: %s: not a question: %s", c->file, c->name, question);
    for (size_t k = 0; k < sizeof questions / sizeof *questions; k++) {
        if (strcmp(kind, questions[k].kind) != 0 || strcmp(field, questions[k].field) != 0)
            continue;
        int32_t i = questions[k].find(m, name);
        if (i < 0) {
            complain(c, "there is no %s %s", kind, name);
            return;
        }
        double got = questions[k].get(m, i);
        if (read == 4) tolerance = 1e-12 * fabs(value); /* one rounding of a conversion or two */
        if (!(fabs(got - value) <= tolerance) && !(isnan(got) && isnan(value)))
            complain(c, "%s %s %s is %.17g, not %.17g", kind, name, field, got, value);
        return;
    }
    fail_msg("%s: %s: nothing answers %s %s", c->file, c->name, kind, field);
}

static void add_text(struct test_case *c, const char *text)
{
    size_t used = strlen(c->text), length = strlen(text);
    if (used + length >= LONGEST_TEXT) fail_msg("%s: %s: too long", c->file, c->name);
    memcpy(c->text + used, text, length + 1);
}

static bool is_told(const tw_faults *faults, const char *expected)
{
    bool warning = expected[0] == 'w';
    char *text;
    long line = strtol(strchr(expected, ' '), &text, 10);
    if (*text == ' ') text++;
    for (size_t k = 0; k < tw_faults_kept(faults); k++) {
        struct tw_fault f = tw_faults_get(faults, k);
        if (f.warning == warning && f.line == line && strcmp(f.text, text) == 0) return true;
    }
    return false;
}

static void show(const tw_faults *faults)
{
    for (size_t k = 0; k < tw_faults_kept(faults); k++) {
        struct tw_fault f = tw_faults_get(faults, k);
        print_error("  %s %d %s\n", f.warning ? "warning" : "fault", f.line, f.text);
    }
}

static void check_case(struct test_case *c)
{
    if (c->base) add_text(c, base_network);
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    struct tw_model *m = NULL;
    tw_status status = tw_inp_check_text(c->text, strlen(c->text),
                                         TW_SOURCE_DIR "/tests/inp/case.inp", faults, &m);
    size_t expected = 0;
    for (int k = 0; k < c->expect_count; k++) {
        const char *e = c->expect[k];
        if (e[0] == 'f') expected++;
        if ((e[0] != 'f' && e[0] != 'w') || is_told(faults, e)) continue;
        show(faults);
        complain(c, "missing: %s", e);
    }
    if (tw_faults_count(faults) != expected) {
        show(faults);
        complain(c, "%zu faults, not %zu", tw_faults_count(faults), expected);
    }
    if (status != (expected > 0 ? TW_ERR_INPUT : TW_OK))
        complain(c, "the reader says: %s", tw_status_text(status));
    for (int k = 0; m != NULL && k < c->expect_count; k++)
        if (strncmp(c->expect[k], "is ", 3) == 0) answer(c, m, c->expect[k]);
    tw_inp_free(m);
    tw_faults_destroy(faults);
}

static void add_row(struct test_case *c, const char *row)
{
    add_text(c, row);
    add_text(c, "\n");
}

static int read_cases(const char *file, char *text, int *failures)
{
    struct test_case *c = calloc(1, sizeof *c);
    assert_non_null(c);
    int count = 0, number = 0;
    for (char *line = text, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        number++;
        if (strncmp(line, "case ", 5) == 0) {
            if (count++ > 0) check_case(c);
            int so_far = c->failures;
            *c = (struct test_case){.file = file, .line = number, .failures = so_far};
            snprintf(c->name, sizeof c->name, "%s", line + 5);
        } else if (line[0] == '|') {
            add_row(c, line[1] == ' ' ? line + 2 : line + 1);
        } else if (strcmp(line, "base") == 0) {
            c->base = true;
        } else if (line[0] != '#' && line[0] != '\0' && strcmp(line, "clean") != 0) {
            assert_true(c->expect_count < 64 && strlen(line) < 300);
            snprintf(c->expect[c->expect_count++], 300, "%s", line);
        }
    }
    if (count > 0) check_case(c);
    *failures += c->failures;
    free(c);
    return count;
}

static void rows_are_read_as_their_cases_say(void **state)
{
    (void)state;
    static const char folder[] = TW_SOURCE_DIR "/tests/inp";
    DIR *files = opendir(folder);
    assert_non_null(files);
    int count = 0, failures = 0;
    for (struct dirent *entry = readdir(files); entry != NULL; entry = readdir(files)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot == NULL || strcmp(dot, ".case") != 0) continue;
        char path[1024], *text;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_ok(tw_file_read(path, MOST_FILE, &text, NULL));
        count += read_cases(entry->d_name, text, &failures);
        free(text);
    }
    closedir(files);
    assert_int_equal(failures, 0);
    assert_true(count >= 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_read_as_their_cases_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
