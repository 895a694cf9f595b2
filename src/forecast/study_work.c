#include "forecast/study_work.h"

#include <errno.h>
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

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
    return true;
}

tw_status tw_work_model_read(const struct tw_study *study, tw_faults *faults, tw_model **out_model)
{
    const char *temporary = getenv("TMPDIR");
    char folder[400], path[sizeof folder + sizeof "/model.inp"];
    (void)snprintf(folder, sizeof folder, "%.380s/thalweg-XXXXXX",
                   temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (mkdtemp(folder) == NULL) return TW_ERR_FILE;
    (void)snprintf(path, sizeof path, "%s/model.inp", folder);
    FILE *file = fopen(path, "wb");
    tw_status status = TW_ERR_FILE;
    if (file != NULL) {
        bool written = write_all(fileno(file), study->model, study->model_size);
        if (fclose(file) == 0 && written) status = tw_model_read(path, faults, out_model);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    return status;
}
