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
        seepage = area * s->conductivity_mmh[k] * mmh_to_mps * h->soil_ratio;
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

static void conduit_losses(struct tw_hydraulics *h, int32_t row, int32_t lane, double dt_s)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    const struct tw_xsect *x = &h->net->xsects[c->section[row]];
    int32_t at = row * h->lanes + lane;
    double seepage_mmh =
        h->model->conduits.seepage_mmh[h->model->links.row[h->net->link_of_row[row]]];
    double depth = h->link.depth_m[at], loss = 0.0;
    if (depth > TW_TINY_DEPTH_M) {
        double width = tw_xsect_width(x, depth);
        if (x->open) loss += width * h->evaporation_mps;
        loss += (x->open || depth < x->width_depth_m ? width : x->max_width_m) * seepage_mmh *
                mmh_to_mps * h->soil_ratio;
        loss *= c->length_m[row];
        double most = h->link.volume_m3[at] / c->barrels[row] / dt_s;
        if (loss > most) loss = most;
    }
    h->conduit.loss_m3s[at] = loss;
}

void tw_losses_advance(struct tw_hydraulics *h, double dt_s)
{
    for (int32_t k = 0; k < h->model->storages.count; k++) {
        for (int32_t l = 0; l < h->lanes; l++)
            storage_losses(h, k, l, dt_s);
    }
    for (int32_t row = 0; row < h->net->conduit_count; row++) {
        if (!(h->net->conduit.traits[row] & TW_CONDUIT_LEAKS)) continue;
        for (int32_t l = 0; l < h->lanes; l++)
            conduit_losses(h, row, l, dt_s);
    }
}
