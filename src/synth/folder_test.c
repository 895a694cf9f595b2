#include "synth/folder.h"

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 512, MOST_BYTES = 1 << 24 };

static const struct tw_folder_options shancheng = {
    .id = "shancheng", .title_zh = "山城（虚构）", .title_en = "Shancheng (made up)"};

/* A folder of our own, empty. */
static void fresh(char *out_path)
{
    (void)snprintf(out_path, PATH, "/tmp/thalweg-folder-XXXXXX");
    assert_non_null(mkdtemp(out_path));
}

/* Remove a folder with what is in it; returns how many files there were. */
static int empty_out(const char *path)
{
    int files = 0;
    DIR *dir = opendir(path);
    if (dir == NULL) return unlink(path) == 0 ? 1 : 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char below[PATH];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        (void)snprintf(below, sizeof below, "%.250s/%.250s", path, entry->d_name);
        files += empty_out(below);
    }
    (void)closedir(dir);
    (void)rmdir(path);
    return files;
}

static void same_file(const char *made, const char *kept, const char *name)
{
    char path[PATH], *a = NULL, *b = NULL;
    size_t a_size, b_size;
    (void)snprintf(path, sizeof path, "%.200s/%s", made, name);
    assert_ok(tw_file_read(path, MOST_BYTES, &a, &a_size));
    (void)snprintf(path, sizeof path, "%.200s/%s", kept, name);
    assert_ok(tw_file_read(path, MOST_BYTES, &b, &b_size));
    if (a_size != b_size || memcmp(a, b, a_size) != 0)
        fail_msg("%s is not what thalweg synth makes: after a change of src/synth run "
                 "thalweg synth --nodes 1200 --seed 7 --force cities/shancheng",
                 path);
    free(a);
    free(b);
}

/* The committed city was made by the sources that stand beside it, byte by byte. */
static void shancheng_is_what_synth_makes(void **state)
{
    (void)state;
    static const char *const names[] = {"city.ini",
                                        "network.inp",
                                        "terrain.asc",
                                        "points.geojson",
                                        "sensors.geojson",
                                        "roads.geojson",
                                        "depots.geojson",
                                        "cameras.geojson",
                                        "plants/W1.ini",
                                        "plants/W2.ini",
                                        "plants/W3.ini",
                                        "storms/p2/rain.csv",
                                        "storms/p2/storm.ini",
                                        "storms/p20/rain.csv",
                                        "storms/p20/storm.ini",
                                        "storms/p50-3h/rain.csv",
                                        "storms/p50-3h/storm.ini",
                                        "storms/p100/rain.csv",
                                        "storms/p100/storm.ini"};
    enum { NAMES = sizeof names / sizeof names[0] };
    char path[PATH];
    struct tw_city city;
    fresh(path);
    assert_ok(tw_city_make(7, 1200, &city));
    assert_ok(tw_folder_write(&city, &shancheng, path));
    tw_city_done(&city);
    for (size_t i = 0; i < NAMES; i++)
        same_file(path, TW_SOURCE_DIR "/cities/shancheng", names[i]);
    assert_int_equal(empty_out(path), NAMES);
}

static void storms_can_be_written_alone(void **state)
{
    (void)state;
    char path[PATH];
    struct tw_city city;
    struct tw_folder_options options = shancheng;
    options.storms_only = true;
    fresh(path);
    assert_ok(tw_city_make(3, 200, &city));
    assert_ok(tw_folder_write(&city, &options, path));
    tw_city_done(&city);
    assert_int_equal(empty_out(path), 8); /* rain and description of four storms */
}

/* A file stands where a folder has to be. */
static void a_folder_that_cannot_be_written_is_left_without_files(void **state)
{
    (void)state;
    static const char *const in_the_way[] = {"storms", "plants", "roads.geojson"};
    struct tw_city city;
    assert_ok(tw_city_make(3, 200, &city));
    for (size_t i = 0; i < sizeof in_the_way / sizeof in_the_way[0]; i++) {
        char path[PATH], blocked[PATH];
        fresh(path);
        (void)snprintf(blocked, sizeof blocked, "%.200s/%s", path, in_the_way[i]);
        if (i < 2) {
            fclose(fopen(blocked, "w"));
        } else {
            assert_int_equal(mkdir(blocked, 0777), 0);
        }
        assert_status(tw_folder_write(&city, &shancheng, path), TW_ERR_FILE);
        assert_int_equal(empty_out(path), i < 2 ? 1 : 0); /* what was in the way */
    }
    tw_city_done(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shancheng_is_what_synth_makes),
        cmocka_unit_test(storms_can_be_written_alone),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_left_without_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
