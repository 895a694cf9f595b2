/* The text report: rows and columns that people and scripts know from SWMM 5.2. */
#include "io/report.h"

#include "base/file.h"
#include "check.h"
#include "io/inp.h"
#include "model/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20 };

static const char path[] = "/tmp/thalweg-report-test.rpt";

static const char model_text[] =
    "[TITLE]\nA town\nby a river\n[OPTIONS]\nFLOW_UNITS CMS\nEND_TIME 2:00\n"
    "[RAINGAGES]\nG VOLUME 1:00 1 TIMESERIES T\n[TIMESERIES]\nT 0 1\n"
    "[SUBCATCHMENTS]\nS1 G J1 2.5 60 100 1 0\n[SUBAREAS]\nS1 .01 .1 0 0 0 OUTLET\n"
    "[INFILTRATION]\nS1 50 5 4 7 0\n"
    "[JUNCTIONS]\nJ1 12 3 0 0 20\n[STORAGE]\nW 11 4 0 FUNCTIONAL 0 0 100\n[OUTFALLS]\nO 10 FREE\n"
    "[CONDUITS]\nC1 J1 W 50 0.013 0 0\n[PUMPS]\nP1 W O p\n[CURVES]\np PUMP3 0 2 5 0\n"
    "[XSECTIONS]\nC1 CIRCULAR 1 0 0 0 2\n"
    "[CONTROLS]\nRULE stop\nIF NODE W DEPTH < 1\nTHEN PUMP P1 STATUS = OFF\n"
    "[DWF]\nJ1 FLOW 0.1\n[REPORT]\nINPUT YES\nCONTROLS YES\n";

static struct tw_model *make_model(const char *text)
{
    size_t size = strlen(text);
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size + 1);
    struct tw_model *model = NULL;
    assert_ok(tw_inp_read_text(copy, size, "report.inp", NULL, &model));
    free(copy);
    return model;
}

static void set_worst(struct tw_report_worst list[TW_REPORT_WORST], bool is_node, double value)
{
    list[0] = (struct tw_report_worst){.index = 0, .is_node = is_node, .value = value};
    list[1].index = -1;
}

static void set_totals(struct tw_report *r, const struct tw_model *m)
{
    r->start_day = r->report_start_day = m->options.start_day;
    r->end_day = m->options.end_day;
    r->report_step_s = 900.0;
    r->routing_step_s = 20.0;
    r->elapsed_s = r->summarized_s = 7200.0;
    r->begun = "Sun Nov 22 15:23:38 2026";
    r->ended = "Sun Nov 22 15:26:22 2026";
    r->wall_s = 164.0;
    r->catchment_area_m2 = 25000.0;
    r->rain_m3 = 2500.0;
    r->runoff_m3 = 1000.0;
    r->runoff_error_ratio = -0.0041;
    r->dry_weather_m3 = 720.0;
    r->outflow_m3 = 1234.5;
    r->routing_error_ratio = 0.00089;
    set_worst(r->balance_errors, true, 0.8715);
    set_worst(r->critical, false, 0.2986);
    set_worst(r->unstable, false, 71.0);
    r->unstable[0].index = 1;
    r->unconverged[0].index = -1;
    r->min_step_s = 0.5;
    r->mean_step_s = 4.321;
    r->max_step_s = 20.0;
    r->trials_per_step = 2.76;
    r->unconverged_ratio = 0.0819;
    r->step_bound_s[0] = 20.0;
    r->step_bound_s[1] = 9.564;
    r->step_share[0] = 0.75;
}

/* Values of one element (or three nodes, two links); what a table does not show stays 0. */
static const double zeros[3], one_node[3] = {1.5, 0.5, 0.25}, an_hour[3] = {3600.0, 0.0, 0.0};
static const double classes[2][TW_REPORT_FLOW_CLASSES] = {{0, 0, 0, 5400.0, 1800.0, 0, 0}, {0}};
static const double flows[2] = {1.5, 0.75}, full[2] = {2.0, 1.5}, ones[2] = {1.0, 1.0};
static double late[3]; /* 1 h 2 min after the start */

