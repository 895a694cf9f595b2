/* [CONTROLS]: rows of RULE, IF, AND, OR, THEN, ELSE, PRIORITY, VARIABLE and EXPRESSION. Numbers
 * that are compared with a quantity are turned into SI; those compared with an expression stay as
 * they are. source: SWMM User's Manual 5.2, appendix C.3 and D, [CONTROLS] */
#include "io/inp_controls.h"
#include "io/inp_expression.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const keywords[] = {"RULE", "IF",       "AND",      "OR",         "THEN",
                                       "ELSE", "PRIORITY", "VARIABLE", "EXPRESSION", NULL};
enum keyword { RULE, IF, AND, OR, THEN, ELSE, PRIORITY, VARIABLE, EXPRESSION };

static tw_status declare_name(struct tw_inp *inp, struct tw_inp_row *row, struct tw_names *names)
{
    if (row->count < 2) return TW_OK;
    int32_t index;
    tw_status status = tw_names_add(names, tw_inp_word(inp, row, 1), &index);
    if (status == TW_ERR_NAME) {
        tw_inp_fault(inp, row, "the name \"%s\" is taken already" TW_SWMM_ERROR("217"),
                     tw_inp_word(inp, row, 1));
        return TW_OK;
    }
    TW_TRY(status);
    row->object = index;
    return TW_OK;
}

/* Counts, so that the arrays are large enough; an AND may become a condition or an action. */
tw_status tw_inp_rule_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_inp_rules *r = &inp->rules;
    switch (tw_inp_match(tw_inp_word(inp, row, 0), keywords)) {
    case RULE:
        r->rule_room++;
        return declare_name(inp, row, &r->names);
    case IF:
    case OR:
        r->condition_room++;
        break;
    case AND:
        r->condition_room++;
        r->action_room++;
        break;
    case THEN:
    case ELSE:
        r->action_room++;
        break;
    case VARIABLE:
        r->variable_room++;
        return declare_name(inp, row, &r->variables);
    case EXPRESSION:
        return declare_name(inp, row, &r->expressions);
    default:
        break;
    }
    return TW_OK;
}

/* name = object ... */
static void read_variable(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_rules *rules = inp->model->rules;
    int next = 3;
    if (row->object < 0 || !tw_inp_need(inp, row, 5)) return;
    if (strcmp(tw_inp_word(inp, row, 2), "=") != 0)
        tw_inp_fault(inp, row, "lacks a = after the name" TW_SWMM_ERROR("217"));
    else
        tw_inp_rule_quantity(inp, row, &next, &rules->variable[row->object]);
}

static int32_t find_variable(const struct tw_inp *inp, const char *name)
{
    return tw_names_find(&inp->rules.variables, name);
}

/* name = text: the words are put together again. */
static tw_status read_expression(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_inp_rules *r = &inp->rules;
    if (row->object < 0 || !tw_inp_need(inp, row, 4)) return TW_OK;
    if (strcmp(tw_inp_word(inp, row, 2), "=") != 0) {
        tw_inp_fault(inp, row, "lacks a = after the name" TW_SWMM_ERROR("217"));
        return TW_OK;
    }
    int32_t first = r->tokens.count;
    tw_status status = tw_inp_expression_read(inp, row, 3, find_variable, &r->tokens);
    r->expression_first[row->object] = first;
    r->expression_count[row->object] = r->tokens.count - first;
    return status;
}

static void begin_rule(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_rules *rules = inp->model->rules;
    if (!tw_inp_need(inp, row, 2)) return;
    if (row->count > 2)
        tw_inp_fault(inp, row, "more words follow the name of the rule" TW_SWMM_ERROR("217"));
    if (row->object < 0) return;
    struct tw_rule *rule = &rules->rule[rules->count++];
    rule->name = tw_names_get(&inp->rules.names, row->object);
    inp->rule_line[rules->count - 1] = row->line;
    rule->condition_first = rules->condition_count;
    rule->then_first = rule->else_first = rules->action_count;
}

