#include "synth/network.h"

#include "synth/put.h"
#include "synth/storms.h"

#include <math.h>

struct tw_utm tw_city_origin(void)
{
    struct tw_utm origin = tw_utm_from_lonlat(48, (struct tw_lonlat){106.55, 29.56});
    origin.east_m = 10.0 * floor(origin.east_m / 10.0 + 0.5);
    origin.north_m = 10.0 * floor(origin.north_m / 10.0 + 0.5);
    return origin;
}

static const char *const section_kinds[] = {
    [TW_SECTION_NONE] = "DUMMY",
    [TW_SECTION_CIRCULAR] = "CIRCULAR",
    [TW_SECTION_RECT_CLOSED] = "RECT_CLOSED",
    [TW_SECTION_RECT_OPEN] = "RECT_OPEN",
    [TW_SECTION_TRAPEZOIDAL] = "TRAPEZOIDAL",
    [TW_SECTION_CUSTOM] = "CUSTOM",
};

/* A section's heading: its name and the names of its columns. */
static void section(tw_outfile *file, const char *name, const char *columns)
{
    (void)tw_outfile_printf(file, "\n[%s]\n%s%s%s", name, columns[0] != '\0' ? ";;" : "", columns,
                            columns[0] != '\0' ? "\n" : "");
}

static void write_options(const struct tw_city *city, tw_outfile *file)
{
    (void)tw_outfile_printf(file,
                            "[TITLE]\n"
                            ";; A made city in the manner of Chongqing: nothing in it is real.\n"
                            ";; thalweg synth: %d nodes, %d links, seed %llu. Coordinates: "
                            "EPSG:32648 (WGS 84 / UTM 48N).\n"
                            "Made city of %d nodes, seed %llu\n"
                            "\n[OPTIONS]\n"
                            "FLOW_UNITS           CMS\n"
                            "INFILTRATION         HORTON\n"
                            "FLOW_ROUTING         DYNWAVE\n"
                            "LINK_OFFSETS         DEPTH\n"
                            "MIN_SLOPE            0\n"
                            "ALLOW_PONDING        YES\n"
                            "SKIP_STEADY_STATE    NO\n"
                            "START_DATE           07/01/2031\n"
                            "START_TIME           13:00:00\n"
                            "REPORT_START_DATE    07/01/2031\n"
                            "REPORT_START_TIME    13:00:00\n"
                            "END_DATE             07/01/2031\n"
                            "END_TIME             20:00:00\n"
                            "SWEEP_START          01/01\n"
                            "SWEEP_END            12/31\n"
                            "DRY_DAYS             3\n"
                            "REPORT_STEP          00:05:00\n"
                            "WET_STEP             00:01:00\n"
                            "DRY_STEP             00:05:00\n"
                            "ROUTING_STEP         5\n"
                            "RULE_STEP            00:00:00\n"
                            "INERTIAL_DAMPING     PARTIAL\n"
                            "NORMAL_FLOW_LIMITED  BOTH\n"
                            "FORCE_MAIN_EQUATION  H-W\n"
                            "SURCHARGE_METHOD     EXTRAN\n"
                            "VARIABLE_STEP        0.75\n"
                            "LENGTHENING_STEP     0\n"
                            "MIN_SURFAREA         4.0\n"
                            "MAX_TRIALS           8\n"
                            "HEAD_TOLERANCE       0.0015\n"
                            "SYS_FLOW_TOL         5\n"
                            "LAT_FLOW_TOL         5\n"
                            "MINIMUM_STEP         0.5\n"
                            "THREADS              1\n"
                            "\n[EVAPORATION]\n"
                            "CONSTANT             0.0\n"
                            "DRY_ONLY             NO\n",
                            city->rows.node_count, city->rows.link_count,
                            (unsigned long long)city->seed, city->rows.node_count,
                            (unsigned long long)city->seed);
}

