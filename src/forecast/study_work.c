#include "forecast/study_work.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void tw_work_write(int32_t first, int32_t count, char out[TW_WORK_SIZE])
{
    (void)snprintf(out, TW_WORK_SIZE, "members %d %d", first, count);
}

tw_status tw_work_read(const void *bytes, size_t size, struct tw_study_part *out_part)
{
    char text[TW_WORK_SIZE];
    if (size >= sizeof text) return TW_ERR_FORMAT;
    memcpy(text, bytes, size);
    text[size] = '\0';
    char *first = strchr(text, ' '), *count = first == NULL ? NULL : strchr(first + 1, ' ');
    if (count == NULL) return TW_ERR_FORMAT;
    *first++ = '\0';
    *count++ = '\0';
    if (strcmp(text, "members") != 0) return TW_ERR_FORMAT;
    TW_TRY(tw_text_int(first, &out_part->first));
    return tw_text_int(count, &out_part->count);
}

size_t tw_work_values_size(const struct tw_study *study, int32_t members)
{
    return (size_t)members * (size_t)tw_study_times(study) * (size_t)study->watch_count *
           sizeof(double);
}

tw_status tw_work_model_read(const struct tw_study *study, tw_faults *faults, tw_model **out_model)
{
    const char *temporary = getenv("TMPDIR");
    char folder[400], path[sizeof folder + sizeof "/model.inp"];
    (void)snprintf(folder, sizeof folder, "%.380s/thalweg-XXXXXX",
                   temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (mkdtemp(folder) == NULL) return TW_ERR_FILE;
    (void)snprintf(path, sizeof path, "%s/model.inp", folder);
    tw_outfile *file = NULL;
    tw_status status = tw_outfile_open(path, &file);
    if (status == TW_OK) {
        (void)tw_outfile_write(file, study->model, study->model_size);
        status = tw_outfile_commit(file); /* tells of a write that failed, too */
    }
    if (status == TW_OK) status = tw_model_read(path, faults, out_model);
    (void)unlink(path);
    (void)rmdir(folder);
    return status;
}
