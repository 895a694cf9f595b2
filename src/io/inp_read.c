/* The reading as a whole: rows, names, contents, checks. */
#include "base/file.h"
#include "io/inp.h"
#include "io/inp_reader.h"
#include "model/rules.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 30 };

struct section {
    tw_inp_declare_fn *declare;
    tw_inp_read_fn *read;
};

static const struct section sections[TW_SECTION_COUNT] = {
#define TW_SECTION(id, heading, noun, declare, read) {declare, read},
#include "io/inp_sections.def"
#undef TW_SECTION
};

/* First pass, in the order of the file: indexes are given in that order. */
static tw_status declare_all(struct tw_inp *inp)
{
    for (int32_t i = 0; i < inp->row_count; i++) {
        tw_inp_declare_fn *declare = sections[inp->row[i].section].declare;
        if (declare != NULL) TW_TRY(declare(inp, &inp->row[i]));
    }
    return TW_OK;
}

/* Rows by section, each section's in the order of the file. */
static tw_status sort_rows(struct tw_inp *inp, int32_t **out_order)
{
    int32_t *order = TW_ARENA_NEW(&inp->scratch, int32_t, inp->row_count);
    if (order == NULL) return TW_ERR_NOMEM;
    int32_t place[TW_SECTION_COUNT];
    int32_t next = 0;
    for (int s = 0; s < TW_SECTION_COUNT; s++) {
        place[s] = next;
        next += inp->section_rows[s];
    }
    for (int32_t i = 0; i < inp->row_count; i++)
        order[place[inp->row[i].section]++] = i;
    *out_order = order;
    return TW_OK;
}

/* Second pass, section by section in the order of inp_sections.def. */
static tw_status read_all(struct tw_inp *inp)
{
    int32_t *order;
    TW_TRY(sort_rows(inp, &order));
    for (int32_t i = 0; i < inp->row_count; i++) {
        const struct tw_inp_row *row = &inp->row[order[i]];
        TW_TRY(sections[row->section].read(inp, row));
    }
    return TW_OK;
}

static tw_status read_rows(struct tw_inp *inp)
{
    tw_inp_options_begin(inp);
    inp->model->options.strict = inp->strict;
    if (inp->strict) inp->model->digest = tw_inp_digest(inp->model->digest, "strict", 6);
    TW_TRY(tw_inp_allocate(inp));
    TW_TRY(tw_inp_climate_begin(inp));
    TW_TRY(declare_all(inp));
    TW_TRY(tw_inp_allocate_tables(inp));
    TW_TRY(tw_inp_quality_allocate_tables(inp));
    TW_TRY(read_all(inp));
    TW_TRY(tw_inp_tables_finish(inp));
    TW_TRY(tw_inp_transects_finish(inp));
    TW_TRY(tw_inp_rules_finish(inp));
    TW_TRY(tw_inp_vertices_finish(inp));
    TW_TRY(tw_inp_polygons_finish(inp));
    tw_inp_events_finish(inp);
    tw_inp_check_options(inp);
    TW_TRY(tw_inp_check_gages(inp));
    tw_inp_check_wet_step(inp);
    tw_inp_check_climate(inp);
    tw_inp_check_subcatchments(inp);
    tw_inp_check_ground(inp);
    TW_TRY(tw_inp_check_lids(inp));
    tw_inp_check_quality(inp);
    TW_TRY(tw_inp_check_links(inp));
    TW_TRY(tw_inp_check_inlets(inp));
    TW_TRY(tw_inp_check_nodes(inp));
    TW_TRY(tw_inp_check_uses(inp));
    TW_TRY(tw_inp_check_tree(inp));
    TW_TRY(tw_inp_files_finish(inp));
    return inp->advised ? tw_inp_advise(inp) : TW_OK;
}

