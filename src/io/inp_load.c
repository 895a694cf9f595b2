/* Files that an input file names. */
#include "base/file.h"
#include "io/inp_reader.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BYTES = 1 << 30 };

/* Names are relative to the model's folder, and may be written as on Windows. */
static bool place_of(const struct tw_inp *inp, const char *name, char *out)
{
    const char *slash = strrchr(inp->path, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - inp->path) + 1;
    int length = snprintf(out, TW_INP_PATH, "%.*s%s", folder, inp->path, name);
    if (length < 0 || length >= TW_INP_PATH) return false;
    for (char *c = out + folder; *c != '\0'; c++)
        if (*c == '\\') *c = '/';
    return true;
}

tw_status tw_inp_load(struct tw_inp *inp, const struct tw_inp_row *row, int i, char *out_path,
                      char **out_text, size_t *out_size)
{
    char *text = NULL;
    size_t size = 0;
    tw_status status = TW_ERR_FILE;
    *out_text = NULL;
    if (place_of(inp, tw_inp_word(inp, row, i), out_path))
        status = tw_file_read(out_path, MOST_BYTES, &text, &size);
    if (status == TW_ERR_NOMEM) return status;
    if (status != TW_OK) {
        const char *number = row->section == TW_SECTION_TIMESERIES ? TW_SWMM_ERROR("361") : "";
        if (row->section == TW_SECTION_RAINGAGES) number = TW_SWMM_ERROR("317");
        if (row->section == TW_SECTION_TEMPERATURE) number = TW_SWMM_ERROR("337");
        tw_inp_fault(inp, row, "its file \"%s\" cannot be read%s", tw_inp_word(inp, row, i),
                     number);
        return TW_OK;
    }
    inp->model->digest = tw_inp_digest(inp->model->digest, text, size);
    static const char mark[] = "\xEF\xBB\xBF"; /* that some editors put first */
    if (size >= 3 && memcmp(text, mark, 3) == 0) memset(text, ' ', 3);
    *out_text = text;
    *out_size = size;
    return TW_OK;
}

tw_status tw_inp_load_named(struct tw_inp *inp, const struct tw_inp_file *file, char *out_path,
                            char **out_text, size_t *out_size)
{
    static const char *const number[TW_FILE_KINDS] = {TW_SWMM_ERROR("315"), TW_SWMM_ERROR("323"),
                                                      TW_SWMM_ERROR("331"), TW_SWMM_ERROR("343"),
                                                      TW_SWMM_ERROR("351"), ""};
    tw_status status = TW_ERR_FILE;
    *out_text = NULL;
    if (place_of(inp, file->name, out_path))
        status = tw_file_read(out_path, MOST_BYTES, out_text, out_size);
    if (status == TW_ERR_NOMEM) return status;
    if (status != TW_OK) {
        *out_text = NULL;
        tw_faults_add(inp->faults, inp->path, (int)file->line, "file \"%s\" cannot be read%s",
                      file->name, number[file - inp->use]);
        return TW_OK;
    }
    inp->model->digest = tw_inp_digest(inp->model->digest, *out_text, *out_size);
    return TW_OK;
}

tw_status tw_inp_place(struct tw_inp *inp, const char *name, const char **out_path)
{
    char path[TW_INP_PATH];
    *out_path = NULL;
    if (!place_of(inp, name, path)) return TW_OK;
    *out_path = tw_arena_text(&inp->model->arena, path, strlen(path));
    return *out_path != NULL ? TW_OK : TW_ERR_NOMEM;
}

int tw_inp_cut(char *line, char *word[], int most)
{
    int count = 0;
    char *at = line;
    while (count < most) {
        at += strspn(at, " \t\r");
        if (*at == '\0' || *at == ';') return count;
        word[count++] = at;
        at += strcspn(at, " \t\r");
        if (*at != '\0') *at++ = '\0';
    }
    return count;
}

/* FNV-1a. */
uint64_t tw_inp_digest(uint64_t digest, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ (unsigned char)text[i]) * 1099511628211u;
    return digest;
}
