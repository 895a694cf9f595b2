/* Input files of any bytes: a model comes out, or faults do. */
#include "fuzz.h"
#include "io/inp.h"

#include "base/require.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    tw_faults *faults = NULL;
    if (text == NULL || tw_faults_create(0, &faults) != TW_OK) {
        free(text);
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    struct tw_model *model = NULL;
    tw_status status = tw_inp_check_text(text, size, "fuzz.inp", faults, &model);
    TW_REQUIRE(status == TW_OK || status == TW_ERR_INPUT || status == TW_ERR_NOMEM);
    TW_REQUIRE((status == TW_OK) == (model != NULL));
    if (status == TW_OK) TW_REQUIRE(tw_faults_count(faults) == 0);
    tw_inp_free(model);
    tw_faults_destroy(faults);
    free(text);
    return 0;
}