static const int32_t starts[1] = {3}, turns[2];
static const struct tw_report_subcatchments subcatchments_table = {
    .rain_mm = (const double[]){100.0},
    .runon_mm = zeros,
    .evaporation_mm = zeros,
    .infiltration_mm = one_node,
    .impervious_runoff_mm = one_node,
    .pervious_runoff_mm = zeros,
    .runoff_mm = (const double[]){40.0},
    .runoff_m3 = (const double[]){1000.0},
    .peak_m3s = one_node};

static const struct tw_report_nodes nodes_table = {.mean_depth_m = one_node,
                                                   .max_depth_m = (const double[]){3.2, 2.0, 1.0},
                                                   .max_depth_day = late,
                                                   .max_reported_depth_m = one_node,
                                                   .max_lateral_m3s = one_node,
                                                   .max_inflow_m3s = one_node,
                                                   .max_inflow_day = late,
                                                   .lateral_m3 = (const double[]){720.0, 0.0, 0.0},
                                                   .inflow_m3 =
                                                       (const double[]){720.0, 700.0, 690.0},
                                                   .left_m3 = (const double[]){720.0, 700.0, 690.0},
                                                   .balance_error_ratio = zeros,
                                                   .crown_depth_m = ones,
                                                   .surcharged_s = an_hour,
                                                   .flooded_s = (const double[]){1.0, 0.0, 0.0},
                                                   .max_flooding_m3s = one_node,
                                                   .max_flooding_day = late,
                                                   .flooded_m3 = (const double[]){12.0, 0.0, 0.0},
                                                   .max_ponded_m3 = zeros};

static const struct tw_report_storages storages_table = {.mean_m3 = (const double[]){100.0},
                                                         .max_m3 = (const double[]){200.0},
                                                         .max_day = late,
                                                         .full_m3 = (const double[]){400.0},
                                                         .max_outflow_m3s = one_node,
                                                         .evaporated_m3 = zeros,
                                                         .seeped_m3 = (const double[]){7.0},
                                                         .inflow_m3 = (const double[]){700.0}};

static const struct tw_report_outfalls outfalls_table = {.flowing_ratio = (const double[]){0.4724},
                                                         .mean_m3s = one_node,
                                                         .max_m3s = one_node,
                                                         .volume_m3 = (const double[]){690.0},
                                                         .system_max_m3s = 1.5};

static const struct tw_report_links links_table = {.max_flow_m3s = flows,
                                                   .max_flow_day = late,
                                                   .max_velocity_mps = (const double[]){61.0, 0.0},
                                                   .max_depth_m = (const double[]){0.84, 0.0},
                                                   .full_flow_m3s = full,
                                                   .length_ratio = ones,
                                                   .section_area_m2 =
                                                       (const double[]){0.785398, 0.0},
                                                   .section_radius_m = one_node,
                                                   .section_width_m = ones,
                                                   .class_s = classes,
                                                   .normal_limited_s = an_hour,
                                                   .inlet_controlled_s = zeros,
                                                   .both_full_s = zeros,
                                                   .upstream_full_s = an_hour,
                                                   .downstream_full_s = zeros,
                                                   .above_full_flow_s = zeros,
                                                   .capacity_limited_s = zeros,
                                                   .reversed_turns = turns};

static const struct tw_report_pumps pumps_table = {.on_s = an_hour,
                                                   .startups = starts,
                                                   .mean_m3s = one_node,
                                                   .max_m3s = one_node,
                                                   .volume_m3 = (const double[]){690.0},
                                                   .energy_kwh = one_node,
                                                   .below_curve_ratio = zeros,
                                                   .above_curve_ratio = zeros};

