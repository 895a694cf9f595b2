/* GET /api/v1/openapi.json: the interface as OpenAPI 3.1, made from the table of routes. */
#include "net/json.h"
#include "server/service.h"

#include <stdio.h>
#include <string.h>

/* Types of query parameters: the word in the table of routes, and its JSON Schema. */
static const char *const types[][2] = {
    {"text", "{\"type\":\"string\"}"},
    {"time", "{\"type\":\"string\",\"examples\":[\"2031-07-01T10:01:00+08:00\"]}"},
    {"whole", "{\"type\":\"integer\"}"},
    {"seconds", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":25}"},
    {"points", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":20000}"},
    {"format", "{\"type\":\"string\",\"enum\":[\"plain\",\"typed\"]}"},
    {"precision", "{\"type\":\"string\",\"enum\":[\"ns\",\"us\",\"ms\",\"s\",\"m\",\"h\"]}"},
};

/* What bodies and answers are. */
static const char *const schemas[][2] = {
    {"Object", "{\"type\":\"object\"}"},
    {"List", "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"},
    {"Refusal", "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":"
                "\"string\"},\"remedy\":{\"type\":\"string\"},\"index\":{\"type\":[\"integer\","
                "\"null\"]}}}"},
    {"Clock", "{\"type\":\"object\",\"required\":[\"state\",\"time\",\"speed\"],\"properties\":{"
              "\"state\":{\"enum\":[\"running\",\"paused\",\"ended\",\"live\"]},\"time\":{\"type\":"
              "\"string\"},\"speed\":{\"type\":[\"number\",\"null\"]}}}"},
    {"ClockOrder", "{\"type\":\"object\",\"anyOf\":[{\"required\":[\"paused\"]},{\"required\":["
                   "\"speed\"]}],\"properties\":{\"paused\":{\"type\":\"boolean\"},\"speed\":{"
                   "\"type\":\"number\",\"minimum\":1,\"maximum\":3600}}}"},
    {"InspectionOrder", "{\"type\":\"object\",\"properties\":{\"plant\":{\"type\":\"string\"}}}"},
    {"AdviceAnswer",
     "{\"type\":\"object\",\"required\":[\"advice\",\"answer\"],\"properties\":{\"advice\":{"
     "\"type\":\"integer\"},\"answer\":{\"enum\":[\"accept\",\"change\",\"refuse\"]},"
     "\"reason\":{\"type\":\"string\",\"maxLength\":500},\"values\":{\"type\":\"object\"}}}"},
    {"Tick", "{\"type\":\"object\",\"required\":[\"inspection\",\"item\"],\"properties\":{"
             "\"inspection\":{\"type\":\"integer\"},\"item\":{\"type\":\"string\",\"maxLength\":"
             "199},\"note\":{\"type\":\"string\",\"maxLength\":500}}}"},
    {"Acknowledgement",
     "{\"type\":\"object\",\"properties\":{\"by\":{\"type\":\"string\",\"maxLength\":127}}}"},
    {"Order", "{\"type\":\"object\",\"required\":[\"action\"],\"properties\":{\"action\":{"
              "\"type\":\"string\",\"enum\":[\"hold\",\"raise\",\"cancel\",\"release\"]},"
              "\"class\":{\"type\":\"string\",\"enum\":[\"blue\",\"yellow\",\"orange\","
              "\"red\"]},\"reason\":{\"type\":\"string\",\"maxLength\":255},\"by\":{\"type\":"
              "\"string\",\"maxLength\":127}}}"},
    {"Sample", "{\"type\":\"object\",\"required\":[\"sensor\",\"time\",\"value\"],\"properties\":{"
               "\"sensor\":{\"type\":\"string\",\"description\":\"an id of GET "
               "/api/v1/latest\"},\"time\":{\"type\":\"string\",\"description\":\"ISO 8601\"},"
               "\"value\":{\"type\":\"number\"},\"unit\":{\"type\":[\"string\",\"null\"]},\"flag\":"
               "{\"type\":\"string\",\"pattern\":\"^[NFMSDCTB]*$\"}}}"},
    {"Samples", "{\"oneOf\":[{\"type\":\"array\",\"maxItems\":10000,\"items\":{\"$ref\":"
                "\"#/components/schemas/Sample\"}},{\"type\":\"object\",\"required\":[\"samples\"],"
                "\"properties\":{\"source\":{\"type\":\"string\",\"maxLength\":64},\"samples\":{"
                "\"type\":\"array\",\"maxItems\":10000,\"items\":{\"$ref\":"
                "\"#/components/schemas/Sample\"}}}}]}"},
    {"Stored", "{\"type\":\"object\",\"required\":[\"stored\"],\"properties\":{\"stored\":{"
               "\"type\":\"integer\"}}}"},
    {"Lines", "{\"type\":\"string\",\"description\":\"Influx line protocol\"}"},
    {"Latest", "{\"type\":\"object\",\"required\":[\"time_ms\",\"columns\",\"rows\"],"
               "\"properties\":{\"time_ms\":{\"type\":\"integer\"},\"columns\":{\"type\":\"array\","
               "\"items\":{\"type\":\"string\"}},\"rows\":{\"type\":\"array\",\"items\":{\"type\":"
               "\"array\",\"minItems\":7,\"maxItems\":7}}}}"},
    {"Series", "{\"type\":\"object\",\"required\":[\"id\",\"unit\",\"from_ms\",\"to_ms\","
               "\"columns\",\"points\"],\"properties\":{\"id\":{\"type\":\"string\"},\"unit\":{"
               "\"type\":\"string\"},\"points\":{\"type\":\"array\",\"items\":{\"type\":\"array\","
               "\"minItems\":6,\"maxItems\":6}}}}"},
    {"Devices", "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"protocol\","
                "\"name\",\"source\",\"state\",\"samples\",\"gaps\",\"refused\"],\"properties\":{"
                "\"state\":{\"enum\":[\"never\",\"silent\",\"refused\",\"speaks\"]}}}}"},
};