/* The model keeps what was warned of: a report repeats it. */
static tw_status keep_warnings(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    size_t kept = tw_faults_kept(inp->faults);
    m->warning = TW_ARENA_NEW(&m->arena, const char *, kept);
    if (m->warning == NULL) return TW_ERR_NOMEM;
    for (size_t i = inp->kept_before; i < kept; i++) {
        const char *text = tw_faults_get(inp->faults, i).text;
        char *copy = tw_arena_text(&m->arena, text, strlen(text));
        if (copy == NULL) return TW_ERR_NOMEM;
        m->warning[m->warning_count++] = copy;
    }
    return TW_OK;
}

tw_status tw_inp_read_all(struct tw_inp *inp, size_t size)
{
    struct tw_model *model = inp->model;
    model->digest = tw_inp_digest(14695981039346656037u, inp->text, size);
    model->path = tw_arena_text(&model->arena, inp->path, strlen(inp->path));
    if (model->path == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_inp_split(inp, size));
    TW_TRY(read_rows(inp));
    if (tw_faults_count(inp->faults) > inp->faults_before) return TW_ERR_INPUT;
    return keep_warnings(inp);
}

/* What is asked of a reading beside the model. */
enum mode { PLAIN, STRICT, ADVISED };

static tw_status read_text(char *text, size_t size, const char *path, enum mode mode,
                           tw_faults *faults, struct tw_model **out_model)
{
    /* Whether there are faults decides about success: without a list of the caller's, keep one. */
    tw_faults *own = NULL;
    if (faults == NULL) {
        TW_TRY(tw_faults_create(0, &own));
        faults = own;
    }
    struct tw_inp *inp = calloc(1, sizeof *inp);
    struct tw_model *model = calloc(1, sizeof *model);
    tw_status status = inp != NULL && model != NULL ? TW_OK : TW_ERR_NOMEM;
    if (status == TW_OK) {
        inp->model = model;
        inp->strict = mode == STRICT;
        inp->advised = mode == ADVISED;
        inp->faults = faults;
        inp->faults_before = tw_faults_count(faults);
        inp->kept_before = tw_faults_kept(faults);
        inp->path = path;
        inp->text = text;
        status = tw_inp_read_all(inp, size);
        tw_arena_done(&inp->scratch);
        free(inp->rain_bytes);
    }
    free(inp);
    tw_faults_destroy(own);
    if (status != TW_OK)
        tw_inp_free(model);
    else
        *out_model = model;
    return status;
}

tw_status tw_inp_read_text(char *text, size_t size, const char *path, tw_faults *faults,
                           struct tw_model **out_model)
{
    return read_text(text, size, path, PLAIN, faults, out_model);
}

tw_status tw_inp_check_text(char *text, size_t size, const char *path, tw_faults *faults,
                            struct tw_model **out_model)
{
    return read_text(text, size, path, ADVISED, faults, out_model);
}

static tw_status read_file(const char *path, enum mode mode, tw_faults *faults,
                           struct tw_model **out_model)
{
    char *text;
    size_t size;
    tw_status status = tw_file_read(path, MOST_BYTES, &text, &size);
    if (status == TW_ERR_FULL) {
        tw_faults_add(faults, path, 0, "the file is larger than %d MB", MOST_BYTES >> 20);
        return TW_ERR_INPUT;
    }
    TW_TRY(status);
    status = read_text(text, size, path, mode, faults, out_model);
    free(text);
    return status;
}

tw_status tw_inp_read(const char *path, tw_faults *faults, struct tw_model **out_model)
{
    return read_file(path, PLAIN, faults, out_model);
}

tw_status tw_inp_read_strict(const char *path, tw_faults *faults, struct tw_model **out_model)
{
    return read_file(path, STRICT, faults, out_model);
}

tw_status tw_inp_check(const char *path, tw_faults *faults, struct tw_model **out_model)
{
    return read_file(path, ADVISED, faults, out_model);
}

void tw_inp_free(struct tw_model *model)
{
    if (model == NULL) return;
    tw_arena_done(&model->arena);
    free(model);
}