static void set_tables(struct tw_report *r, const struct tw_model *m)
{
    for (int i = 0; i < 3; i++)
        late[i] = m->options.start_day + 62.0 / 1440.0;
    r->subcatchments = subcatchments_table;
    r->nodes = nodes_table;
    r->storages = storages_table;
    r->outfalls = outfalls_table;
    r->links = links_table;
    r->pumps = pumps_table;
}

static char *write_and_read(const struct tw_report *report, const struct tw_model *model)
{
    char *text;
    assert_ok(tw_report_write(report, model, NULL, path));
    assert_ok(tw_file_read(path, MOST_BYTES, &text, NULL));
    remove(path);
    return text;
}

/* A whole line of the text, and the heading it comes after. */
static void assert_line(const char *text, const char *heading, const char *line)
{
    char expected[300];
    const char *at = text;
    if (heading != NULL) {
        snprintf(expected, sizeof expected, "*\n  %s\n  *", heading);
        const char *section = strstr(text, expected);
        if (section == NULL) fail_msg("no section %s", heading);
        if (section != NULL) at = section; /* always: a failure does not come here */
    }
    snprintf(expected, sizeof expected, "\n%s\n", line);
    if (strstr(at, expected) == NULL) fail_msg("no line\n%s\nin\n%s", line, at);
}

