/* The whole API on a page: two futures of one city, from one present.
 *
 *   cc -std=c17 twin.c -lthalweg -lm -lpthread && ./a.out model.inp NODE                        */
#include <thalweg/thalweg.h>

#include <stdio.h>
#include <stdlib.h>

static int complain(const tw_faults *faults, tw_status status)
{
    char line[512];
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        tw_fault_format(&fault, line, sizeof line);
        (void)fprintf(stderr, "%s\n", line);
    }
    (void)fprintf(stderr, "twin: %s\n", tw_status_text(status));
    return 3;
}

/* Rain of a given strength on every gage for an hour; the depth at the node each ten minutes. */
static tw_status futures(tw_run *run, const tw_model *model, tw_node_id node, double rain_mmh)
{
    for (int32_t i = 0; i < tw_model_gage_count(model); i++) {
        TW_TRY(tw_run_set_gage_rain(run, (tw_gage_id){i}, rain_mmh));
    }
    double from_s = tw_run_elapsed_s(run);
    for (int minute = 10; minute <= 60; minute += 10) {
        TW_TRY(tw_run_advance(run, from_s + 60.0 * minute));
        printf("%5.0f mm/h  +%2d min  %.3f m\n", rain_mmh, minute, tw_run_node_depth_m(run, node));
    }
    return TW_OK;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: twin MODEL.inp NODE\n");
        return 2;
    }
    tw_faults *faults = NULL;
    tw_model *model = NULL;
    tw_run *present = NULL, *other = NULL;
    tw_node_id node;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.outer_rain = true;

    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = tw_model_read(argv[1], faults, &model);
    if (status == TW_OK) status = tw_model_node_find(model, argv[2], &node);
    if (status == TW_OK) status = tw_run_create(model, &options, &present);
    if (status == TW_OK) status = tw_run_create(model, &options, &other);
    if (status == TW_OK) status = tw_run_advance(present, 3600.0); /* an hour of dry weather */
    if (status == TW_OK) status = tw_run_copy_state(other, present);
    if (status == TW_OK) status = futures(present, model, node, 10.0);
    if (status == TW_OK) status = futures(other, model, node, 80.0);
    int code = status == TW_OK ? 0 : complain(faults, status);

    tw_run_destroy(other);
    tw_run_destroy(present);
    tw_model_destroy(model);
    tw_faults_destroy(faults);
    return code;
}
