/* A disk that fails, tears and forgets, at every write and sync of a recorded run.
 *
 * A file system for SQLite in memory that keeps, beside what a program reads, what would be on the
 * disk after a power cut: synced bytes for certain, of the others any part in any order. For every
 * n the run is made again with its n-th write or sync failing, or with the power cut there; then the
 * store is opened from what is left and must have all that was answered. */
#include "store/admin.h"
#include "store/store.h"

#include "check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 24, SECTOR = 512, CHANGES = 4096 };

/* A change that was not synced yet. */
struct change {
    size_t at, size;
    uint8_t *data; /* NULL: the file was cut to `at` */
};

struct disk_file {
    char name[160];
    uint8_t *data; /* what the program reads */
    size_t size, room;
    uint8_t *safe; /* what is on the disk for certain */
    size_t safe_size, safe_room;
    struct change changes[CHANGES];
    int change_count;
    bool there, safe_there;
    int holders;        /* of the file's lock */
    uint8_t *shared[8]; /* pages of the -shm, which no disk keeps */
    int locks[8];       /* > 0: shared by so many; -1: exclusive */
};

enum failure { FAIL_NOT, FAIL_WRITE, FAIL_ALL_AFTER, FAIL_POWER };

static char folder[] = "/tmp/tw_disk_test_XXXXXX";

static struct disk {
    struct disk_file files[FILES];
    long long operations, fail_at;
    enum failure failure;
    bool dead; /* the power was cut */
    uint64_t random;
} disk;

static uint64_t next_random(void)
{
    disk.random ^= disk.random << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    disk.random ^= disk.random >> 7;
    disk.random ^= disk.random << 17;
    return disk.random;
}

/* Whether this operation fails. */
static bool fails(void)
{
    disk.operations++;
    if (disk.dead) return true;
    if (disk.failure == FAIL_NOT || disk.operations < disk.fail_at) return false;
    if (disk.failure == FAIL_POWER) disk.dead = true;
    return disk.failure != FAIL_WRITE || disk.operations == disk.fail_at;
}

static void put_bytes(uint8_t **data, size_t *size, size_t *room, size_t at, const uint8_t *from,
                      size_t count)
{
    if (at + count > *room || *data == NULL) {
        size_t larger = 2 * (at + count) + 4096;
        uint8_t *moved = realloc(*data, larger);
        assert_non_null(moved);
        memset(moved + *room, 0, larger - *room);
        *data = moved;
        *room = larger;
    }
    if (at > *size) memset(*data + *size, 0, at - *size);
    memcpy(*data + at, from, count);
    if (at + count > *size) *size = at + count;
}

static void apply(struct disk_file *f, const struct change *c, size_t size)
{
    if (c->data == NULL) {
        if (c->at < f->safe_size) f->safe_size = c->at;
    } else {
        put_bytes(&f->safe, &f->safe_size, &f->safe_room, c->at, c->data, size);
    }
}

static void note(struct disk_file *f, size_t at, const void *data, size_t size)
{
    struct change *c = &f->changes[f->change_count++];
    assert_true(f->change_count < CHANGES);
    *c = (struct change){.at = at, .size = size};
    if (data == NULL) return;
    c->data = malloc(size + 1);
    assert_non_null(c->data);
    memcpy(c->data, data, size);
}

static void forget_changes(struct disk_file *f)
{
    for (int i = 0; i < f->change_count; i++)
        free(f->changes[i].data);
    f->change_count = 0;
}

static void make_safe(struct disk_file *f)
{
    for (int i = 0; i < f->change_count; i++)
        apply(f, &f->changes[i], f->changes[i].size);
    forget_changes(f);
    f->safe_there = true;
}

/* After a power cut: of what was not synced some is there, some is not, some in part. */
static void power_cut(void)
{
    for (int i = 0; i < FILES; i++) {
        struct disk_file *f = &disk.files[i];
        for (int k = 0; k < f->change_count; k++) {
            uint64_t luck = next_random() % 3;
            size_t size = f->changes[k].size;
            if (luck == 1) size = size / SECTOR * (next_random() % 3) / 2 * SECTOR;
            if (luck > 0 && size <= f->changes[k].size) apply(f, &f->changes[k], size);
            if (luck > 0) f->safe_there = true;
        }
        forget_changes(f);
        f->there = f->safe_there;
        f->size = 0;
        if (f->safe_size > 0) {
            put_bytes(&f->data, &f->size, &f->room, 0, f->safe, f->safe_size);
        }
        if (!f->there && f->name[0] != 0) (void)unlink(f->name);
        for (int k = 0; k < 8; k++) {
            free(f->shared[k]);
            f->shared[k] = NULL;
            f->locks[k] = 0;
        }
    }
    disk.dead = false;
    disk.failure = FAIL_NOT;
}