static void every_section_has_its_rows(void **state)
{
    (void)state;
    struct tw_model *m = make_model(model_text);
    struct tw_report_action action = {.day = m->options.start_day + 0.05, .link = 1};
    struct tw_report r = {.action = &action, .action_count = 1};
    set_totals(&r, m);
    set_tables(&r, m);
    char *t = write_and_read(&r, m);
    static const char *const rows[][2] = {
        {NULL, "  EPA STORM WATER MANAGEMENT MODEL - VERSION 5.2 (Build 5.2.4)"},
        {NULL, "  by a river "},
        {"Element Count", "  Number of links ........... 2"},
        {"Raingage Summary",
         "  G                    T                              VOLUME      60 min."},
        {"Subcatchment Summary",
         "  S1                         2.50    100.00     60.00    1.0000 G  "
         "                  J1                  "},
        {"Node Summary",
         "  J1                   JUNCTION             12.00      3.00      20.0    Yes"},
        {"Link Summary",
         "  C1               J1               W                CONDUIT           50.0    2.0004    "
         "0.0130"},
        {"Cross Section Summary",
         "  C1               CIRCULAR             1.00     0.79     1.50     1.00        2     "
         "1.00"},
        {"Analysis Options", "  Starting Date ............ 01/01/2004 00:00:00"},
        {"Analysis Options", "    Flow Routing ........... YES"},
        {"Analysis Options", "  Infiltration Method ...... HORTON"},
        {"Control Actions Taken",
         "   01/01/2004: 01:12:00 Link P1 setting changed to   0.00 by Control stop"},
        {NULL, "  Total Precipitation ......         0.250       100.000"},
        {NULL, "  Continuity Error (%) .....        -0.410"},
        {NULL, "  Dry Weather Inflow .......         0.072         0.720"},
        {NULL, "  Continuity Error (%) .....         0.089"},
        {"Highest Continuity Errors", "  Node J1 (87.15%)"},
        {"Time-Step Critical Elements", "  Link C1 (29.86%)"},
        {"Highest Flow Instability Indexes", "  Link P1 (71)"},
        {"Most Frequent Nonconverging Nodes", "  Convergence obtained at all time steps."},
        {"Routing Time Step Summary", "  Average Time Step           :     4.32 sec"},
        {"Routing Time Step Summary", "     20.000 -  9.564 sec      :    75.00 %"},
        {"Subcatchment Runoff Summary", "  S1                       100.00       0.00       0.00   "
                                        "    1.50       1.50       0.00  "
                                        "    40.00        1.00     1.50   0.400"},
        {"Node Depth Summary",
         "  J1                   JUNCTION     1.50     3.20    15.20     0  01:02        1.50"},
        {"Node Inflow Summary",
         "  W                    STORAGE      0.500    0.500     0  01:02    "
         "       0         0.7       0.000"},
        {"Node Surcharge Summary",
         "  J1                   JUNCTION        1.00          2.200        0.000"},
        {"Node Flooding Summary",
         "  J1                      0.01     1.500      0  01:02       0.012     0.200"},
        {"Storage Volume Summary",
         "  W                        0.100   25.0    0.0    1.0       0.200   50.0       0  01:02  "
         "    1.500"},
        {"Outfall Loading Summary",
         "  O                     47.24     1.500     1.500       0.690"},
        {"Link Flow Summary",
         "  C1                   CONDUIT     1.500     0  01:02    >50.00    0.75    0.84"},
        {"Link Flow Summary", "  P1                   PUMP        0.750     0  01:02              "
                              "0.50"},
        {"Flow Classification Summary",
         "  C1                      1.00   0.00  0.00  0.00  0.75  0.25  0.00  0.00  0.50  0.00"},
        {"Conduit Surcharge Summary",
         "  C1                          0.01      1.00      0.01      0.01         0.01"},
        {"Pumping Summary", "  P1                      50.00           3      0.00      1.50      "
                            "1.50     0.690      1.50    0.0    0.0"},
        {NULL, "  Total elapsed time: 00:02:44"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_line(t, rows[i][0], rows[i][1]);
    free(t);
    tw_inp_free(m);
}

static void what_did_not_happen_is_said_or_left_out(void **state)
{
    (void)state;
    struct tw_model *m = make_model(model_text);
    struct tw_report r = {0};
    set_totals(&r, m);
    set_tables(&r, m);
    r.unconverged[0].index = 0; /* the first node, to which SWMM is blind */
    r.unstable[0].index = r.critical[0].index = r.balance_errors[0].index = -1;
    r.nodes.surcharged_s = r.nodes.flooded_s = zeros;
    r.links.upstream_full_s = zeros;
    r.links.section_area_m2 = NULL;
    r.pumps.on_s = NULL;
    r.storages.mean_m3 = NULL;
    r.wall_s = 0.3;
    r.begun = NULL;
    char *t = write_and_read(&r, m);
    assert_line(t, "Highest Flow Instability Indexes", "  All links are stable.");
    assert_line(t, "Most Frequent Nonconverging Nodes",
                "  Convergence obtained at all time steps.");
    assert_line(t, "Time-Step Critical Elements", "  None");
    assert_line(t, "Node Surcharge Summary", "  No nodes were surcharged.");
    assert_line(t, "Node Flooding Summary", "  No nodes were flooded.");
    assert_line(t, "Conduit Surcharge Summary", "  No conduits were surcharged.");
    assert_line(t, NULL, "  Total elapsed time: < 1 sec");
    static const char *const absent[] = {"Pumping Summary", "Storage Volume Summary",
                                         "Control Act",     "Highest Continuity",
                                         "Cross Section",   "begun on"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (strstr(t, absent[i]) != NULL) fail_msg("%s is there", absent[i]);
    free(t);
    tw_inp_free(m);
}

/* SWMM takes the first link of a model for no link in this list. */
static void a_list_of_instability_that_begins_with_the_first_link_is_not_shown(void **state)
{
    (void)state;
    struct tw_model *m = make_model(model_text);
    struct tw_report r = {0};
    set_totals(&r, m);
    set_tables(&r, m);
    r.unstable[0].index = 0;
    char *t = write_and_read(&r, m);
    assert_line(t, "Highest Flow Instability Indexes", "  All links are stable.");
    free(t);
    tw_inp_free(m);
}

static const char processes_text[] =
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nEND_TIME 2:00\n"
    "[RAINGAGES]\nG VOLUME 1:00 1 TIMESERIES T\n[TIMESERIES]\nT 0 1\n"
    "[SUBCATCHMENTS]\nS1 G J1 5 50 100 1 0\n[SUBAREAS]\nS1 .01 .1 0 0 0 OUTLET\n"
    "[INFILTRATION]\nS1 3 .5 4 7 0\n"
    "[POLLUTANTS]\nTSS MG/L 5 0 0 0.25\nPb UG/L 0 0 0 0 NO TSS 0.2\nColi #/L 1 0 0 0\n"
    "[LANDUSES]\nURBAN 7 0.5 2\n"
    "[LID_CONTROLS]\nRG RG\nRG SURFACE 6 0 0 0 5\nRG SOIL 12 .5 .2 .1 .5 10 3.5\n"
    "RG STORAGE 0 .75 .5 0\n[LID_USAGE]\nS1 RG 100 50 10 0 25 0\n"
    "[AQUIFERS]\nA .5 .15 .3 .1 12 15 .35 14 .002 0 3 .3\n"
    "[GROUNDWATER]\nS1 A J1 6 .1 1 0 0 0 0 4\n"
    "[HYDROGRAPHS]\nU G\nU ALL SHORT .1 1 2\n[RDII]\nJ1 U 10\n"
    "[JUNCTIONS]\nJ1 12 3\n[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nC1 J1 O 50 0.013 0 0\n"
    "[STREETS]\nMain 20 .5 2 .016 0 0 2\n[XSECTIONS]\nC1 STREET Main\n"
    "[REPORT]\nINPUT YES\n";

static const struct tw_report_pollutant masses[3] = {
    {.buildup = 1.5, .practices = 0.5, .runoff = 0.9, .remaining = 0.1, .wet = 0.9, .outflow = 0.9},
    {.deposition = 2.0, .infiltration = 1.0, .runoff = 1.5, .dry = 3.0, .reacted = 3.0},
    {.deposition = 1e6, .runoff = 1e6, .wet = 1e6, .outflow = 1e6}};
static const double loads[3] = {0.9, 1.5, 1e6}, one[1] = {25.4};

static const struct tw_report_lids lids_table = {.inflow_mm = (const double[]){254.0},
                                                 .evaporation_mm = zeros,
                                                 .infiltration_mm = one,
                                                 .runoff_mm = one,
                                                 .drain_mm = zeros,
                                                 .initial_mm = zeros,
                                                 .final_mm = (const double[]){190.5}};
static const struct tw_report_grounds grounds_table = {.infiltration_mm = one,
                                                       .evaporation_mm = zeros,
                                                       .deep_mm = one,
                                                       .flow_mm = one,
                                                       .max_flow_m3s = zeros,
                                                       .mean_moisture_ratio = one_node,
                                                       .mean_table_m = (const double[]){0.3048},
                                                       .final_moisture_ratio = one_node,
                                                       .final_table_m = (const double[]){0.6096}};

/* The rows' form is that of SWMM 5.2.4's reports of the corpus. */
static void processes_have_their_sections(void **state)
{
    (void)state;
    struct tw_model *m = make_model(processes_text);
    struct tw_report r = {.sewershed_rain_m3 = 2000.0, .rdii_produced_m3 = 500.0};
    set_totals(&r, m);
    r.initial_surface_m3 = r.drained_m3 = 123.348183754752;
    r.ground_area_m2 = 25000.0;
    r.unstable[0].index = -1;
    r.ground_initial_m3 = 1233.48183754752;
    r.subcatchments = subcatchments_table;
    r.nodes = nodes_table;
    r.outfalls = outfalls_table;
    r.links = links_table;
    r.lids = lids_table;
    r.grounds = grounds_table;
    r.quality = (struct tw_report_quality){
        .pollutant = masses, .washoff = loads, .link = loads, .outfall = loads};
    char *t = write_and_read(&r, m);
    static const char *const rows[][2] = {
        {"Element Count", "  Number of pollutants ...... 3"},
        {"Pollutant Summary", "  TSS                   MG/L      5.00      0.00      0.25"},
        {"Pollutant Summary",
         "  Pb                    UG/L      0.00      0.00      0.00    TSS  (0.20)"},
        {"Landuse Summary", "  URBAN                      7.00      0.50      2.00"},
        {"LID Control Summary",
         "  S1               RG                 100       50.00       10.00  "
         "      2.30       25.00        0.00"},
        {"Street Summary", "  Street Main"},
        {"Analysis Options", "    RDII ................... YES"},
        {"Analysis Options", "    Groundwater ............ YES"},
        {"Analysis Options", "    Water Quality .......... YES"},
        {NULL, "  Sewershed Rainfall ......         1.621         0.528"},
        {NULL, "  RDII Ratio ..............         0.250"},
        {NULL, "  Initial LID Storage ......         0.100         0.194"},
        {NULL, "  LID Drainage .............         0.100         0.194"},
        {NULL, "  Runoff Quality Continuity            lbs           lbs          LogN"},
        {NULL, "  Surface Buildup ..........         1.500         0.000         0.000"},
        {NULL, "  Surface Runoff ...........         0.900         1.500         6.000"},
        {NULL, "  Continuity Error (%) .....         0.000       -25.000         0.000"},
        {NULL, "  Groundwater Continuity         acre-feet        inches"},
        {NULL, "  Initial Storage ..........         1.000         1.942"},
        {NULL, "  Quality Routing Continuity           lbs           lbs          LogN"},
        {NULL, "  Mass Reacted .............         0.000         3.000         0.000"},
        {"LID Performance Summary",
         "  S1                RG                   10.00      0.00      1.00      1.00      0.00"
         "      0.00      7.50        5.00"},
        {"Groundwater Summary",
         "  S1                       1.00     0.00     1.00     1.00     0.00"
         "     1.50     1.00     1.50     2.00"},
        {"Subcatchment Washoff Summary",
         "  S1                           0.900         1.500         6.000"},
        {"Outfall Loading Summary", "                         Freq      Flow      Flow      Volume"
                                    "           TSS            Pb          Coli"},
        {"Link Pollutant Load Summary",
         "  C1                           0.900         1.500         6.000"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_line(t, rows[i][0], rows[i][1]);
    free(t);
    tw_inp_free(m);
}

/* So SWMM: they are told, with loads of 0, but have no balances. */
static void pollutants_that_are_ignored_are_listed(void **state)
{
    (void)state;
    char text[sizeof processes_text + 100];
    (void)snprintf(text, sizeof text, "%s%s", processes_text, "[OPTIONS]\nIGNORE_QUALITY YES\n");
    struct tw_model *m = make_model(text);
    struct tw_report r = {.outfalls = outfalls_table, .links = links_table, .nodes = nodes_table};
    set_totals(&r, m);
    r.unstable[0].index = -1;
    char *t = write_and_read(&r, m);
    assert_line(t, "Element Count", "  Number of pollutants ...... 3");
    assert_line(t, "Landuse Summary", "  URBAN                      7.00      0.50      2.00");
    assert_line(t, "Analysis Options", "    Water Quality .......... NO");
    assert_line(t, "Outfall Loading Summary",
                "                         Freq      Flow      Flow      Volume"
                "           TSS            Pb          Coli");
    assert_null(strstr(t, "Quality Routing Continuity"));
    free(t);
    tw_inp_free(m);
}

/* So SWMM, too: the day is END_DATE, whatever END_TIME says. */
static void dates_of_the_report_are_those_of_the_file(void **state)
{
    (void)state;
    char text[sizeof model_text + 100];
    (void)snprintf(text, sizeof text, "%s%s", model_text,
                   "[OPTIONS]\nSTART_TIME 24:30\nEND_TIME 36:00\n");
    struct tw_model *m = make_model(text);
    struct tw_report r = {0};
    set_totals(&r, m);
    set_tables(&r, m);
    char *t = write_and_read(&r, m);
    assert_line(t, "Analysis Options", "  Starting Date ............ 01/01/2004 00:30:00");
    assert_line(t, "Analysis Options", "  Ending Date .............. 01/01/2004 12:00:00");
    free(t);
    r.end_day += 0.25; /* another end than the file's */
    t = write_and_read(&r, m);
    assert_line(t, "Analysis Options", "  Ending Date .............. 01/02/2004 18:00:00");
    free(t);
    tw_inp_free(m);
}

/* So SWMM. */
static void a_lid_unit_that_never_held_water_is_wholly_wrong(void **state)
{
    (void)state;
    struct tw_model *m = make_model(processes_text);
    struct tw_report r = {.lids = lids_table};
    set_totals(&r, m);
    r.unstable[0].index = -1;
    r.lids.inflow_mm = r.lids.infiltration_mm = r.lids.runoff_mm = r.lids.final_mm = zeros;
    char *t = write_and_read(&r, m);
    assert_line(
        t, "LID Performance Summary",
        "  S1                RG                    0.00      0.00      0.00      0.00      0.00"
        "      0.00      0.00      100.00");
    free(t);
    tw_inp_free(m);
}

/* An acre-foot is 1233.48 m3, 10^6 gallons are 3785.41 m3. */
static void customary_units_stand_in_customary_columns(void **state)
{
    (void)state;
    char text[sizeof model_text];
    memcpy(text, model_text, sizeof text);
    memcpy(strstr(text, "CMS"), "CFS", 3);
    struct tw_model *m = make_model(text);
    struct tw_report r = {0};
    set_totals(&r, m);
    set_tables(&r, m);
    r.outflow_m3 = 1233.48183754752;
    r.catchment_area_m2 = 10000.0;
    r.rain_m3 = 254.0;
    char *t = write_and_read(&r, m);
    assert_line(t, NULL, "  Flow Routing Continuity        acre-feet      10^6 gal");
    assert_line(t, NULL, "  External Outflow .........         1.000         0.326");
    assert_line(t, NULL, "  Total Precipitation ......         0.206         1.000");
    assert_line(t, "Link Flow Summary",
                "  P1                   PUMP        26.49     0  01:02              0.50");
    free(t);
    tw_inp_free(m);
}

static void warnings_of_the_file_stand_at_the_top(void **state)
{
    (void)state;
    char text[sizeof model_text + 40];
    snprintf(text, sizeof text, "[OPTIONS]\nDRY_DAYS\n%s", model_text);
    struct tw_model *m = make_model(text);
    struct tw_report r = {0};
    set_totals(&r, m);
    char *t = write_and_read(&r, m);
    assert_line(t, NULL, "  WARNING: option DRY_DAYS: has no value");
    assert_null(strstr(t, "Node Depth Summary")); /* no tables were given */
    free(t);
    tw_inp_free(m);
}

static void a_report_that_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    struct tw_model *m = make_model(model_text);
    struct tw_report r = {0};
    set_totals(&r, m);
    assert_status(tw_report_write(&r, m, NULL, "/no/such/folder/x.rpt"), TW_ERR_FILE);
    if (access("/dev/full", W_OK) == 0)
        assert_status(tw_report_write(&r, m, NULL, "/dev/full"), TW_ERR_FILE);
    tw_inp_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_section_has_its_rows),
        cmocka_unit_test(what_did_not_happen_is_said_or_left_out),
        cmocka_unit_test(a_list_of_instability_that_begins_with_the_first_link_is_not_shown),
        cmocka_unit_test(processes_have_their_sections),
        cmocka_unit_test(pollutants_that_are_ignored_are_listed),
        cmocka_unit_test(dates_of_the_report_are_those_of_the_file),
        cmocka_unit_test(a_lid_unit_that_never_held_water_is_wholly_wrong),
        cmocka_unit_test(customary_units_stand_in_customary_columns),
        cmocka_unit_test(warnings_of_the_file_stand_at_the_top),
        cmocka_unit_test(a_report_that_cannot_be_written_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
