/* What is watched at a made plant: units, equipment, chemicals, tags, as plants/NAME.ini has them. */
#include "synth/folder.h"

#include "synth/put.h"

#include <stdio.h>

/* What a plant of any size has. */
static const char units[] = "[unit INLET]\ntitle_zh = 进水泵房\ntitle_en = Inlet works\n"
                            "[unit ANA]\ntitle_zh = 厌氧池\ntitle_en = Anaerobic tank\n"
                            "[unit ANO]\ntitle_zh = 缺氧池\ntitle_en = Anoxic tank\n"
                            "[unit AER]\ntitle_zh = 好氧池\ntitle_en = Aerobic tank\n"
                            "[unit BLOW]\ntitle_zh = 鼓风机房\ntitle_en = Blower house\n"
                            "[unit SET]\ntitle_zh = 二沉池\ntitle_en = Secondary settler\n"
                            "[unit DOSE]\ntitle_zh = 加药间\ntitle_en = Dosing room\n"
                            "[unit UVR]\ntitle_zh = 紫外消毒渠\ntitle_en = UV channel\n"
                            "[unit SLUDGE]\ntitle_zh = 脱水机房\ntitle_en = Dewatering\n";

static const char others[] =
    "[machine SCREEN1]\ntitle_zh = 格栅\ntitle_en = Screen\nat = INLET\nrated_kw = 1.5\n"
    "[machine MIX1]\ntitle_zh = 厌氧搅拌器\ntitle_en = Anaerobic mixer\nat = ANA\nrated_kw = 2.2\n"
    "[machine MIX2]\ntitle_zh = 缺氧搅拌器\ntitle_en = Anoxic mixer\nat = ANO\nrated_kw = 2.2\n"
    "[machine SCRAPER1]\ntitle_zh = 刮泥机\ntitle_en = Scraper\nat = SET\nrated_kw = 0.75\n"
    "[machine UV1]\ntitle_zh = 紫外灯组\ntitle_en = UV lamps\nat = UVR\nrated_kw = 6\n"
    "[machine PRESS1]\ntitle_zh = 脱水机\ntitle_en = Sludge press\nat = SLUDGE\nrated_kw = 11\n"
    "[chemical PAC]\ntitle_zh = 聚合氯化铝\ntitle_en = Coagulant PAC\nat = DOSE\nleast_days = 5\n"
    "[chemical NAAC]\ntitle_zh = 乙酸钠\ntitle_en = Sodium acetate\nat = DOSE\nleast_days = 5\n";

/* Tags: name, kind, place, alarms ("" none). */
static const struct {
    const char *name, *kind, *at, *low, *high;
} tags[] = {
    {"FIT-IN", "flow", "influent", "", ""},     {"COD-IN", "cod", "influent", "", ""},
    {"NH4-IN", "nh4", "influent", "", ""},      {"TSS-IN", "tss", "influent", "", ""},
    {"PH-IN", "ph", "influent", "6", "9"},      {"TT-IN", "temp", "influent", "", ""},
    {"LIT-IN", "level", "INLET", "2.5", "5.2"}, {"H2S-IN", "h2s", "INLET", "", ""},
    {"CH4-IN", "ch4", "INLET", "", ""},         {"ORP-ANA", "orp", "ANA", "", ""},
    {"LIT-ANA", "level", "ANA", "3.2", "5"},    {"NO3-ANO", "no3", "ANO", "", ""},
    {"ORP-ANO", "orp", "ANO", "", ""},          {"DO-AER1", "do", "AER", "0.8", "4"},
    {"DO-AER2", "do", "AER", "0.8", "4"},       {"DO-AER3", "do", "AER", "0.8", "4"},
    {"NH4-AER", "nh4", "AER", "", "5"},         {"MLSS-AER", "mlss", "AER", "2500", "5500"},
    {"TT-AER", "temp", "AER", "", ""},          {"PIT-AIR", "pressure", "BLOW", "50", "75"},
    {"FIT-AIR", "air", "BLOW", "", ""},         {"TSS-SET", "tss", "SET", "", "12"},
    {"LIT-SET", "level", "SET", "3.2", "5"},    {"MLSS-RAS", "mlss", "SET", "", ""},
    {"H2S-SLU", "h2s", "SLUDGE", "", ""},       {"FIT-OUT", "flow", "effluent", "", ""},
    {"COD-OUT", "cod", "effluent", "", ""},     {"NH4-OUT", "nh4", "effluent", "", ""},
    {"TN-OUT", "tn", "effluent", "", ""},       {"TP-OUT", "tp", "effluent", "", ""},
    {"TSS-OUT", "tss", "effluent", "", ""},     {"PH-OUT", "ph", "effluent", "", ""},
    {"TT-OUT", "temp", "effluent", "", ""},     {"TURB-OUT", "turb", "effluent", "", "5"},
    {"JT-ALL", "power", "plant", "", ""},       {"UT-ALL", "supply", "plant", "", ""},
    {"STOCK-PAC", "stock", "PAC", "", ""},      {"DOSE-PAC", "dose", "PAC", "", ""},
    {"STOCK-NAAC", "stock", "NAAC", "", ""},    {"DOSE-NAAC", "dose", "NAAC", "", ""},
};

