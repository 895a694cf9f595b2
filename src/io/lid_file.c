#include "io/lid_file.h"

#include "io/units.h"
#include "thalweg/time.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 13 };

/* Two lines of names; units follow. */
static const char *const names[2][COLUMNS] = {
    {"Elapsed", "Total", "Total", "Surface", "Pavement", "Soil", "Storage", "Surface", "Drain",
     "Surface", "Pavement", "Soil", "Storage"},
    {"Time", "Inflow", "Evap", "Infil", "Perc", "Perc", "Exfil", "Runoff", "OutFlow", "Level",
     "Level", "Moisture", "Level"}};

static tw_status write_line(const char *first, const char *const word[COLUMNS], tw_outfile *file)
{
    TW_TRY(tw_outfile_printf(file, "\n%-20s", first));
    for (int i = 0; i < COLUMNS; i++)
        TW_TRY(tw_outfile_printf(file, "\t%9s", word[i]));
    return TW_OK;
}

tw_status tw_lid_head_write(const struct tw_model *model, const struct tw_lid_unit *unit,
                            tw_outfile *file)
{
    const char *title = model->title != NULL ? model->title : "";
    const char *rate = model->us_units ? "in/hr" : "mm/hr",
               *depth = model->us_units ? "inches" : "mm";
    const char *const units[COLUMNS] = {"Hours", rate, rate,  rate,  rate,      rate, rate,
                                        rate,    rate, depth, depth, "Content", depth};
    const char *rules[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        rules[i] = " ---------";
    TW_TRY(tw_outfile_printf(file, "SWMM5 LID Report File\n\nProject:  %.*s%s",
                             (int)strcspn(title, "\n"), title, title[0] != '\0' ? " " : ""));
    TW_TRY(tw_outfile_printf(file, "\nLID Unit: %s in Subcatchment %s\n",
                             tw_names_get(&model->lids.names, unit->control),
                             tw_names_get(&model->subcatchments.names, unit->subcatchment)));
    TW_TRY(write_line("", names[0], file));
    TW_TRY(write_line("", names[1], file));
    TW_TRY(write_line("Date        Time", units, file));
    return write_line("----------- --------", rules, file);
}

void tw_lid_row_text(const struct tw_model *model, double day, double hours,
                     const struct tw_lid_row *row, char *out)
{
    struct tw_units u = tw_units_of(model->options.flow_units, model->options.strict);
    struct tw_calendar c = tw_day_to_calendar(day);
    double rate = 3.6e6 / u.rain_mm, depth = 1000.0 / u.rain_mm;
    (void)snprintf(out, TW_LID_ROW_TEXT,
                   "\n %02d/%02d/%04d %02d:%02d:%02d\t %8.3f\t %8.3f\t %8.4f\t %8.3f\t %8.3f\t "
                   "%8.3f\t %8.3f\t%8.3f\t %8.3f\t %8.3f\t %8.3f\t %8.3f\t %8.3f",
                   c.month, c.day, c.year, c.hour, c.minute, c.second, hours,
                   row->inflow_mps * rate, row->evaporation_mps * rate,
                   row->infiltration_mps * rate, row->pavement_mps * rate, row->soil_mps * rate,
                   row->exfiltration_mps * rate, row->runoff_mps * rate, row->drain_mps * rate,
                   row->surface_m * depth, row->pavement_m * depth, row->moisture_ratio,
                   row->storage_m * depth);
}
