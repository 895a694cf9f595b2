/* Replays a corpus through a fuzz target without a fuzzer, so that any compiler can: every file as
 * it is, cut short at 32 places, and changed a little 100 times (the same changes every time). */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_FILE = 1 << 20, CUTS = 32, CHANGES = 100 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The target gets memory of exactly this size, so that a sanitizer sees a read beyond its end. */
static int give(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL) return 1;
    if (size > 0) memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

static int replay(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 1;
    size_t size = fread(data, 1, LONGEST_FILE, file);
    fclose(file);
    int failed = give(data, size);
    for (size_t i = 0; i < CUTS && size > 0; i++)
        failed |= give(data, size * i / CUTS);
    uint64_t random = 88172645463325252u + size;
    for (int i = 0; i < CHANGES && size > 0; i++) {
        size_t at = next_random(&random) % size;
        uint8_t kept = data[at];
        data[at] = (uint8_t)next_random(&random);
        failed |= give(data, size);
        data[at] = kept;
    }
    return failed;
}

int main(int argc, char **argv)
{
    int count = 0, failed = 0;
    uint8_t *data = malloc(LONGEST_FILE);
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (data == NULL || folder == NULL) {
        fprintf(stderr, "%s: needs one folder of inputs\n", argv[0]);
        free(data);
        return 2;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        failed |= replay(path, data);
        count++;
    }
    closedir(folder);
    free(data);
    printf("%d inputs\n", count);
    return failed || count == 0;
}