static const char *find(const char *const rows[][2], size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(rows[i][0]) == length && memcmp(rows[i][0], name, length) == 0)
            return rows[i][1];
    }
    return NULL;
}

/* A schema by its name. */
static void add_reference(struct tw_strbuf *out, const char *name)
{
    char text[96];
    (void)snprintf(text, sizeof text, "{\"$ref\":\"#/components/schemas/%s\"}", name);
    tw_json_raw(out, text);
}

static void add_parameter(struct tw_strbuf *out, const char *in, const char *name,
                          const char *words, const char *schema)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "name", name);
    tw_json_put_text(out, "in", in);
    tw_json_put_bool(out, "required", strcmp(in, "path") == 0);
    tw_json_put_text(out, "description", words);
    tw_json_key(out, "schema");
    tw_json_raw(out, schema);
    tw_json_close(out, '}');
}

/* `name:type:words;...` */
static void add_query(struct tw_strbuf *out, const char *query)
{
    while (query != NULL && *query != 0) {
        char text[256];
        size_t length = strcspn(query, ":");
        const char *type = query + length + 1;
        size_t type_length = strcspn(type, ":");
        const char *words = type + type_length + 1;
        /* Words may hold semicolons with a blank behind. */
        const char *end = words;
        while (*end != 0 && !(*end == ';' && end[1] != ' '))
            end++;
        const char *schema = find(types, sizeof types / sizeof types[0], type, type_length);
        (void)snprintf(text, sizeof text, "%.*s", (int)length, query);
        char words_text[256];
        (void)snprintf(words_text, sizeof words_text, "%.*s", (int)(end - words), words);
        add_parameter(out, "query", text, words_text, schema != NULL ? schema : "{}");
        query = *end == 0 ? end : end + 1;
    }
}

static void add_content(struct tw_strbuf *out, const char *mime, const char *schema)
{
    tw_json_key(out, "content");
    tw_json_open(out, '{');
    tw_json_key(out, mime);
    tw_json_open(out, '{');
    tw_json_key(out, "schema");
    if (schema != NULL) {
        add_reference(out, schema);
    } else {
        tw_json_raw(out, "{}");
    }
    tw_json_close(out, '}');
    tw_json_close(out, '}');
}

static void add_answers(struct tw_strbuf *out, const struct tw_http_route *route)
{
    bool mime = route->answer != NULL && strchr(route->answer, '/') != NULL;
    tw_json_key(out, "responses");
    tw_json_open(out, '{');
    tw_json_key(out, route->answer == NULL ? "204" : "200");
    tw_json_open(out, '{');
    tw_json_put_text(out, "description", route->answer == NULL ? "done" : route->help);
    if (route->answer != NULL) {
        add_content(out, mime ? route->answer : "application/json", mime ? NULL : route->answer);
    }
    tw_json_close(out, '}');
    tw_json_key(out, "default");
    tw_json_open(out, '{');
    tw_json_put_text(out, "description", "refused: what is wrong, and what to do about it");
    add_content(out, "application/json", "Refusal");
    tw_json_close(out, '}');
    tw_json_close(out, '}');
}

