/* [FILES]: USE or SAVE, a kind of file, its name. */
#include "base/file.h"
#include "base/text.h"
#include "io/hotstart.h"
#include "io/inp_reader.h"
#include "io/interface_file.h"
#include "io/rdii_file.h"
#include "io/runoff_file.h"

#include <stdlib.h>
#include <string.h>

tw_status tw_inp_file_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const modes[] = {"USE", "SAVE", NULL};
    static const char *const kinds[TW_FILE_KINDS + 1] = {"RAINFALL", "RUNOFF",   "HOTSTART", "RDII",
                                                         "INFLOWS",  "OUTFLOWS", NULL};
    int32_t mode, kind;
    if (!tw_inp_need(inp, row, 2)) return TW_OK;
    if (!tw_inp_choice(inp, row, 0, "the mode", modes, &mode)) return TW_OK;
    if (!tw_inp_choice(inp, row, 1, "the kind", kinds, &kind)) return TW_OK;
    if (row->count < 3) return TW_OK; /* as in SWMM: no file */
    if (mode == 0 && kind == TW_FILE_OUTFLOWS)
        tw_inp_fault(inp, row, "outflows can only be saved; USE INFLOWS reads what was saved");
    else if (mode == 1 && kind == TW_FILE_INFLOWS)
        tw_inp_fault(inp, row, "inflows can only be used; SAVE OUTFLOWS writes such a file");
    else
        (mode == 0 ? inp->use : inp->save)[kind] =
            (struct tw_inp_file){row->line, tw_inp_word(inp, row, 2)};
    return TW_OK;
}

static tw_status use_hotstart(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    struct tw_hotstart *state = TW_ARENA_NEW(&m->arena, struct tw_hotstart, 1);
    char path[TW_INP_PATH], *bytes;
    size_t size;
    if (state == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_inp_load_named(inp, &inp->use[TW_FILE_HOTSTART], path, &bytes, &size));
    if (bytes == NULL) return TW_OK;
    tw_status status = tw_hotstart_make(m, &m->arena, state);
    if (status == TW_OK) {
        status = tw_hotstart_read(m, bytes, size, path, inp->faults, state);
        m->files.hotstart = status == TW_OK ? state : NULL;
    }
    free(bytes);
    return status == TW_ERR_INPUT ? TW_OK : status; /* it is told already */
}

typedef tw_status read_flows_fn(const struct tw_model *model, const char *bytes, size_t size,
                                const char *path, tw_faults *faults, struct tw_arena *arena,
                                struct tw_interface_flows *out_flows);

static tw_status use_flows(struct tw_inp *inp, const struct tw_inp_file *file, read_flows_fn *read,
                           const struct tw_interface_flows **out_flows)
{
    struct tw_model *m = inp->model;
    struct tw_interface_flows *flows = TW_ARENA_NEW(&m->arena, struct tw_interface_flows, 1);
    char path[TW_INP_PATH], *text;
    size_t size;
    if (flows == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_inp_load_named(inp, file, path, &text, &size));
    if (text == NULL) return TW_OK;
    tw_status status = read(m, text, size, path, inp->faults, &m->arena, flows);
    if (status == TW_OK) *out_flows = flows;
    free(text);
    return status == TW_ERR_INPUT ? TW_OK : status;
}

static tw_status place_saved(struct tw_inp *inp, enum tw_inp_file_kind kind, const char **out_path)
{
    const struct tw_inp_file *file = &inp->save[kind];
    if (file->line == 0) return TW_OK;
    TW_TRY(tw_inp_place(inp, file->name, out_path));
    if (*out_path != NULL && tw_file_same(*out_path, inp->path)) {
        tw_faults_add(
            inp->faults, inp->path, file->line,
            "file \"%s\" is the model itself, which would be lost: name another" TW_SWMM_ERROR(
                "301"),
            file->name);
    }
    return TW_OK;
}

static tw_status use_runoff(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    struct tw_runoff_record *record = TW_ARENA_NEW(&m->arena, struct tw_runoff_record, 1);
    char path[TW_INP_PATH], *bytes;
    size_t size;
    if (record == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_inp_load_named(inp, &inp->use[TW_FILE_RUNOFF], path, &bytes, &size));
    if (bytes == NULL) return TW_OK;
    tw_status status = tw_runoff_file_read(m, bytes, size, path, inp->faults, &m->arena, record);
    free(bytes);
    if (status == TW_ERR_INPUT) return TW_OK;
    TW_TRY(status);
    record->path = tw_arena_text(&m->arena, path, strlen(path));
    m->files.runoff = record;
    return record->path != NULL ? TW_OK : TW_ERR_NOMEM;
}

tw_status tw_inp_files_finish(struct tw_inp *inp)
{
    struct tw_files *f = &inp->model->files;
    const struct tw_inp_file *in = &inp->use[TW_FILE_INFLOWS], *out = &inp->save[TW_FILE_OUTFLOWS];
    if (in->line > 0 && out->line > 0 && tw_text_same(in->name, out->name))
        tw_faults_add(
            inp->faults, inp->path, (int)out->line,
            "outflows are saved to the file that inflows are read from" TW_SWMM_ERROR("357"));
    TW_TRY(place_saved(inp, TW_FILE_HOTSTART, &f->save_hotstart));
    TW_TRY(place_saved(inp, TW_FILE_OUTFLOWS, &f->save_outflows));
    TW_TRY(place_saved(inp, TW_FILE_RUNOFF, &f->save_runoff));
    TW_TRY(place_saved(inp, TW_FILE_RAINFALL, &f->save_rainfall));
    TW_TRY(place_saved(inp, TW_FILE_RDII, &f->save_rdii));
    /* what follows looks at the whole model: it must be one */
    if (tw_faults_count(inp->faults) > inp->faults_before) return TW_OK;
    if (inp->use[TW_FILE_HOTSTART].line > 0) TW_TRY(use_hotstart(inp));
    bool runs_off = inp->model->subcatchments.count > 0;
    if (inp->use[TW_FILE_RUNOFF].line > 0 && runs_off) TW_TRY(use_runoff(inp));
    if (inp->use[TW_FILE_INFLOWS].line > 0)
        TW_TRY(use_flows(inp, &inp->use[TW_FILE_INFLOWS], tw_interface_flows_read, &f->inflows));
    if (inp->use[TW_FILE_RDII].line > 0)
        TW_TRY(use_flows(inp, &inp->use[TW_FILE_RDII], tw_rdii_file_read, &f->rdii));
    return TW_OK;
}
