/* How the parts of a plant hang together: what each controller moves, which pipes meet at which unit,
 * where each part's state lies, and the order in which flows and concentrations follow. */
#include "base/text.h"
#include "plant/read.h"

#include <math.h>
#include <string.h>

static void fault_at(struct tw_plant_reader *r, int line, const char *text, const char *name)
{
    tw_faults_add(r->ini.faults, r->ini.path, line, "%s: %s", name, text);
}

/* ---- controllers ---- */

static void set_moves(struct tw_plant_reader *r)
{
    tw_plant *plant = r->plant;
    for (int32_t i = 0; i < plant->controller_count; i++) {
        struct tw_controller *c = &plant->controllers[i];
        const struct tw_plant_entry *moves = r->moves[i];
        if (moves == NULL || tw_plant_knob_find(plant, moves->value, &c->knob) != TW_OK) {
            if (moves != NULL) {
                tw_plant_ini_fault(&r->ini, r->sections[i], moves,
                                   "\"%s\" is nothing that can be moved: say TANK.kla, PIPE.flow, "
                                   "PIPE.fraction or CONTROLLER.setpoint",
                                   moves->value);
            }
            continue;
        }
        struct tw_knob *knob = &plant->knobs[c->knob];
        if (knob->controller >= 0) {
            tw_plant_ini_fault(&r->ini, r->sections[i], moves,
                               "%s is moved by controller %s already", moves->value,
                               plant->controllers[knob->controller].name);
        }
        knob->controller = i;
        if (c->least < knob->least || c->most > knob->most) {
            tw_plant_ini_fault(&r->ini, r->sections[i], moves,
                               "%s goes from %g to %g; the controller's least and most go beyond",
                               moves->value, knob->least, knob->most);
        }
    }
}

/* A controller comes after the one that moves its set-point. */
static tw_status order_controllers(struct tw_plant_reader *r)
{
    tw_plant *plant = r->plant;
    bool done[TW_PLANT_UNITS] = {false};
    int32_t count = 0;
    plant->order = TW_ARENA_NEW(&plant->arena, int32_t, plant->controller_count);
    if (plant->order == NULL) return TW_ERR_NOMEM;
    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < plant->controller_count; i++) {
            int32_t by = plant->knobs[plant->controllers[i].setpoint].controller;
            if (done[i] || (by >= 0 && !done[by])) continue;
            done[i] = more = true;
            plant->order[count++] = i;
        }
    }
    for (int32_t i = 0; i < plant->controller_count; i++) {
        if (done[i]) continue;
        fault_at(r, plant->controllers[i].line,
                 "its set-point depends on itself through the controllers that move each other",
                 plant->controllers[i].name);
    }
    return TW_OK;
}

/* ---- pipes ---- */

static tw_status join_pipes(tw_plant *plant)
{
    int32_t in = 0, out = 0;
    plant->inlets = TW_ARENA_NEW(&plant->arena, int32_t, plant->pipe_count);
    plant->outlets = TW_ARENA_NEW(&plant->arena, int32_t, plant->pipe_count);
    if (plant->inlets == NULL || plant->outlets == NULL) return TW_ERR_NOMEM;
    for (int32_t u = 0; u < plant->unit_count; u++) {
        struct tw_unit *unit = &plant->units[u];
        unit->first_in = in;
        unit->first_out = out;
        for (int32_t p = 0; p < plant->pipe_count; p++) {
            if (plant->pipes[p].to == u) plant->inlets[in++] = p;
            if (plant->pipes[p].from == u) plant->outlets[out++] = p;
        }
        unit->in_count = in - unit->first_in;
        unit->out_count = out - unit->first_out;
        unit->rest[0] = unit->rest[1] = -1;
        for (int32_t i = unit->first_out; i < out; i++) {
            const struct tw_pipe *pipe = &plant->pipes[plant->outlets[i]];
            if (pipe->rule == TW_PIPE_REST) unit->rest[pipe->port] = plant->outlets[i];
        }
        unit->plain = unit->kind->port_count == 1 && unit->out_count == 1 && unit->rest[0] >= 0;
    }
    return TW_OK;
}

