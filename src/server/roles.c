#include "server/roles.h"

#include "base/file.h"
#include "net/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OWN_NAME "replay"
#define FILE_MAX ((size_t)1 << 20)

struct token {
    char hash[TW_SHA256_HEX_SIZE];
    unsigned roles;
    char name[TW_HTTP_WHO_SIZE];
    bool own; /* of this process itself */
};

struct tw_roles {
    bool open; /* no tokens are configured */
    unsigned anonymous;
    struct token *tokens;
    size_t count, capacity;
};

static const struct {
    const char *word;
    unsigned roles;
} words[] = {
    {"viewer", TW_ROLE_VIEWER},
    {"device", TW_ROLE_DEVICE},
    {"operator", TW_ROLE_VIEWER | TW_ROLE_OPERATOR},
    {"dispatcher", TW_ROLE_VIEWER | TW_ROLE_DISPATCHER},
    {"auditor", TW_ROLE_VIEWER | TW_ROLE_AUDITOR},
    {"admin",
     TW_ROLE_VIEWER | TW_ROLE_DEVICE | TW_ROLE_OPERATOR | TW_ROLE_AUDITOR | TW_ROLE_DISPATCHER},
};

static unsigned roles_of_word(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(words[i].word, word) == 0) return words[i].roles;
    }
    return 0;
}

static tw_status add(struct tw_roles *roles, const struct token *token)
{
    if (roles->count == roles->capacity) {
        size_t capacity = roles->capacity == 0 ? 16 : 2 * roles->capacity;
        struct token *tokens = realloc(roles->tokens, capacity * sizeof *tokens);
        if (tokens == NULL) return TW_ERR_NOMEM;
        roles->tokens = tokens;
        roles->capacity = capacity;
    }
    roles->tokens[roles->count++] = *token;
    return TW_OK;
}

static tw_status take_line(struct tw_roles *roles, char *line, const char *path, int number,
                           tw_faults *faults)
{
    static const char blanks[] = " \t\r";
    char *state = NULL;
    line[strcspn(line, "#")] = 0;
    const char *word = strtok_r(line, blanks, &state);
    const char *hash = strtok_r(NULL, blanks, &state);
    const char *name = strtok_r(NULL, blanks, &state);
    if (word == NULL) return TW_OK;
    unsigned bits = roles_of_word(word);
    if (bits == 0) {
        tw_faults_add(faults, path, number,
                      "\"%.32s\" is none of viewer, device, operator, dispatcher, auditor, admin",
                      word);
        return TW_OK;
    }
    if (hash != NULL && strcmp(hash, "anonymous") == 0 && bits == TW_ROLE_VIEWER) {
        roles->anonymous |= bits;
        return TW_OK;
    }
    if (hash == NULL || strlen(hash) != 64 || strspn(hash, "0123456789abcdefABCDEF") != 64) {
        tw_faults_add(faults, path, number,
                      "after the role there must be the SHA-256 of the token, 64 hexadecimal "
                      "digits: printf %%s TOKEN | sha256sum");
        return TW_OK;
    }
    struct token token = {.roles = bits};
    (void)snprintf(token.hash, sizeof token.hash, "%s", hash);
    (void)snprintf(token.name, sizeof token.name, "%s", name != NULL ? name : word);
    return add(roles, &token);
}

static tw_status read_tokens(struct tw_roles *roles, const char *path, tw_faults *faults)
{
    char *text = NULL;
    TW_TRY(tw_file_read_text(path, FILE_MAX, faults, &text));
    tw_status status = TW_OK;
    size_t before = tw_faults_count(faults);
    int number = 0;
    for (char *line = text; line != NULL && status == TW_OK;) {
        char *end = strchr(line, '\n');
        if (end != NULL) *end = 0;
        status = take_line(roles, line, path, ++number, faults);
        line = end == NULL ? NULL : end + 1;
    }
    free(text);
    if (status != TW_OK) return status;
    return tw_faults_count(faults) > before ? TW_ERR_INPUT : TW_OK;
}

tw_status tw_roles_load(const char *path, const char *own_token, tw_faults *faults,
                        struct tw_roles **out_roles)
{
    struct tw_roles *roles = calloc(1, sizeof *roles);
    if (roles == NULL) return TW_ERR_NOMEM;
    roles->open = path == NULL;
    tw_status status = path == NULL ? TW_OK : read_tokens(roles, path, faults);
    if (status == TW_OK && own_token != NULL) {
        struct token token = {.roles = TW_ROLE_DEVICE, .name = OWN_NAME, .own = true};
        tw_sha256_hex(own_token, strlen(own_token), token.hash);
        status = add(roles, &token);
    }
    if (status != TW_OK) {
        tw_roles_destroy(roles);
        return status;
    }
    *out_roles = roles;
    return TW_OK;
}

void tw_roles_own_dispatches(struct tw_roles *roles)
{
    for (size_t i = 0; i < roles->count; i++) {
        if (roles->tokens[i].own) roles->tokens[i].roles |= TW_ROLE_DISPATCHER;
    }
}

void tw_roles_destroy(struct tw_roles *roles)
{
    if (roles == NULL) return;
    free(roles->tokens);
    free(roles);
}

unsigned tw_roles_of(const struct tw_roles *roles, const char *token, char who[TW_HTTP_WHO_SIZE])
{
    char hash[TW_SHA256_HEX_SIZE] = "";
    if (token != NULL) tw_sha256_hex(token, strlen(token), hash);
    /* Hashes are compared, not tokens: how long it takes tells nothing about a token. */
    for (size_t i = 0; i < roles->count && token != NULL; i++) {
        if (strcasecmp(roles->tokens[i].hash, hash) != 0) continue;
        (void)snprintf(who, TW_HTTP_WHO_SIZE, "%s", roles->tokens[i].name);
        return roles->tokens[i].roles;
    }
    if (roles->open) {
        (void)snprintf(who, TW_HTTP_WHO_SIZE, "local");
        return ~0U;
    }
    (void)snprintf(who, TW_HTTP_WHO_SIZE, "anonymous");
    return token == NULL ? roles->anonymous : 0;
}
