#include "store/backend.h"

#include <stdlib.h>
#include <string.h>

static const struct tw_table_info tables[TW_TABLE_COUNT] = {
    [TW_TABLE_META] = {"meta", 2, {"key", "value"}, "ti"},
    [TW_TABLE_SERIES] = {"series", 2, {"id", "name"}, "it"},
    [TW_TABLE_SOURCE] = {"source", 2, {"id", "name"}, "it"},
    [TW_TABLE_WARNING] = {"warning",
                          41,
                          {"id",
                           "session",
                           "point",
                           "rank",
                           "state",
                           "depth_m",
                           "expected_ms",
                           "issued_ms",
                           "updated_ms",
                           "reached_ms",
                           "ended_ms",
                           "simulated",
                           "acknowledged_by",
                           "acknowledged_ms",
                           "grp",
                           "own_rank",
                           "highest_rank",
                           "probability",
                           "low_m",
                           "high_m",
                           "early_ms",
                           "late_ms",
                           "cause_kind",
                           "cause_element",
                           "cause_ms",
                           "basis",
                           "ordered",
                           "order_rank",
                           "ordered_by",
                           "order_reason",
                           "ordered_ms",
                           "lower_count",
                           "lower_rank",
                           "none_count",
                           "passed_1_ms",
                           "passed_2_ms",
                           "passed_3_ms",
                           "passed_4_ms",
                           "told_rank",
                           "told_state",
                           "told_expected_ms"},
                          "iitiiriiiiiitiiiirrriiititiittiiiiiiiiiii"},
    [TW_TABLE_AUDIT] = {"audit",
                        8,
                        {"id", "time_ms", "who", "peer", "method", "path", "status", "detail"},
                        "iittttit"},
    [TW_TABLE_FORECAST] = {"forecast",
                           5,
                           {"id", "session", "issued_ms", "took_ms", "summary"},
                           "iiiit"},
    [TW_TABLE_BULLETIN] = {"bulletin",
                           8,
                           {"id", "session", "grp", "time_ms", "kind", "identifier", "text",
                            "brief"},
                           "iiiiittt"},
    [TW_TABLE_NOTICE] = {"notice",
                         10,
                         {"id", "session", "bulletin", "channel", "address", "state", "attempts",
                          "tried_ms", "next_ms", "answer"},
                         "iiiitiiiit"},
    [TW_TABLE_JOURNAL] = {"journal",
                          15,
                          {"id", "session", "time_ms", "wall_ms", "kind", "order_id", "crew",
                           "vehicle", "place", "who", "reason", "key", "value", "items", "detail"},
                          "iiiititttttt"
                          "rtt"},
    [TW_TABLE_BOOKING] = {"booking", 2, {"resource", "order_id"}, "ti"},
    [TW_TABLE_RECORD] = {"record",
                         7,
                         {"id", "shelf", "time_ms", "kind", "subject", "who", "body"},
                         "iiitttt"},
};

const struct tw_table_info *tw_table_info_get(enum tw_table table) { return &tables[table]; }

const struct tw_backend_ops *tw_backend_of(const char *where)
{
    bool address =
        strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
    return address ? &tw_backend_pg : &tw_backend_sqlite;
}

struct collection {
    struct tw_months *out;
    tw_status status;
};

static bool collect_month(void *user, int32_t month)
{
    struct collection *c = user;
    int32_t *months = realloc(c->out->months, (c->out->count + 1) * sizeof *months);
    if (months == NULL) c->status = TW_ERR_NOMEM;
    if (months == NULL) return false;
    c->out->months = months;
    months[c->out->count++] = month;
    return true;
}

tw_status tw_months_collect(struct tw_session *session, struct tw_months *out)
{
    struct collection c = {.out = out, .status = TW_OK};
    TW_TRY(session->ops->months_read(session, collect_month, &c));
    return c.status;
}