/* Every outlet sheds its water: one pipe at most takes the rest, fractions are not above 1. */
static void check_outlet(struct tw_plant_reader *r, const struct tw_unit *unit, int32_t port)
{
    const tw_plant *plant = r->plant;
    int32_t rest = 0, all = 0;
    double fractions = 0.0;
    const char *name = unit->kind->ports[port];
    for (int32_t i = 0; i < unit->out_count; i++) {
        const struct tw_pipe *pipe = &plant->pipes[plant->outlets[unit->first_out + i]];
        if (pipe->port != port) continue;
        all++;
        rest += pipe->rule == TW_PIPE_REST;
        if (pipe->rule == TW_PIPE_FRACTION) fractions += plant->knobs[pipe->knob].value;
    }
    bool asked = unit->kind->asked_port == port + 1;
    struct tw_strbuf words = {0};
    if (all == 0) {
        (void)tw_strbuf_printf(&words, "no pipe leaves its outlet %s", name);
    } else if (asked && rest > 0) {
        (void)tw_strbuf_printf(&words,
                               "the pipes of its outlet %s have to say how much: flow_m3d or "
                               "of_influent",
                               name);
    } else if (rest > 1) {
        (void)tw_strbuf_printf(&words,
                               "%d pipes take the rest of its outlet %s; one may, the "
                               "others say flow_m3d, fraction, above_m3d or of_influent",
                               rest, name);
    } else if (fractions > 1.0 + 1e-9) {
        (void)tw_strbuf_printf(&words, "the fractions of its outlet %s sum to %g, above 1", name,
                               fractions);
    } else if (!asked && rest == 0 && fabs(fractions - 1.0) > 1e-9) {
        (void)tw_strbuf_printf(&words,
                               fractions > 0.0 ? "the fractions of its outlet %s sum to %g, not 1, "
                                                 "and no pipe takes the rest"
                                               : "no pipe takes the rest of its outlet %s",
                               name, fractions);
    }
    if (words.length > 0) fault_at(r, unit->line, tw_strbuf_get(&words), unit->name);
    tw_strbuf_done(&words);
}

static void check_units(struct tw_plant_reader *r)
{
    tw_plant *plant = r->plant;
    int32_t influents = 0, effluents = 0;
    plant->influent = plant->effluent = -1;
    for (int32_t u = 0; u < plant->unit_count; u++) {
        const struct tw_unit *unit = &plant->units[u];
        if (unit->kind->inlet && unit->in_count == 0) {
            fault_at(r, unit->line, "no pipe leads into it", unit->name);
        }
        for (int32_t port = 0; port < unit->kind->port_count; port++)
            check_outlet(r, unit, port);
        if (tw_text_same(unit->kind->word, "influent") && influents++ == 0) plant->influent = u;
        if (tw_text_same(unit->kind->word, "effluent") && effluents++ == 0) plant->effluent = u;
    }
    if (influents != 1 || effluents != 1) {
        tw_faults_add(r->ini.faults, r->ini.path, 0,
                      "a plant has one unit of kind influent and one of kind effluent; here are %d "
                      "and %d",
                      influents, effluents);
    }
}

/* ---- order ---- */

/* What follows from what, four things a unit: how much comes in, how much leaves, the mix that comes
 * in, the concentrations that leave. */
enum { WAITING, OPEN, DONE };

struct ordering {
    struct tw_plant_reader *r;
    unsigned char state[TW_PLANT_UNITS * TW_STEP_KINDS];
    bool looped;
};

static void visit(struct ordering *o, enum tw_step_kind kind, int32_t u);

static void visit_inlets(struct ordering *o, enum tw_step_kind kind, const struct tw_unit *unit)
{
    const tw_plant *plant = o->r->plant;
    for (int32_t i = 0; i < unit->in_count; i++) {
        const struct tw_pipe *pipe = &plant->pipes[plant->inlets[unit->first_in + i]];
        bool pumped = pipe->rule == TW_PIPE_FLOW || pipe->rule == TW_PIPE_RATIO;
        if (!pumped) visit(o, TW_STEP_OUTFLOW, pipe->from);
        if (kind == TW_STEP_MIX) visit(o, TW_STEP_OUTLET, pipe->from);
    }
}

/* Nothing is to be done for an outlet that is not there, or an inlet. */
static bool is_needed(const struct tw_unit_kind *of, enum tw_step_kind kind)
{
    if (kind == TW_STEP_OUTFLOW) return of->outflow != NULL;
    if (kind == TW_STEP_OUTLET) return of->outlet != NULL;
    return of->inlet;
}

static void visit(struct ordering *o, enum tw_step_kind kind, int32_t u)
{
    tw_plant *plant = o->r->plant;
    const struct tw_unit *unit = &plant->units[u];
    unsigned char *state = &o->state[u * TW_STEP_KINDS + (int32_t)kind];
    if (*state == DONE) return;
    if (*state == OPEN) {
        if (!o->looped) {
            fault_at(
                o->r, unit->line,
                "its water goes round in a loop in which nothing is known: give one pipe of the "
                "loop flow_m3d, and put a tank or a delay into it",
                unit->name);
        }
        o->looped = true;
        return;
    }
    *state = OPEN;
    if (kind == TW_STEP_INFLOW || kind == TW_STEP_MIX) visit_inlets(o, kind, unit);
    if (kind == TW_STEP_OUTFLOW) {
        if (!unit->kind->flow_held) visit(o, TW_STEP_INFLOW, u);
        if (unit->kind->flow_by_content) visit(o, TW_STEP_MIX, u);
    }
    if (kind == TW_STEP_OUTLET && !unit->kind->content_held) {
        visit(o, TW_STEP_INFLOW, u);
        visit(o, TW_STEP_OUTFLOW, u);
        visit(o, TW_STEP_MIX, u);
    }
    *state = DONE;
    if (!is_needed(unit->kind, kind)) return;
    plant->steps[plant->step_count++] = (struct tw_step){kind, u};
}