static void write_gages(const struct tw_city *city, tw_outfile *file)
{
    section(file, "RAINGAGES", "Name  Format  Interval  SCF  Source");
    for (int32_t g = 0; g < city->gage_count; g++)
        (void)tw_outfile_printf(file, "RG%02d  VOLUME  0:01  1.0  TIMESERIES TS_RG%02d\n", g + 1,
                                g + 1);
}

static void write_basins(const struct tw_city *city, tw_outfile *file)
{
    const struct tw_rows *rows = &city->rows;
    section(file, "SUBCATCHMENTS", "Name  Gage  Outlet  Area  %Imperv  Width  %Slope  CurbLen");
    for (int32_t b = 0; b < rows->basin_count; b++) {
        const struct tw_basin_row *basin = &rows->basin[b];
        (void)tw_outfile_printf(file, "B%0*d RG%02d ", rows->digits, basin->site + 1,
                                basin->gage + 1);
        tw_put_text(file, rows->node[basin->node].name, 10);
        tw_put_number(file, basin->area_m2 * 1e-4, 4, 8);
        tw_put_number(file, 100.0 * basin->impervious, 1, 6);
        tw_put_number(file, basin->width_m, 1, 7);
        tw_put_number(file, 100.0 * basin->slope, 1, 6);
        tw_put_text(file, "0\n", 0);
    }
    section(file, "SUBAREAS", "Name  N-Imperv  N-Perv  S-Imperv  S-Perv  PctZero  RouteTo");
    for (int32_t b = 0; b < rows->basin_count; b++)
        (void)tw_outfile_printf(file, "B%0*d 0.014 0.15 1.2 4.0 25 OUTLET\n", rows->digits,
                                rows->basin[b].site + 1);
    section(file, "INFILTRATION", "Name  MaxRate  MinRate  Decay  DryTime  MaxInfil");
    for (int32_t b = 0; b < rows->basin_count; b++)
        (void)tw_outfile_printf(file, "B%0*d 55 6 3.5 5 0\n", rows->digits,
                                rows->basin[b].site + 1);
}

static void write_junctions(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "JUNCTIONS", "Name  Elevation  MaxDepth  InitDepth  SurDepth  Aponded");
    for (int32_t i = 0; i < rows->node_count; i++) {
        const struct tw_node_row *node = &rows->node[i];
        if (node->kind != TW_ROW_JUNCTION) continue;
        tw_put_text(file, node->name, 10);
        tw_put_number(file, node->invert_m, 3, 9);
        tw_put_number(file, node->ground_m - node->invert_m, 3, 8);
        tw_put_text(file, "0 0", 5);
        tw_put_number(file, node->ponded_m2, 0, 0);
        tw_put_end(file);
    }
}

static void write_outfalls(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "OUTFALLS", "Name  Elevation  Type  Stage  Gated");
    for (int32_t i = 0; i < rows->node_count; i++) {
        const struct tw_node_row *node = &rows->node[i];
        if (node->kind != TW_ROW_OUTFALL) continue;
        bool fixed = node->stage_m > node->invert_m;
        tw_put_text(file, node->name, 10);
        tw_put_number(file, node->invert_m, 3, 9);
        tw_put_text(file, fixed ? "FIXED" : "FREE", 7);
        if (fixed) tw_put_number(file, node->stage_m, 2, 8);
        tw_put_text(file, node->gated ? "YES\n" : "NO\n", 0);
    }
}

static void write_storages(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "STORAGE",
            "Name  Elev  MaxDepth  InitDepth  Shape  Curve/Params  SurDepth  Fevap");
    for (int32_t i = 0; i < rows->node_count; i++) {
        const struct tw_node_row *node = &rows->node[i];
        if (node->kind != TW_ROW_STORAGE) continue;
        tw_put_text(file, node->name, 10);
        tw_put_number(file, node->invert_m, 3, 9);
        tw_put_number(file, node->ground_m - node->invert_m, 3, 8);
        tw_put_number(file, node->start_m, 2, 6);
        if (node->curve >= 0) {
            (void)tw_outfile_printf(file, "TABULAR %s", rows->curve[node->curve].name);
        } else {
            tw_put_text(file, "FUNCTIONAL 0 0 ", 0);
            tw_put_number(file, node->area_m2, 1, 0);
        }
        tw_put_text(file, " 0 0\n", 0);
    }
}

