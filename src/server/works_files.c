#include "server/works_files.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tw_setting *tw_works_settings(const struct tw_ini *ini, struct tw_arena *arena)
{
    struct tw_setting *settings = TW_ARENA_NEW(arena, struct tw_setting, ini->count);
    for (int32_t i = 0; settings != NULL && i < ini->count; i++) {
        const struct tw_ini_entry *e = &ini->entries[i];
        settings[i] = (struct tw_setting){e->section, e->key, e->value, e->line};
    }
    return settings;
}

static tw_status read_one(const char *path, tw_faults *faults, struct tw_works_list *list)
{
    struct tw_arena arena;
    struct tw_ini ini;
    tw_arena_init(&arena);
    tw_status status = tw_ini_read(path, &arena, faults, &ini);
    if (status == TW_OK) {
        const struct tw_setting *settings = tw_works_settings(&ini, &arena);
        status = settings == NULL
                     ? TW_ERR_NOMEM
                     : tw_works_read(path, settings, ini.count, faults, &list->works[list->count]);
    }
    if (status == TW_OK) list->count++;
    tw_arena_done(&arena);
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

static bool is_ini(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && name[0] != '.' && strcmp(name + length - 4, ".ini") == 0;
}

tw_status tw_works_list_read(const char *folder, tw_faults *faults, struct tw_works_list *out_list)
{
    struct dirent **files = NULL;
    struct tw_works_list list = {0};
    int count = scandir(folder, &files, NULL, alphasort);
    if (count < 0) {
        tw_faults_add(faults, folder, 0, "%s", strerror(errno));
        return TW_ERR_FILE;
    }
    list.works = calloc((size_t)count + 1, sizeof(struct tw_works *));
    tw_status status = list.works == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int i = 0; i < count; i++) {
        struct tw_strbuf path = {0};
        if (status == TW_OK && is_ini(files[i]->d_name)) {
            (void)tw_strbuf_printf(&path, "%s/%s", folder, files[i]->d_name);
            status = path.status == TW_OK ? read_one(path.text, faults, &list) : path.status;
        }
        tw_strbuf_done(&path);
        free(files[i]);
    }
    free(files);
    if (status == TW_OK) {
        *out_list = list;
    } else {
        tw_works_list_done(&list);
    }
    return status;
}

void tw_works_list_done(struct tw_works_list *list)
{
    for (int32_t i = 0; i < list->count; i++)
        tw_works_destroy(list->works[i]);
    free((void *)list->works);
    *list = (struct tw_works_list){0};
}

struct tw_works *tw_works_list_find(const struct tw_works_list *list, const char *id)
{
    for (int32_t i = 0; i < list->count; i++)
        if (tw_text_same(list->works[i]->id, id)) return list->works[i];
    return NULL;
}
