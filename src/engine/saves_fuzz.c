/* Hot start, interface, RDII, rain and runoff interface files of any bytes: a model of them runs, or
 * says what is wrong. */
#include "base/require.h"
#include "fuzz.h"
#include "thalweg/thalweg.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS CMS\nEND_TIME 0:10\nREPORT_STEP 0:01\nWET_STEP 0:01\nROUTING_STEP 5\n"
    "[FILES]\nUSE %s /proc/self/fd/%d\n"
    "[RAINGAGES]\nG INTENSITY 0:10 1 %s\n[HYDROGRAPHS]\nU G\nU All Short 0.1 0.1 2\n[RDII]\nA U 5\n"
    "[SUBCATCHMENTS]\nS G A 3 60 150 1 0\n[SUBAREAS]\nS 0.012 0.1 1 3 25 OUTLET\n"
    "[INFILTRATION]\nS 60 10 4 7 0\n[POLLUTANTS]\nP MG/L 5 0 0 0 NO * 0 20 0\n"
    "[JUNCTIONS]\nA 12 3\n[STORAGE]\nT 10 4 0.5 FUNCTIONAL 200 0 0\n[OUTFALLS]\nO 9 FREE\n"
    "[CONDUITS]\nAT A T 100 0.013 0 0\n[ORIFICES]\nTO T O SIDE 0 0.65 NO 0\n"
    "[XSECTIONS]\nAT CIRCULAR 1 0 0 0\nTO CIRCULAR 0.3 0 0 0\n"
    "[TIMESERIES]\nR 0:00 40\nR 0:10 0\n";

static int memory_file(const void *bytes, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0) return -1;
    if (write(fd, bytes, size) == (ssize_t)size) return fd;
    close(fd);
    return -1;
}

static void read_and_run(const char *path)
{
    tw_faults *faults = NULL;
    tw_model *model = NULL;
    tw_run *run = NULL;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    if (tw_faults_create(0, &faults) != TW_OK) return;
    tw_status status = tw_model_read(path, faults, &model);
    TW_REQUIRE((status == TW_OK) == (tw_faults_count(faults) == 0));
    if (status == TW_OK) status = tw_run_create(model, &options, &run);
    for (int k = 0; status == TW_OK && k < 20 && !tw_run_finished(run); k++)
        status = tw_run_step(run);
    tw_run_destroy(run);
    tw_model_destroy(model);
    tw_faults_destroy(faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    char text[sizeof model_text + 64], path[64];
    int fd = memory_file(data + 1, size - 1);
    if (fd < 0) return 0;
    static const char *const kinds[] = {"HOTSTART", "INFLOWS", "RDII", "RAINFALL", "RUNOFF"};
    int kind = data[0] % 5;
    const char *source = kind == 3 ? "FILE none.dat ST1 MM" : "TIMESERIES R";
    int length = snprintf(text, sizeof text, model_text, kinds[kind], fd, source);
    int model_fd = memory_file(text, (size_t)length);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", model_fd);
    if (model_fd >= 0) {
        read_and_run(path);
        close(model_fd);
    }
    close(fd);
    return 0;
}
