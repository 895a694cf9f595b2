#include "check.h"
#include "hydraulics/regulators.h"
#include "one_link.h"

static void make_gate(struct one_link *one, double move_time_s)
{
    one_link_init(one);
    one->link_kind = TW_LINK_ORIFICE;
    one->values[0] = move_time_s;
    one->model.orifices.link = &one->zero;
    one->model.orifices.move_time_s = &one->values[0];
}

static void a_gate_moves_as_fast_as_it_can(void **state)
{
    (void)state;
    struct one_link one;
    make_gate(&one, 600.0);
    assert_near(tw_link_setting_advance(&one.model, 0, 0.2, 1.0, 60.0), 0.3, 1e-12);
    assert_near(tw_link_setting_advance(&one.model, 0, 0.8, 0.0, 60.0), 0.7, 1e-12);
    assert_near(tw_link_setting_advance(&one.model, 0, 0.5, 0.5, 60.0), 0.5, 0.0);
}

static void a_gate_does_not_move_past_its_target(void **state)
{
    (void)state;
    struct one_link one;
    make_gate(&one, 600.0);
    assert_near(tw_link_setting_advance(&one.model, 0, 0.95, 1.0, 60.0), 1.0, 0.0);
    /* what is left is less than a thousandth: it is there */
    assert_near(tw_link_setting_advance(&one.model, 0, 0.1005, 0.0, 60.0), 0.0, 0.0);
    double setting = 0.0;
    for (int i = 0; i < 10; i++) {
        setting = tw_link_setting_advance(&one.model, 0, setting, 1.0, 60.0);
    }
    assert_near(setting, 1.0, 0.0);
}

static void other_links_follow_at_once(void **state)
{
    (void)state;
    struct one_link one;
    make_gate(&one, 0.0);
    assert_near(tw_link_setting_advance(&one.model, 0, 0.2, 1.0, 60.0), 1.0, 0.0);
    one.link_kind = TW_LINK_WEIR;
    assert_near(tw_link_setting_advance(&one.model, 0, 0.2, 0.9, 60.0), 0.9, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_moves_as_fast_as_it_can),
        cmocka_unit_test(a_gate_does_not_move_past_its_target),
        cmocka_unit_test(other_links_follow_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
