/* Expressions of [CONTROLS], [GWF] and [TREATMENT]: from text to postfix tokens.
 *
 *   sum     = product { (+ | -) product }
 *   product = signed { (* | /) signed }
 *   signed  = [ - | + ] power
 *   power   = primary [ ^ signed ]
 *   primary = number | variable | function ( sum ) | ( sum )                                     */
#include "io/inp_expression.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { MOST_DEPTH = 60, LONGEST_NAME = 64 };

struct parser {
    struct tw_inp *inp;
    tw_inp_variable_find *find;
    struct tw_inp_tokens *tokens;
    const char *at;
    const char *problem; /* NULL: none yet */
    int depth;           /* of nested parts: each may hold a value on the stack */
    tw_status status;
};

static void parse_sum(struct parser *p);

static void emit(struct parser *p, struct tw_token token)
{
    struct tw_inp_tokens *t = p->tokens;
    if (p->problem != NULL || p->status != TW_OK) return;
    if (t->count == t->room) {
        int32_t room = t->room > 0 ? 2 * t->room : 64;
        struct tw_token *bigger = TW_ARENA_NEW(&p->inp->scratch, struct tw_token, room);
        if (bigger == NULL) {
            p->status = TW_ERR_NOMEM;
            return;
        }
        if (t->count > 0) memcpy(bigger, t->token, (size_t)t->count * sizeof *bigger);
        t->token = bigger;
        t->room = room;
    }
    t->token[t->count++] = token;
}

static void emit_operation(struct parser *p, int32_t operation)
{
    emit(p, (struct tw_token){.operation = operation, .variable = -1});
}

static char peek(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
    return *p->at;
}

static void fail(struct parser *p, const char *problem)
{
    if (p->problem == NULL) p->problem = problem;
}

static bool in_number(const char *text, int length)
{
    char c = text[length];
    if (isdigit((unsigned char)c) || c == '.') return true;
    char before = length > 0 ? text[length - 1] : '\0';
    if ((c == 'e' || c == 'E') && length > 0)
        return isdigit((unsigned char)text[length + 1]) || text[length + 1] == '-' ||
               text[length + 1] == '+';
    return (c == '-' || c == '+') && (before == 'e' || before == 'E');
}

static void parse_number(struct parser *p)
{
    char text[LONGEST_NAME];
    int length = 0;
    while (length < LONGEST_NAME - 1 && in_number(p->at, length)) {
        text[length] = p->at[length];
        length++;
    }
    text[length] = '\0';
    p->at += length;
    double number;
    if (tw_text_double(text, &number) != TW_OK)
        fail(p, "has a number that cannot be read");
    else
        emit(p, (struct tw_token){.operation = TW_TOKEN_NUMBER, .number = number, .variable = -1});
}

static int32_t find_function(const char *name)
{
    static const char *const names[] = {"COS",  "SIN",  "TAN",  "COT",   "ABS",  "SGN",  "SQRT",
                                        "LOG",  "EXP",  "ASIN", "ACOS",  "ATAN", "ACOT", "SINH",
                                        "COSH", "TANH", "COTH", "LOG10", "STEP", NULL};
    for (int32_t i = 0; names[i] != NULL; i++)
        if (tw_text_same(name, names[i])) return TW_TOKEN_COS + i;
    return -1;
}

static void parse_group(struct parser *p)
{
    p->at++;
    parse_sum(p);
    if (peek(p) == ')')
        p->at++;
    else
        fail(p, "lacks a closing bracket");
}

static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

static void parse_name(struct parser *p)
{
    char name[LONGEST_NAME];
    int length = 0;
    for (; length < LONGEST_NAME - 1 && in_name(p->at[length]); length++)
        name[length] = p->at[length];
    name[length] = '\0';
    p->at += length;
    int32_t function = find_function(name);
    if (function >= 0 && peek(p) == '(') {
        parse_group(p);
        emit_operation(p, function);
        return;
    }
    int32_t variable = p->find(p->inp, name);
    if (variable < 0)
        fail(p, "names what is neither a variable nor a function");
    else
        emit(p, (struct tw_token){.operation = TW_TOKEN_VARIABLE, .variable = variable});
}

static void parse_primary(struct parser *p)
{
    char c = peek(p);
    if (c == '(')
        parse_group(p);
    else if (isdigit((unsigned char)c) || c == '.')
        parse_number(p);
    else if (in_name(c))
        parse_name(p);
    else
        fail(p, c == '\0' ? "ends too early" : "has a sign out of place");
}

static void parse_signed(struct parser *p)
{
    if (++p->depth > MOST_DEPTH) fail(p, "is nested too deeply");
    char sign = peek(p);
    if (sign == '-' || sign == '+') p->at++;
    if (p->problem == NULL) parse_primary(p);
    if (p->problem == NULL && peek(p) == '^') {
        p->at++;
        parse_signed(p);
        emit_operation(p, TW_TOKEN_POWER);
    }
    if (sign == '-') emit_operation(p, TW_TOKEN_NEGATE);
    p->depth--;
}

static void parse_product(struct parser *p)
{
    parse_signed(p);
    while (p->problem == NULL && (peek(p) == '*' || *p->at == '/')) {
        char sign = *p->at++;
        parse_signed(p);
        emit_operation(p, sign == '*' ? TW_TOKEN_MULTIPLY : TW_TOKEN_DIVIDE);
    }
}

static void parse_sum(struct parser *p)
{
    if (++p->depth > MOST_DEPTH) fail(p, "is nested too deeply");
    parse_product(p);
    while (p->problem == NULL && (peek(p) == '+' || *p->at == '-')) {
        char sign = *p->at++;
        parse_product(p);
        emit_operation(p, sign == '+' ? TW_TOKEN_ADD : TW_TOKEN_SUBTRACT);
    }
    p->depth--;
}

tw_status tw_inp_expression_read(struct tw_inp *inp, const struct tw_inp_row *row, int first,
                                 tw_inp_variable_find *find, struct tw_inp_tokens *tokens)
{
    struct tw_strbuf text = {0};
    for (int i = first; i < row->count; i++) {
        tw_strbuf_add_text(&text, tw_inp_word(inp, row, i));
        tw_strbuf_add_text(&text, " ");
    }
    if (text.status != TW_OK) {
        tw_strbuf_done(&text);
        return TW_ERR_NOMEM;
    }
    struct parser p = {
        .inp = inp, .find = find, .tokens = tokens, .at = tw_strbuf_get(&text), .status = TW_OK};
    parse_sum(&p);
    if (p.problem == NULL && peek(&p) != '\0') p.problem = "goes on after its end";
    if (p.problem != NULL)
        tw_inp_fault(inp, row, "expression \"%s\" %s" TW_SWMM_ERROR("233"), tw_strbuf_get(&text),
                     p.problem);
    tw_strbuf_done(&text);
    return p.status;
}