static void write_conduits(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "CONDUITS", "Name  From  To  Length  Roughness  InOffset  OutOffset  InitFlow");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_CONDUIT) continue;
        tw_put_text(file, link->name, 12);
        tw_put_text(file, rows->node[link->from].name, 10);
        tw_put_text(file, rows->node[link->to].name, 10);
        tw_put_number(file, link->length_m, 2, 8);
        tw_put_number(file, link->section.roughness, 3, 6);
        tw_put_number(file, link->up_m - rows->node[link->from].invert_m, 3, 7);
        tw_put_number(file, link->down_m - rows->node[link->to].invert_m, 3, 7);
        tw_put_text(file, "0\n", 0);
    }
}

static void write_pumps(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "PUMPS", "Name  From  To  Curve  Status  Startup  Shutoff");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_PUMP) continue;
        (void)tw_outfile_printf(file, "%s %s %s %s ON ", link->name, rows->node[link->from].name,
                                rows->node[link->to].name, rows->curve[link->curve].name);
        tw_put_number(file, link->start_m, 2, 6);
        tw_put_number(file, link->stop_m, 2, 0);
        tw_put_end(file);
    }
}

static void write_orifices(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "ORIFICES", "Name  From  To  Type  Offset  Qcoeff  Gated  CloseTime");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_ORIFICE) continue;
        (void)tw_outfile_printf(file, "%s %s %s SIDE ", link->name, rows->node[link->from].name,
                                rows->node[link->to].name);
        tw_put_number(file, link->up_m - rows->node[link->from].invert_m, 3, 7);
        tw_put_number(file, link->coefficient, 2, 6);
        tw_put_text(file, link->gated ? "YES" : "NO", 5);
        tw_put_number(file, link->close_h, 2, 0);
        tw_put_end(file);
    }
}

static void write_weirs(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "WEIRS",
            "Name  From  To  Type  Crest  Qcoeff  Gated  EndCon  EndCoeff  Surcharge");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_WEIR) continue;
        (void)tw_outfile_printf(file, "%s %s %s %s ", link->name, rows->node[link->from].name,
                                rows->node[link->to].name, link->side ? "SIDEFLOW" : "TRANSVERSE");
        tw_put_number(file, link->up_m - rows->node[link->from].invert_m, 3, 7);
        tw_put_number(file, link->coefficient, 2, 6);
        (void)tw_outfile_printf(file, "%s 0 0 YES\n", link->gated ? "YES" : "NO");
    }
}

static void write_outlets(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "OUTLETS", "Name  From  To  Offset  Type  Curve  Gated");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_OUTLET) continue;
        (void)tw_outfile_printf(file, "%s %s %s ", link->name, rows->node[link->from].name,
                                rows->node[link->to].name);
        tw_put_number(file, link->up_m - rows->node[link->from].invert_m, 3, 7);
        (void)tw_outfile_printf(file, "TABULAR/DEPTH %s NO\n", rows->curve[link->curve].name);
    }
}