static void read_priority(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_rule *rule)
{
    tw_inp_number(inp, row, 1, "the priority", &rule->priority);
    if (row->count > 2)
        tw_inp_fault(inp, row, "more words follow the priority" TW_SWMM_ERROR("217"));
}

/* Which clause may follow which; the state is the last clause but AND and OR. */
static bool may_follow(enum keyword clause, int32_t state)
{
    switch (clause) {
    case IF:
        return state == RULE;
    case AND:
        return state == IF || state == THEN || state == ELSE;
    case OR:
    case THEN:
        return state == IF;
    case ELSE:
        return state == THEN;
    case PRIORITY:
        return state == THEN || state == ELSE;
    default:
        return false;
    }
}

static void read_clause(struct tw_inp *inp, const struct tw_inp_row *row, enum keyword clause)
{
    struct tw_rules *rules = inp->model->rules;
    struct tw_inp_rules *r = &inp->rules;
    if (rules->count == 0 || !may_follow(clause, r->state)) {
        tw_inp_fault(inp, row, "the clause is out of place" TW_SWMM_ERROR("217"));
        return;
    }
    struct tw_rule *rule = &rules->rule[rules->count - 1];
    if (clause != AND && clause != OR) r->state = (int32_t)clause;
    if (clause == ELSE) rule->else_first = rules->action_count;
    if (clause == PRIORITY)
        read_priority(inp, row, rule);
    else if (r->state == IF)
        rule->condition_count += tw_inp_rule_condition(inp, row, clause == OR);
    else if (r->state == THEN)
        rule->then_count += tw_inp_rule_action(inp, row);
    else
        rule->else_count += tw_inp_rule_action(inp, row);
}

tw_status tw_inp_rule_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    int32_t word;
    if (!tw_inp_choice(inp, row, 0, "the clause", keywords, &word)) return TW_OK;
    switch (word) {
    case RULE:
        begin_rule(inp, row);
        inp->rules.state = RULE;
        break;
    case VARIABLE:
        read_variable(inp, row);
        break;
    case EXPRESSION:
        return read_expression(inp, row);
    default:
        read_clause(inp, row, (enum keyword)word);
        break;
    }
    return TW_OK;
}

/* SWMM looks at the last action of a list first, so of two for one link the last one holds. */
static void turn_round(struct tw_rule_action *action, int32_t count)
{
    for (int32_t i = 0; i < count / 2; i++) {
        struct tw_rule_action first = action[i];
        action[i] = action[count - 1 - i];
        action[count - 1 - i] = first;
    }
}

tw_status tw_inp_rules_finish(struct tw_inp *inp)
{
    struct tw_rules *rules = inp->model->rules;
    struct tw_inp_rules *r = &inp->rules;
    if (rules == NULL) return TW_OK;
    struct tw_arena *arena = &inp->model->arena;
    int32_t count = r->expressions.count;
    rules->variable_count = r->variables.count;
    rules->expression_count = count;
    rules->expression_first = TW_ARENA_NEW(arena, int32_t, count + 1);
    rules->token = TW_ARENA_NEW(arena, struct tw_token, r->tokens.count);
    if (rules->expression_first == NULL || rules->token == NULL) return TW_ERR_NOMEM;
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        rules->expression_first[i] = used;
        for (int32_t k = 0; k < r->expression_count[i]; k++)
            rules->token[used++] = r->tokens.token[r->expression_first[i] + k];
    }
    rules->expression_first[count] = used;
    for (int32_t i = 0; i < rules->count; i++) {
        const struct tw_rule *rule = &rules->rule[i];
        turn_round(rules->action + rule->then_first, rule->then_count);
        turn_round(rules->action + rule->else_first, rule->else_count);
        if (rule->then_count == 0 || rule->condition_count == 0)
            tw_faults_add(inp->faults, inp->path, inp->rule_line[i],
                          "rule %s: lacks %s" TW_SWMM_ERROR("217"), rule->name,
                          rule->condition_count == 0 ? "a condition" : "an action");
    }
    if (rules->count == 0) inp->model->rules = NULL;
    return TW_OK;
}