static void disk_clear(void)
{
    for (int i = 0; i < FILES; i++) {
        struct disk_file *f = &disk.files[i];
        forget_changes(f);
        if (f->name[0] != 0) (void)unlink(f->name);
        free(f->data);
        free(f->safe);
        for (int k = 0; k < 8; k++)
            free(f->shared[k]);
    }
    memset(&disk, 0, sizeof disk);
    disk.random = 88172645463325252u;
}

/* ---- SQLite's side ---- */

struct handle {
    sqlite3_file base;
    struct disk_file *file;
    unsigned shared_locks, own_locks; /* bits of f->locks */
    int level;                        /* of the lock on the whole file */
};

static struct disk_file *file_of(sqlite3_file *handle) { return ((struct handle *)handle)->file; }

static struct disk_file *find_file(const char *name, bool make)
{
    struct disk_file *free_one = NULL;
    for (int i = 0; i < FILES; i++) {
        struct disk_file *f = &disk.files[i];
        if (strcmp(f->name, name) == 0) return f;
        if (f->name[0] == 0 && free_one == NULL) free_one = f;
    }
    if (!make) return NULL;
    assert_non_null(free_one);
    (void)snprintf(free_one->name, sizeof free_one->name, "%s", name);
    return free_one;
}

static int x_read(sqlite3_file *handle, void *out, int count, sqlite3_int64 at)
{
    const struct disk_file *f = file_of(handle);
    size_t begin = (size_t)at;
    size_t have = begin >= f->size ? 0 : f->size - begin;
    if (disk.dead) return SQLITE_IOERR_READ;
    if (have > (size_t)count) have = (size_t)count;
    if (have > 0) memcpy(out, f->data + begin, have);
    if (have == (size_t)count) return SQLITE_OK;
    memset((uint8_t *)out + have, 0, (size_t)count - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int x_write(sqlite3_file *handle, const void *data, int count, sqlite3_int64 at)
{
    struct disk_file *f = file_of(handle);
    bool fail = fails();
    size_t size = (size_t)count;
    if (fail) size = size / 2; /* half of it was written */
    put_bytes(&f->data, &f->size, &f->room, (size_t)at, data, size);
    note(f, (size_t)at, data, size);
    return fail ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int x_truncate(sqlite3_file *handle, sqlite3_int64 size)
{
    struct disk_file *f = file_of(handle);
    if (fails()) return SQLITE_IOERR_TRUNCATE;
    if ((size_t)size < f->size) f->size = (size_t)size;
    note(f, (size_t)size, NULL, 0);
    return SQLITE_OK;
}

static int x_sync(sqlite3_file *handle, int flags)
{
    (void)flags;
    if (fails()) return SQLITE_IOERR_FSYNC;
    make_safe(file_of(handle));
    return SQLITE_OK;
}

static int x_size(sqlite3_file *handle, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)file_of(handle)->size;
    return SQLITE_OK;
}

/* Whoever closes last must know it: then the log is moved to its place and removed. */
static int x_lock(sqlite3_file *handle, int lock)
{
    struct handle *h = (struct handle *)handle;
    if (h->level == SQLITE_LOCK_NONE && lock >= SQLITE_LOCK_SHARED) {
        h->file->holders++;
        h->level = SQLITE_LOCK_SHARED;
    }
    if (lock == SQLITE_LOCK_EXCLUSIVE && h->file->holders > 1) return SQLITE_BUSY;
    if (lock > h->level) h->level = lock;
    return SQLITE_OK;
}

static int x_unlock(sqlite3_file *handle, int lock)
{
    struct handle *h = (struct handle *)handle;
    if (lock == SQLITE_LOCK_NONE && h->level != SQLITE_LOCK_NONE) h->file->holders--;
    if (lock < h->level) h->level = lock;
    return SQLITE_OK;
}

static int x_close(sqlite3_file *handle) { return x_unlock(handle, SQLITE_LOCK_NONE); }

static int x_reserved(sqlite3_file *handle, int *out)
{
    (void)handle;
    *out = 0;
    return SQLITE_OK;
}

static int x_control(sqlite3_file *handle, int what, void *argument)
{
    (void)handle;
    (void)what;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int x_sector(sqlite3_file *handle)
{
    (void)handle;
    return SECTOR;
}

static int x_traits(sqlite3_file *handle)
{
    (void)handle;
    return 0;
}

static int x_shm_map(sqlite3_file *handle, int page, int size, int extend, void volatile **out)
{
    struct disk_file *f = file_of(handle);
    assert_true(page < 8);
    if (f->shared[page] == NULL && extend != 0) f->shared[page] = calloc(1, (size_t)size);
    *out = f->shared[page];
    return SQLITE_OK;
}

static int x_shm_lock(sqlite3_file *handle, int offset, int count, int flags)
{
    struct handle *h = (struct handle *)handle;
    int *locks = h->file->locks;
    bool shared = (flags & SQLITE_SHM_SHARED) != 0;
    for (int i = offset; i < offset + count && (flags & SQLITE_SHM_LOCK) != 0; i++) {
        bool mine = shared && (h->shared_locks >> i & 1) != 0;
        if (!mine && (shared ? locks[i] < 0 : locks[i] != 0)) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + count; i++) {
        unsigned bit = 1u << i;
        unsigned *held = shared ? &h->shared_locks : &h->own_locks;
        bool has = (*held & bit) != 0;
        bool want = (flags & SQLITE_SHM_LOCK) != 0;
        if (has == want) continue;
        *held ^= bit;
        locks[i] += (shared ? 1 : -1) * (want ? 1 : -1);
    }
    return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *handle) { (void)handle; }

static int x_shm_unmap(sqlite3_file *handle, int remove)
{
    struct disk_file *f = file_of(handle);
    for (int i = 0; i < 8 && remove != 0; i++) {
        free(f->shared[i]);
        f->shared[i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2,          x_close,       x_read,      x_write,   x_truncate, x_sync,   x_size,
    x_lock,     x_lock,        x_reserved,  x_control, x_sector,   x_traits, x_shm_map,
    x_shm_lock, x_shm_barrier, x_shm_unmap, NULL,      NULL};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *handle, int flags, int *out)
{
    struct handle *h = (struct handle *)handle;
    (void)vfs;
    *h = (struct handle){.file = find_file(name, true)};
    if (!h->file->there && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    h->file->there = true;
    /* An empty file of the same name, for who lists the folder. */
    FILE *marker = fopen(name, "a");
    if (marker == NULL || fclose(marker) != 0) return SQLITE_CANTOPEN;
    h->base.pMethods = &methods;
    if (out != NULL) *out = flags;
    return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct disk_file *f = find_file(name, false);
    (void)vfs;
    (void)sync;
    if (disk.dead) return SQLITE_IOERR_DELETE;
    if (f == NULL) return SQLITE_OK;
    forget_changes(f);
    (void)unlink(name);
    f->there = false;
    f->safe_there = false;
    f->size = 0;
    f->safe_size = 0;
    return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    const struct disk_file *f = find_file(name, false);
    (void)vfs;
    (void)flags;
    *out = f != NULL && f->there;
    return SQLITE_OK;
}

static int x_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int x_randomness(sqlite3_vfs *vfs, int count, char *out)
{
    (void)vfs;
    for (int i = 0; i < count; i++)
        out[i] = (char)next_random();
    return count;
}

static int x_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int x_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 2462000.5;
    return SQLITE_OK;
}

static sqlite3_vfs memory_disk = {.iVersion = 1,
                                  .szOsFile = sizeof(struct handle),
                                  .mxPathname = 159,
                                  .zName = "memory-disk",
                                  .xOpen = x_open,
                                  .xDelete = x_delete,
                                  .xAccess = x_access,
                                  .xFullPathname = x_path,
                                  .xRandomness = x_randomness,
                                  .xSleep = x_sleep,
                                  .xCurrentTime = x_time};

/* ---- the run ---- */

#define BEGIN_MS INT64_C(1940648400000)
enum { BATCHES = 24, BATCH = 30 };

struct ledger {
    bool asked[BATCHES], answered[BATCHES]; /* stored, as far as was told */
};

static void note_answer(void *user, tw_status status)
{
    if (status == TW_OK) *(bool *)user = true;
}

static struct tw_store *open_store(int32_t *out_series)
{
    static const char *const names[1] = {"L1"};
    char why[300] = "";
    char path[64];
    struct tw_store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/live.db", folder);
    if (tw_store_open(path, NULL, NULL, why, sizeof why, &store) != TW_OK) {
        return NULL;
    }
    if (tw_store_series_register(store, names, 1, out_series) == TW_OK) return store;
    tw_store_close(store);
    return NULL;
}

/* The same every time: batches, a flush after each, and sealing now and then. */
static void run(struct ledger *ledger)
{
    int32_t series = 0;
    struct tw_store *store = open_store(&series);
    if (store == NULL) return;
    for (int b = 0; b < BATCHES; b++) {
        struct tw_store_sample samples[BATCH];
        for (int i = 0; i < BATCH; i++) {
            samples[i] = (struct tw_store_sample){.series = series,
                                                  .time_ms = BEGIN_MS + b * 86400000 + i * 1000,
                                                  .value = b * 1000 + i};
        }
        ledger->asked[b] = tw_store_samples_add(store, "gateway", samples[0].time_ms, samples,
                                                BATCH, note_answer, &ledger->answered[b]) == TW_OK;
        (void)tw_store_flush(store);
        if (b % 5 == 4) (void)tw_store_seal(store);
    }
    tw_store_close(store);
}

static void fail_by(void *user, const char *text)
{
    (void)user;
    fail_msg("operation %lld: %s", disk.fail_at, text);
}

static void check_is_sound(void)
{
    struct tw_store_found found;
    char why[300] = "";
    char path[64];
    (void)snprintf(path, sizeof path, "%s/live.db", folder);
    if (tw_store_check(path, fail_by, NULL, why, sizeof why, &found) != TW_OK) fail_msg("%s", why);
}

/* All that was answered is there, once; of what was not answered a batch is there as a whole or not
 * at all. */
static void compare(const struct ledger *ledger)
{
    int32_t series = 0;
    struct tw_store *store = open_store(&series);
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    int seen[BATCHES] = {0};
    if (store == NULL) fail_msg("operation %lld: the store does not open", disk.fail_at);
    assert_ok(tw_store_samples_read(store, series, 0, INT64_MAX / 2, SIZE_MAX, &samples, &count));
    for (size_t i = 0; i < count; i++) {
        int b = (int)(samples[i].value / 1000.0);
        assert_true(b >= 0 && b < BATCHES && ledger->asked[b]);
        assert_int_equal(samples[i].time_ms,
                         BEGIN_MS + b * 86400000 + ((int)samples[i].value % 1000) * 1000);
        seen[b]++;
    }
    for (int b = 0; b < BATCHES; b++) {
        if (ledger->answered[b] && seen[b] != BATCH) {
            fail_msg("operation %lld: batch %d was answered, %d of %d are there", disk.fail_at, b,
                     seen[b], BATCH);
        }
        assert_true(seen[b] == 0 || seen[b] == BATCH);
    }
    free(samples);
    tw_store_close(store);
    check_is_sound();
}

static void every_failure(enum failure failure)
{
    struct ledger ledger;
    disk_clear();
    memset(&ledger, 0, sizeof ledger);
    run(&ledger);
    long long operations = disk.operations;
    assert_true(operations > 100);
    for (int b = 0; b < BATCHES; b++)
        assert_true(ledger.answered[b]);
    for (long long n = 1; n <= operations; n++) {
        disk_clear();
        memset(&ledger, 0, sizeof ledger);
        disk.random += (uint64_t)n;
        disk.failure = failure;
        disk.fail_at = n;
        run(&ledger);
        if (failure == FAIL_POWER) power_cut();
        disk.failure = FAIL_NOT;
        compare(&ledger);
    }
    print_message("%lld writes and syncs, each failed once\n", operations);
}

static void a_write_or_sync_that_fails_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    every_failure(FAIL_WRITE);
}

static void a_disk_that_fails_from_then_on_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    every_failure(FAIL_ALL_AFTER);
}

/* Torn and reordered: of what was not synced any part may be there. */
static void a_power_cut_loses_nothing_that_was_answered(void **state)
{
    (void)state;
    every_failure(FAIL_POWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_or_sync_that_fails_loses_nothing_that_was_answered),
        cmocka_unit_test(a_disk_that_fails_from_then_on_loses_nothing_that_was_answered),
        cmocka_unit_test(a_power_cut_loses_nothing_that_was_answered),
    };
    if (mkdtemp(folder) == NULL || sqlite3_vfs_register(&memory_disk, 1) != SQLITE_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_clear();
    return failed + (rmdir(folder) != 0);
}