static void write_sections(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "XSECTIONS", "Link  Shape  Geom1  Geom2  Geom3  Geom4  Barrels");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        const struct tw_section *s = &link->section;
        if (link->kind == TW_ROW_PUMP || link->kind == TW_ROW_OUTLET) continue;
        tw_put_text(file, link->name, 12);
        tw_put_text(file, section_kinds[s->kind], 12);
        tw_put_number(file, s->height_m, 3, 7);
        if (s->kind == TW_SECTION_CUSTOM) {
            tw_put_text(file, "VAULT", 7);
        } else {
            tw_put_number(file, s->kind == TW_SECTION_CIRCULAR ? 0.0 : s->width_m, 3, 7);
        }
        tw_put_number(file, s->side_slope, 1, 4);
        tw_put_number(file, s->side_slope, 1, 4);
        tw_put_text(file, link->kind == TW_ROW_CONDUIT ? "1\n" : "\n", 0);
    }
    section(file, "LOSSES", "Link  Kentry  Kexit  Kavg  FlapGate  Seepage");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->kind != TW_ROW_CONDUIT || link->entry_loss + link->exit_loss <= 0.0) continue;
        tw_put_text(file, link->name, 12);
        tw_put_number(file, link->entry_loss, 1, 4);
        tw_put_number(file, link->exit_loss, 1, 4);
        tw_put_text(file, "0 NO 0\n", 0);
    }
}

static void write_dry_weather(const struct tw_rows *rows, tw_outfile *file)
{
    static const char *const pattern[] = {
        [TW_PATTERN_HOMES] = "HOMES", [TW_PATTERN_OFFICES] = "OFFICES"};
    section(file, "DWF", "Node  Constituent  Baseline  Pattern");
    for (int32_t i = 0; i < rows->node_count; i++) {
        const struct tw_node_row *node = &rows->node[i];
        if (!(node->dry_m3s > 0.0)) continue;
        tw_put_text(file, node->name, 10);
        tw_put_text(file, "FLOW ", 0);
        tw_put_number(file, node->dry_m3s, 6, 10);
        (void)tw_outfile_printf(file, "\"%s\"\n", pattern[node->pattern]);
    }
    section(file, "PATTERNS", "Name  Type  Multipliers");
    tw_put_text(file,
                "HOMES    HOURLY  0.55 0.42 0.35 0.32 0.36 0.58\n"
                "HOMES            1.05 1.42 1.38 1.16 1.05 1.12\n"
                "HOMES            1.28 1.14 0.98 0.94 0.99 1.12\n"
                "HOMES            1.36 1.55 1.58 1.42 1.08 0.80\n"
                "OFFICES  HOURLY  0.25 0.22 0.20 0.20 0.25 0.40\n"
                "OFFICES          0.70 1.10 1.55 1.75 1.80 1.80\n"
                "OFFICES          1.65 1.55 1.60 1.65 1.60 1.45\n"
                "OFFICES          1.20 1.00 0.80 0.60 0.40 0.28\n",
                0);
}

static void write_curves(const struct tw_rows *rows, tw_outfile *file)
{
    section(file, "CURVES", "Name  Type  X  Y");
    for (int32_t c = 0; c < rows->curve_count; c++) {
        const struct tw_curve_row *curve = &rows->curve[c];
        for (int32_t k = 0; k < curve->count; k++) {
            tw_put_text(file, curve->name, 12);
            tw_put_text(file, k == 0 ? curve->kind : "", 9);
            tw_put_number(file, curve->x[k], 3, 9);
            tw_put_number(file, curve->y[k], 4, 0);
            tw_put_end(file);
        }
    }
    for (int k = 0; k <= TW_VAULT_STEPS; k++) {
        tw_put_text(file, "VAULT", 12);
        tw_put_text(file, k == 0 ? "SHAPE" : "", 9);
        tw_put_number(file, (double)k / TW_VAULT_STEPS, 3, 9);
        tw_put_number(file, tw_section_vault(k), 4, 0);
        tw_put_end(file);
    }
}