/* Pumps and blowers: share of the plant's flow that each moves, m3 moved per m3 of sewage, kWh per m3
 * moved. */
static const struct {
    const char *section, *name, *at, *zh, *en;
    double share, ratio, kwh_m3;
} movers[] = {
    {"pump", "P1", "INLET", "1号进水泵", "Inlet pump 1", 0.75, 1.0, 0.06},
    {"pump", "P2", "INLET", "2号进水泵", "Inlet pump 2", 0.75, 1.0, 0.06},
    {"pump", "P3", "INLET", "3号进水泵", "Inlet pump 3", 0.75, 1.0, 0.06},
    {"pump", "RAS1", "SET", "1号回流泵", "Return sludge pump 1", 0.6, 1.0, 0.03},
    {"pump", "RAS2", "SET", "2号回流泵", "Return sludge pump 2", 0.6, 1.0, 0.03},
    {"blower", "B1", "BLOW", "1号鼓风机", "Blower 1", 0.6, 6.0, 0.03},
    {"blower", "B2", "BLOW", "2号鼓风机", "Blower 2", 0.6, 6.0, 0.03},
    {"blower", "B3", "BLOW", "3号鼓风机", "Blower 3", 0.6, 6.0, 0.03},
};

static void write_tag(tw_outfile *file, const char *name, const char *kind, const char *at)
{
    (void)tw_outfile_printf(file, "[tag %s]\nkind = %s\nat = %s\n", name, kind, at);
}

static void write_mover(tw_outfile *file, size_t i, double capacity_m3h)
{
    double flow_m3h = movers[i].share * movers[i].ratio * capacity_m3h;
    char name[40];
    (void)tw_outfile_printf(
        file, "[%s %s]\ntitle_zh = %s\ntitle_en = %s\nat = %s\nrated_m3h = ", movers[i].section,
        movers[i].name, movers[i].zh, movers[i].en, movers[i].at);
    tw_put_number(file, flow_m3h, 0, 0);
    tw_put_text(file, "\nrated_kw = ", 0);
    tw_put_number(file, flow_m3h * movers[i].kwh_m3, 1, 0);
    tw_put_text(file, "\n", 0);
    static const char *const kinds[][2] = {
        {"RUN", "state"}, {"TRIP", "trip"}, {"KW", "power"}, {"VIB", "vibration"}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        (void)snprintf(name, sizeof name, "%s-%s", movers[i].name, kinds[k][0]);
        write_tag(file, name, kinds[k][1], movers[i].name);
    }
}

void tw_folder_plant_sections(tw_outfile *file, double capacity_m3d)
{
    tw_put_text(file, units, 0);
    for (size_t i = 0; i < sizeof movers / sizeof movers[0]; i++)
        write_mover(file, i, capacity_m3d / 24.0);
    tw_put_text(file, others, 0);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        write_tag(file, tags[i].name, tags[i].kind, tags[i].at);
        if (tags[i].low[0] != '\0') {
            (void)tw_outfile_printf(file, "alarm_low = %s\n", tags[i].low);
        }
        if (tags[i].high[0] != '\0') {
            (void)tw_outfile_printf(file, "alarm_high = %s\n", tags[i].high);
        }
    }
}
