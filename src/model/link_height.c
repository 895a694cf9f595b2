#include "model/link_height.h"

#include "model/standard_size.h"
#include "model/xsect_shape.h"

double tw_link_height_m(const struct tw_model *model, int32_t link)
{
    const struct tw_xsects *x = &model->xsects;
    int32_t at = model->links.xsect[link];
    if (at < 0 || x->shape[at] == TW_SHAPE_DUMMY) return 0.0;
    const double *geom = x->geom[at];
    int32_t shape = x->shape[at];
    if (shape == TW_SHAPE_IRREGULAR || shape == TW_SHAPE_STREET)
        return model->transects.full_depth_m[x->curve[at]];
    if (shape == TW_SHAPE_FILLED_CIRCULAR) return geom[0] - geom[1];
    int32_t code = geom[2] >= 1.0 && geom[2] < 1000.0 ? (int32_t)geom[2] : 0;
    double standard_m = tw_standard_height_m((enum tw_shape)shape, code);
    return standard_m > 0.0 ? standard_m : geom[0];
}
