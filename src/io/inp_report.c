#include "io/inp_reader.h"

#include "base/text.h"

#include <string.h>

enum { DISABLED, INPUT, SUBCATCHMENTS, NODES, LINKS, CONTINUITY, FLOWSTATS, CONTROLS, AVERAGES };

static void mark_all(bool *reported, int32_t count, bool value)
{
    for (int32_t i = 0; i < count; i++)
        reported[i] = value;
}

/* ALL, NONE or names, which may go on in further rows. */
static void read_list(struct tw_inp *inp, const struct tw_inp_row *row,
                      const struct tw_names *names, const char *kind, bool *reported)
{
    const char *word = tw_inp_word(inp, row, 1);
    if (tw_text_same(word, "ALL") || tw_text_same(word, "NONE")) {
        mark_all(reported, names->count, tw_text_same(word, "ALL"));
        return;
    }
    for (int i = 1; i < row->count; i++) {
        int32_t found = tw_names_find(names, tw_inp_word(inp, row, i));
        if (found >= 0)
            reported[found] = true;
        else
            tw_inp_warn(inp, row, "unknown %s \"%s\" is not reported", kind,
                        tw_inp_word(inp, row, i));
    }
}

/* [REPORT] */
tw_status tw_inp_report_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"DISABLED",   "INPUT",     "SUBCATCH", "NODE",     "LINK",
                                        "CONTINUITY", "FLOWSTATS", "CONTROLS", "AVERAGES", NULL};
    struct tw_model *m = inp->model;
    struct tw_options *o = &m->options;
    int32_t word = tw_inp_match(tw_inp_word(inp, row, 0), words);
    if (word < 0) {
        tw_inp_warn(inp, row, "unknown, ignored");
        return TW_OK;
    }
    if (!tw_inp_need(inp, row, 2)) return TW_OK;
    bool yes = false;
    switch (word) {
    case INPUT:
        tw_inp_yes_no(inp, row, 1, "the value", &o->report_input);
        break;
    case CONTINUITY:
        tw_inp_yes_no(inp, row, 1, "the value", &o->report_continuity);
        break;
    case FLOWSTATS:
        tw_inp_yes_no(inp, row, 1, "the value", &o->report_flow_stats);
        break;
    case CONTROLS:
        tw_inp_yes_no(inp, row, 1, "the value", &o->report_controls);
        break;
    case AVERAGES:
        tw_inp_yes_no(inp, row, 1, "the value", &o->report_averages);
        break;
    case SUBCATCHMENTS:
        read_list(inp, row, &m->subcatchments.names, "subcatchment", m->subcatchment_reported);
        break;
    case NODES:
        read_list(inp, row, &m->nodes.names, "node", m->nodes.reported);
        break;
    case LINKS:
        read_list(inp, row, &m->links.names, "link", m->links.reported);
        break;
    case DISABLED:
        tw_inp_yes_no(inp, row, 1, "the value", &yes);
        if (yes) tw_inp_warn(inp, row, "the report is written all the same");
        break;
    default:
        break;
    }
    return TW_OK;
}
