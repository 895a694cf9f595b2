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

/* A model with its values, and what its processes do. */
struct table {
    const struct tw_biology *b;
    int32_t n2; /* -1: the model has none */
    double values[TW_BIOLOGY_PARAMETERS], matrix[40 * TW_BIOLOGY_COMPONENTS];
    struct tw_biology_content content[TW_BIOLOGY_COMPONENTS];
};

static struct table table_of(int32_t model)
{
    struct table t = {.b = tw_biologies[model]};
    t.n2 = tw_biology_component_find(t.b, "S_N2");
    values_of(t.b, 1, t.values);
    t.b->matrix(t.values, t.matrix);
    t.b->contents(t.values, t.content);
    return t;
}

static void check_process(const struct table *t, const double *row)
{
    double n = 0.0, phosphorus = 0.0, charge = 0.0, cod = 0.0, nitrate = row[t->b->roles.nitrate];
    for (int32_t c = 0; c < t->b->component_count; c++) {
        n += row[c] * t->content[c].kjeldahl_n;
        phosphorus += row[c] * t->content[c].p;
        charge += row[c] * t->content[c].charge;
        cod += row[c] * t->content[c].cod;
    }
    /* ASM1 has no N2: what denitrification takes is lost to the air. Its numbers for the oxygen of
     * nitrate, 4.57 to ammonia and 2.86 to N2, are those of Henze and others 1987. */
    double air = t->n2 >= 0 ? row[t->n2] : nitrate < 0.0 ? -nitrate : 0.0;
    double of_nitrate = t->n2 >= 0 ? 64.0 / 14.0 : nitrate < 0.0 ? 2.86 : 4.57;
    cod -= of_nitrate * nitrate + (t->n2 >= 0 ? 24.0 / 14.0 * row[t->n2] : 0.0);
    assert_near(n + nitrate + air, 0.0, 1e-12); /* rounding only, here and below */
    assert_near(phosphorus, 0.0, 1e-12);
    assert_near(charge, 0.0, 1e-12);
    assert_near(cod, 0.0, 1e-12);
}

static void every_process_keeps_demand_nitrogen_phosphorus_and_charge(void **state)
{
    (void)state;
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct table t = table_of(m);
        for (int32_t p = 0; p < t.b->process_count; p++)
            check_process(&t, t.matrix + p * t.b->component_count);
    }
    for (int32_t p = 0; p < tw_adm1_process_count(); p++)
        assert_near(tw_adm1_cod_gap(p), 0.0, 1e-12); /* rounding only */
}

enum { LANES = 8 };

static void check_tank(const struct table *t, int32_t k, const double *y, const double *dy)
{
    double rates[40], alone[TW_BIOLOGY_COMPONENTS];
    int32_t count = t->b->component_count;
    for (int32_t c = 0; c < count; c++)
        alone[c] = y[c * LANES + k];
    t->b->rates(alone, t->values, rates);
    for (int32_t c = 0; c < count; c++) {
        double sum = 0.0, size = 1.0;
        for (int32_t p = 0; p < t->b->process_count; p++) {
            sum += rates[p] * t->matrix[p * count + c];
            size += fabs(rates[p] * t->matrix[p * count + c]);
        }
        assert_near(dy[c * LANES + k], sum, 1e-13 * size); /* order of sums */
    }
}

/* What a tank does depends neither on its neighbours nor on its place among them; and the loop over
 * tanks is rates times matrix. */
static void a_tank_alone_does_what_it_does_among_others(void **state)
{
    (void)state;
    for (int32_t m = 0; m < tw_biology_count; m++) {
        const struct table t = table_of(m);
        double many[TW_BIOLOGY_PARAMETERS * LANES];
        double y[TW_BIOLOGY_COMPONENTS * LANES], dy[TW_BIOLOGY_COMPONENTS * LANES] = {0.0};
        values_of(t.b, LANES, many);
        for (int32_t i = 0; i < t.b->component_count * LANES; i++)
            y[i] = 0.3 + (double)(i * 37 % 101);
        t.b->react(LANES, y, many, dy);
        for (int32_t k = 0; k < LANES; k++)
            check_tank(&t, k, y, dy);
    }
}

static void what_is_gone_never_becomes_negative(void **state)
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
        cmocka_unit_test(every_process_keeps_demand_nitrogen_phosphorus_and_charge),
        cmocka_unit_test(a_tank_alone_does_what_it_does_among_others),
        cmocka_unit_test(what_is_gone_never_becomes_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