static bool is_measured(const tw_plant *plant, int32_t u)
{
    for (int32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].probe.unit == u) return true;
    }
    return false;
}

static void visit_all(struct ordering *o, int32_t u)
{
    visit(o, TW_STEP_INFLOW, u);
    visit(o, TW_STEP_OUTLET, u);
    visit(o, TW_STEP_MIX, u);
}

static tw_status find_order(struct tw_plant_reader *r)
{
    tw_plant *plant = r->plant;
    struct ordering o = {.r = r};
    plant->steps = TW_ARENA_NEW(&plant->arena, struct tw_step, plant->unit_count * TW_STEP_KINDS);
    if (plant->steps == NULL) return TW_ERR_NOMEM;
    /* What tanks hold is copied first, value by value: whole vectors of it are read later, when the
     * copies have left the processor's queue of stores. */
    for (int32_t u = 0; u < plant->unit_count; u++) {
        if (plant->units[u].kind->content_held) visit(&o, TW_STEP_OUTLET, u);
    }
    for (int32_t u = 0; u < plant->unit_count; u++)
        visit(&o, TW_STEP_OUTFLOW, u);
    for (int32_t u = 0; u < plant->unit_count; u++) {
        if (plant->units[u].kind->port_count > 0 || is_measured(plant, u)) visit_all(&o, u);
    }
    plant->needed_steps = plant->step_count;
    for (int32_t u = 0; u < plant->unit_count; u++)
        visit_all(&o, u);
    return TW_OK;
}

/* ---- state ---- */

/* What an error may be beside 1e-4 of the value: far below what anyone can measure. */
static double tolerance_of(const tw_plant *plant, int32_t c)
{
    return c == plant->biology->roles.oxygen ? 1e-4 : 1e-3;
}

static tw_status lay_out_state(tw_plant *plant)
{
    int32_t at = 0, tank = 0;
    for (int32_t u = 0; u < plant->unit_count; u++)
        plant->tank_count += tw_text_same(plant->units[u].kind->word, "tank") ? 1 : 0;
    plant->lanes = (plant->tank_count + 3) / 4 * 4;
    plant->tanks = TW_ARENA_NEW(&plant->arena, int32_t, plant->lanes);
    if (plant->tanks == NULL) return TW_ERR_NOMEM;
    at = plant->lanes * plant->components;
    for (int32_t u = 0; u < plant->unit_count; u++) {
        struct tw_unit *unit = &plant->units[u];
        if (tw_text_same(unit->kind->word, "tank")) {
            unit->row = tank;
            plant->tanks[tank++] = u;
        }
        unit->state = at;
        at += unit->kind->states(plant);
    }
    for (int32_t s = 0; s < plant->sensor_count; s++) {
        plant->sensors[s].state = at;
        at += plant->sensors[s].order;
    }
    for (int32_t i = 0; i < plant->controller_count; i++) {
        plant->controllers[i].state = at;
        at += 1 + plant->controllers[i].order;
    }
    plant->state_count = (at + 3) / 4 * 4;
    plant->absolute = TW_ARENA_NEW(&plant->arena, double, plant->state_count);
    plant->relative = TW_ARENA_NEW(&plant->arena, double, plant->state_count);
    if (plant->absolute == NULL || plant->relative == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < plant->state_count; i++) {
        plant->relative[i] = 1e-4;
        int32_t c = i / (plant->lanes > 0 ? plant->lanes : 1);
        plant->absolute[i] = c < plant->components ? tolerance_of(plant, c) : 1e-3;
    }
    for (int32_t u = 0; u < plant->unit_count; u++) {
        const struct tw_unit *unit = &plant->units[u];
        if (unit->kind->tolerate == NULL) continue;
        unit->kind->tolerate(plant, unit, plant->relative + unit->state,
                             plant->absolute + unit->state);
    }
    for (int32_t s = 0; s < plant->sensor_count; s++)
        for (int32_t i = 0; i < plant->sensors[s].order; i++)
            plant->absolute[plant->sensors[s].state + i] = 1e-4;
    for (int32_t i = 0; i < plant->controller_count; i++) {
        const struct tw_controller *c = &plant->controllers[i];
        for (int32_t k = 0; k <= c->order; k++)
            plant->absolute[c->state + k] = 3e-6 * (c->most - c->least);
    }
    return TW_OK;
}

tw_status tw_plant_connect(struct tw_plant_reader *r)
{
    tw_plant *plant = r->plant;
    set_moves(r);
    TW_TRY(order_controllers(r));
    TW_TRY(join_pipes(plant));
    check_units(r);
    if (tw_faults_count(r->ini.faults) > 0) return TW_OK;
    TW_TRY(find_order(r));
    return lay_out_state(plant);
}