/* The default storm; a row's rain falls in the minute that begins at its time. */
static void write_rain(const struct tw_city *city, tw_outfile *file)
{
    struct tw_storm_over over = tw_storm_lay(city, tw_storm_get(TW_STORM_DEFAULT));
    section(file, "TIMESERIES", "Name  Date  Time  mm");
    for (int32_t g = 0; g < city->gage_count; g++)
        for (int32_t minute = 1; minute <= over.minutes; minute++) {
            int32_t um = tw_storm_minute_um(&over, g, minute);
            int32_t begin = 14 * 60 + minute - 1;
            if (um == 0) continue;
            (void)tw_outfile_printf(file, "TS_RG%02d 07/01/2031 %02d:%02d %d.%03d\n", g + 1,
                                    begin / 60, begin % 60, um / 1000, um % 1000);
        }
}

static void put_place(tw_outfile *file, struct tw_utm origin, double x_m, double y_m)
{
    tw_put_number(file, origin.east_m + x_m, 1, 10);
    tw_put_number(file, origin.north_m + y_m, 1, 0);
    tw_put_end(file);
}

static void write_vertices(const struct tw_rows *rows, struct tw_utm origin, tw_outfile *file)
{
    section(file, "VERTICES", "Link  X  Y");
    for (int32_t l = 0; l < rows->link_count; l++) {
        const struct tw_link_row *link = &rows->link[l];
        if (link->bend_m < 2.0 && link->bend_m > -2.0) continue;
        const struct tw_node_row *a = &rows->node[link->from], *b = &rows->node[link->to];
        double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m, chord_m = sqrt(dx * dx + dy * dy);
        tw_put_text(file, link->name, 12);
        put_place(file, origin, 0.5 * (a->x_m + b->x_m) - link->bend_m * dy / chord_m,
                  0.5 * (a->y_m + b->y_m) + link->bend_m * dx / chord_m);
    }
}

static void write_map(const struct tw_city *city, tw_outfile *file)
{
    const struct tw_rows *rows = &city->rows;
    struct tw_utm origin = tw_city_origin();
    section(file, "COORDINATES", "Node  X  Y");
    for (int32_t i = 0; i < rows->node_count; i++) {
        tw_put_text(file, rows->node[i].name, 10);
        put_place(file, origin, rows->node[i].x_m, rows->node[i].y_m);
    }
    write_vertices(rows, origin, file);
    section(file, "POLYGONS", "Subcatchment  X  Y");
    for (int32_t b = 0; b < rows->basin_count; b++) {
        double xy[8];
        char name[TW_ROW_NAME];
        tw_row_name(name, "B", rows->digits, rows->basin[b].site + 1);
        tw_lattice_corners(&city->lattice, city->sites.cell[rows->basin[b].site], xy);
        for (int k = 0; k < 4; k++) {
            tw_put_text(file, name, 10);
            put_place(file, origin, xy[2 * k], xy[2 * k + 1]);
        }
    }
    section(file, "SYMBOLS", "Gage  X  Y");
    for (int32_t g = 0; g < city->gage_count; g++) {
        (void)tw_outfile_printf(file, "RG%02d ", g + 1);
        put_place(file, origin, city->gage_x_m[g], city->gage_y_m[g]);
    }
}

void tw_network_write(const struct tw_city *city, tw_outfile *file)
{
    const struct tw_rows *rows = &city->rows;
    write_options(city, file);
    write_gages(city, file);
    write_basins(city, file);
    write_junctions(rows, file);
    write_outfalls(rows, file);
    write_storages(rows, file);
    write_conduits(rows, file);
    write_pumps(rows, file);
    write_orifices(rows, file);
    write_weirs(rows, file);
    write_outlets(rows, file);
    write_sections(rows, file);
    section(file, "CONTROLS", "");
    tw_put_text(file, tw_strbuf_get(&rows->rules), 0);
    write_dry_weather(rows, file);
    write_curves(rows, file);
    write_rain(city, file);
    section(file, "REPORT", "");
    tw_put_text(file, "INPUT NO\nCONTROLS NO\nSUBCATCHMENTS ALL\nNODES ALL\nLINKS ALL\n", 0);
    write_map(city, file);
}