/* What a path's empty places are called, in their order. */
enum { HOLES = 2 };
static const struct {
    const char *name, *help;
} holes[HOLES] = {{"id", "of the thing"}, {"part", "of what belongs to it"}};

static void add_path_key(struct tw_strbuf *out, const char *path)
{
    char text[128];
    size_t used = 0;
    int h = 0;
    for (const char *at = path; *at != 0 && used + 1 < sizeof text; at++) {
        if (at[0] == '{' && at[1] == '}' && h < HOLES) {
            int put = snprintf(text + used, sizeof text - used, "{%s}", holes[h++].name);
            used += put > 0 ? (size_t)put : 0;
            if (used >= sizeof text) used = sizeof text - 1;
            at++;
        } else {
            text[used++] = *at;
        }
    }
    text[used] = 0;
    tw_json_key(out, text);
}

static void add_operation(struct tw_strbuf *out, const struct tw_http_route *route)
{
    tw_json_key(out, strcmp(route->method, "GET") == 0 ? "get" : "post");
    tw_json_open(out, '{');
    tw_json_put_text(out, "summary", route->help);
    tw_json_key(out, "parameters");
    tw_json_open(out, '[');
    const char *hole = strstr(route->path, "{}");
    for (int h = 0; hole != NULL && h < HOLES; h++) {
        add_parameter(out, "path", holes[h].name, holes[h].help,
                      "{\"type\":\"string\",\"minLength\":1}");
        hole = strstr(hole + 2, "{}");
    }
    add_query(out, route->query);
    tw_json_close(out, ']');
    if (route->request != NULL) {
        tw_json_key(out, "requestBody");
        tw_json_open(out, '{');
        const char *takes = route->takes == NULL ? "application/json" : route->takes;
        tw_json_put_bool(out, "required", true);
        add_content(out, takes[0] != 0 ? takes : "text/plain", route->request);
        tw_json_close(out, '}');
    }
    add_answers(out, route);
    if (route->needs != 0) {
        tw_json_key(out, "security");
        tw_json_raw(out, "[{\"token\":[]},{}]");
    }
    tw_json_close(out, '}');
}

/* All routes of one path, at its first; two rows of a path are its two methods. */
static void add_path(struct tw_strbuf *out, const struct tw_http_route *routes, size_t count,
                     size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(routes[k].path, routes[i].path) == 0) return;
    }
    add_path_key(out, routes[i].path);
    tw_json_open(out, '{');
    for (size_t k = i; k < count; k++) {
        if (strcmp(routes[k].path, routes[i].path) == 0) add_operation(out, &routes[k]);
    }
    tw_json_close(out, '}');
}

tw_http_outcome tw_get_openapi(void *user, const struct tw_http_request *request,
                               struct tw_http_reply *reply)
{
    size_t count = 0;
    const struct tw_http_route *routes = tw_routes(&count);
    struct tw_strbuf *out = &reply->body;
    (void)user;
    (void)request;
    tw_json_open(out, '{');
    tw_json_put_text(out, "openapi", "3.1.0");
    tw_json_key(out, "info");
    tw_json_raw(out,
                "{\"title\":\"Thalweg\",\"version\":\"1\",\"license\":{\"name\":\"Apache-2.0\","
                "\"identifier\":\"Apache-2.0\"}}");
    tw_json_key(out, "paths");
    tw_json_open(out, '{');
    for (size_t i = 0; i < count; i++)
        add_path(out, routes, count, i);
    tw_json_close(out, '}');
    tw_json_key(out, "components");
    tw_json_open(out, '{');
    tw_json_key(out, "securitySchemes");
    tw_json_raw(out, "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}");
    tw_json_key(out, "schemas");
    tw_json_open(out, '{');
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        tw_json_key(out, schemas[i][0]);
        tw_json_raw(out, schemas[i][1]);
    }
    tw_json_close(out, '}');
    tw_json_close(out, '}');
    tw_json_close(out, '}');
    return TW_HTTP_DONE;
}
