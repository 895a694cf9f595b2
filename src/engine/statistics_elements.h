/* Statistics of every node and link: what is taken account of at every step. */
#ifndef TW_ENGINE_STATISTICS_ELEMENTS_H
#define TW_ENGINE_STATISTICS_ELEMENTS_H

#include "engine/statistics.h"

/** What a step gives to the statistics. */
struct tw_statistics_pass {
    struct tw_statistics *statistics;
    const struct tw_hydraulics *h;
    double dt_s, day; /* its length; the time at its end */
    bool reported;    /* past the report's start; before it only balances count */
};

/** Take account of a step for the nodes begin..end-1. */
void tw_statistics_add_nodes(const struct tw_statistics_pass *pass, int32_t begin, int32_t end);

/** Take account of a step past the report's start for the links in rows begin..end-1. */
void tw_statistics_add_links(const struct tw_statistics_pass *pass, int32_t begin, int32_t end);

/** Book the time since a conduit's mode began; reports end all modes. now_s reported time [s] */
void tw_statistics_end_mode(const struct tw_conduit_statistics *c, int32_t at, double now_s);

#endif
