#include "plant/biology.h"

#include "check.h"
#include "plant/adm1.h"

#include <string.h>

static void values_of(const struct tw_biology *b, int32_t lanes, double *out)
{
    for (int32_t i = 0; i < b->parameter_count; i++)
        for (int32_t k = 0; k < lanes; k++)
            out[i * lanes + k] = b->parameters[i].value;
}

/* COD that nitrate stands for when it becomes N2 and N2 that is not a component (ASM1): 4.57 - 1.71
 * = 2.86 g/g, the numbers of Henze and others 1987. */
static double cod_of(const struct tw_biology *b, const double *row, const double *cod)
{
    double sum = 0.0;
    for (int32_t c = 0; c < b->component_count; c++)
        sum += row[c] * cod[c];
    return sum;
}

/* Each process neither makes nor takes COD (nitrate to N2 counted), nitrogen, phosphorus, charge. */
static void every_process_keeps_nitrogen_phosphorus_and_charge(void **state)
{
    (void)state;
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct tw_biology *b = tw_biologies[m];
        double values[TW_BIOLOGY_PARAMETERS], matrix[40 * TW_BIOLOGY_COMPONENTS];
        struct tw_biology_content content[TW_BIOLOGY_COMPONENTS];
        int32_t n2 = tw_biology_component_find(b, "S_N2");
        values_of(b, 1, values);
        b->matrix(values, matrix);
        b->contents(values, content);
        for (int32_t p = 0; p < b->process_count; p++) {
            const double *row = matrix + p * b->component_count;
            double n = 0.0, phosphorus = 0.0, charge = 0.0;
            for (int32_t c = 0; c < b->component_count; c++) {
                n += row[c] * content[c].kjeldahl_n;
                phosphorus += row[c] * content[c].p;
                charge += row[c] * content[c].charge;
            }
            n += row[b->roles.nitrate] + (n2 >= 0 ? row[n2] : 0.0);
            /* ASM1 has no N2: what denitrification takes is lost to the air */
            if (n2 < 0 && row[b->roles.nitrate] < 0.0) n -= row[b->roles.nitrate];
            assert_near(n, 0.0, 1e-12); /* rounding only */
            assert_near(phosphorus, 0.0, 1e-12);
            assert_near(charge, 0.0, 1e-12);
        }
    }
}

static void every_process_keeps_oxygen_demand(void **state)
{
    (void)state;
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct tw_biology *b = tw_biologies[m];
        double values[TW_BIOLOGY_PARAMETERS], matrix[40 * TW_BIOLOGY_COMPONENTS];
        double cod[TW_BIOLOGY_COMPONENTS];
        struct tw_biology_content content[TW_BIOLOGY_COMPONENTS];
        int32_t n2 = tw_biology_component_find(b, "S_N2");
        values_of(b, 1, values);
        b->matrix(values, matrix);
        b->contents(values, content);
        for (int32_t c = 0; c < b->component_count; c++)
            cod[c] = content[c].cod;
        for (int32_t p = 0; p < b->process_count; p++) {
            const double *row = matrix + p * b->component_count;
            double nitrate = row[b->roles.nitrate];
            cod[b->roles.nitrate] = n2 >= 0 ? -64.0 / 14.0 : nitrate < 0.0 ? -2.86 : -4.57;
            if (n2 >= 0) cod[n2] = -24.0 / 14.0;
            assert_near(cod_of(b, row, cod), 0.0, 1e-12); /* rounding only */
        }
    }
    for (int32_t p = 0; p < tw_adm1_process_count(); p++)
        assert_near(tw_adm1_cod_gap(p), 0.0, 1e-12); /* rounding only */
}

/* What a tank does depends neither on its neighbours nor on its place among them; and the loop over
 * tanks is rates times matrix. */
static void a_tank_alone_does_what_it_does_among_others(void **state)
{
    (void)state;
    enum { LANES = 8 };
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct tw_biology *b = tw_biologies[m];
        double many[TW_BIOLOGY_PARAMETERS * LANES], one[TW_BIOLOGY_PARAMETERS];
        double y[TW_BIOLOGY_COMPONENTS * LANES], dy[TW_BIOLOGY_COMPONENTS * LANES] = {0.0};
        double rates[40], matrix[40 * TW_BIOLOGY_COMPONENTS];
        values_of(b, LANES, many);
        values_of(b, 1, one);
        for (int32_t i = 0; i < b->component_count * LANES; i++)
            y[i] = 0.3 + (double)(i * 37 % 101);
        b->react(LANES, y, many, dy);
        b->matrix(one, matrix);
        for (int32_t k = 0; k < LANES; k++) {
            double alone[TW_BIOLOGY_COMPONENTS];
            for (int32_t c = 0; c < b->component_count; c++)
                alone[c] = y[c * LANES + k];
            b->rates(alone, one, rates);
            for (int32_t c = 0; c < b->component_count; c++) {
                double sum = 0.0, size = 1.0;
                for (int32_t p = 0; p < b->process_count; p++) {
                    sum += rates[p] * matrix[p * b->component_count + c];
                    size += fabs(rates[p] * matrix[p * b->component_count + c]);
                }
                assert_near(dy[c * LANES + k], sum, 1e-13 * size); /* order of sums */
            }
        }
    }
}

static void nothing_of_something_never_becomes_negative(void **state)
{
    (void)state;
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct tw_biology *b = tw_biologies[m];
        double values[TW_BIOLOGY_PARAMETERS * 4], y[TW_BIOLOGY_COMPONENTS * 4];
        double dy[TW_BIOLOGY_COMPONENTS * 4] = {0.0};
        values_of(b, 4, values);
        for (int32_t gone = 0; gone < b->component_count; gone++) {
            if (gone == b->roles.alkalinity) continue; /* acid is not held back by all processes */
            for (int32_t i = 0; i < b->component_count * 4; i++)
                y[i] = i / 4 == gone ? 0.0 : 10.0;
            memset(dy, 0, sizeof dy);
            b->react(4, y, values, dy);
            bool nutrient = gone == b->roles.ammonia && b->roles.phosphate < 0;
            if (!nutrient) assert_true(dy[gone * 4] >= 0.0); /* ASM1 lets SNH run below 0 */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_process_keeps_nitrogen_phosphorus_and_charge),
        cmocka_unit_test(every_process_keeps_oxygen_demand),
        cmocka_unit_test(a_tank_alone_does_what_it_does_among_others),
        cmocka_unit_test(nothing_of_something_never_becomes_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
