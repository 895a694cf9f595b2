#include "hydraulics/storage_losses.h"

#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "hydraulics/xsect.h"

static const double mmh_to_mps = 1.0 / 3.6e6;

static void storage_losses(struct tw_hydraulics *h, int32_t k, int32_t lane, double dt_s)
{
    const struct tw_storages *s = &h->model->storages;
    int32_t node = s->node[k], at = node * h->lanes + lane;
    double volume = h->node.volume_m3[at], evaporation = 0.0, seepage = 0.0;
    if (volume > TW_TINY_DEPTH_M * TW_FOOT2_M2) {
        double area = tw_storage_area(h->model, k, h->node.depth_m[at]);
        evaporation = area * s->evaporation_ratio[k] * h->evaporation_mps;
        seepage = h->storage_soaking_m3s[k * h->lanes + lane];
        double total = (evaporation + seepage) * dt_s;
        if (total > volume) {
            evaporation *= volume / total;
            seepage *= volume / total;
        }
    }
    h->storage_evaporation_m3s[k * h->lanes + lane] = evaporation;
    h->storage_seepage_m3s[k * h->lanes + lane] = seepage;
    h->node.losses_m3s[at] = evaporation + seepage;
}

/* Width where SWMM has the widest line of a section: an arch's lies a little beside it; a flat roof,
 * of no width as a water level, counts as wide as its walls. */
static double widest_m(const struct tw_xsect *x)
{
    double width_m = tw_xsect_width(x, x->width_depth_m);
    return width_m > 0.0 ? width_m : x->max_width_m;
}

double tw_conduit_loss(struct tw_hydraulics *h, int32_t row, int32_t at, double depth_m,
                       double most_m3s)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    const struct tw_xsect *x = &h->net->xsects[c->section[row]];
    double seepage_mmh =
        h->model->conduits.seepage_mmh[h->model->links.row[h->net->link_of_row[row]]];
    double evaporation = 0.0, loss = 0.0;
    if (depth_m > TW_TINY_DEPTH_M) {
        double width = tw_xsect_width(x, depth_m);
        double soil = depth_m < x->width_depth_m ? width : widest_m(x);
        if (x->open) evaporation = width * c->length_m[row] * h->evaporation_mps;
        loss = evaporation + soil * c->length_m[row] * seepage_mmh * mmh_to_mps * h->soil_ratio;
        if (loss > most_m3s) {
            evaporation *= most_m3s / loss;
            loss = most_m3s; /* all of it: a trace left would have an area in the search for it */
        }
    }
    h->conduit.evaporation_m3s[at] = evaporation;
    h->conduit.loss_m3s[at] = loss;
    return loss;
}

void tw_losses_advance(struct tw_hydraulics *h, double dt_s)
{
    int32_t w = h->lanes;
    for (int32_t k = 0; k < h->model->storages.count; k++) {
        for (int32_t l = 0; l < w; l++)
            storage_losses(h, k, l, dt_s);
    }
    for (int32_t row = 0; row < h->net->conduit_count; row++) {
        if (!(h->net->conduit.traits[row] & TW_CONDUIT_LEAKS)) continue;
        double barrel_s = h->net->conduit.barrels[row] * dt_s;
        for (int32_t at = row * w; at < (row + 1) * w; at++) {
            double most_m3s = h->link.volume_m3[at] / barrel_s;
            (void)tw_conduit_loss(h, row, at, h->link.depth_m[at], most_m3s);
        }
    }
}
