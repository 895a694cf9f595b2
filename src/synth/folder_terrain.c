/* The ground of a made city as a grid, rivers and hills around it included. */
#include "synth/folder.h"
#include "synth/network.h"
#include "synth/put.h"

#include <math.h>

static const double finest_m = 10.0, most_cells = 1e6;

/* A border around the city, so that the map shows both rivers and the mountain [m]. */
static double border_m(const struct tw_land *land) { return 1.3 * land->river_width_m + 100.0; }

void tw_folder_terrain(const struct tw_city *city, tw_outfile *file)
{
    const struct tw_land *land = &city->land;
    struct tw_utm origin = tw_city_origin();
    double west_border_m = border_m(land), mountain_m = 2.2 * land->summit_m;
    if (west_border_m < mountain_m) west_border_m = mountain_m;
    double wide_m = land->length_m + west_border_m + border_m(land);
    double high_m = 2.6 * land->half_width_m + 2.0 * border_m(land); /* the axis winds */
    double cell_m = 5.0 * ceil(sqrt(wide_m * high_m / most_cells) / 5.0);
    cell_m = cell_m < finest_m ? finest_m : cell_m;
    int32_t columns = (int32_t)(wide_m / cell_m), rows = (int32_t)(high_m / cell_m);
    double west_m = cell_m * floor((-0.5 * land->length_m - west_border_m) / cell_m);
    double south_m = cell_m * floor(-0.5 * high_m / cell_m);
    (void)tw_outfile_printf(file, "ncols %d\nnrows %d\nxllcorner ", columns, rows);
    tw_put_number(file, origin.east_m + west_m, 0, 0);
    tw_put_text(file, "\nyllcorner ", 0);
    tw_put_number(file, origin.north_m + south_m, 0, 0);
    tw_put_text(file, "\ncellsize ", 0);
    tw_put_number(file, cell_m, 0, 0);
    tw_put_text(file, "\nNODATA_value -9999\n", 0);
    for (int32_t row = rows - 1; row >= 0; row--) {
        for (int32_t column = 0; column < columns; column++) {
            double x_m = west_m + (column + 0.5) * cell_m, y_m = south_m + (row + 0.5) * cell_m;
            double ground_m = tw_lattice_ground_m(&city->lattice, land, x_m, y_m);
            tw_put_number(file, ground_m, 1, column + 1 < columns ? 2 : 0);
        }
        tw_put_end(file);
    }
}
