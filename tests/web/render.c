/* Renders one template with page data read from an .hdf file, to stdout: for golden tests and for
 * screenshots. ClearSilver is set up as lib/web does it. The .hdf reader of the library is not safe
 * with hostile input; this harness is the only program that uses it, on files of the tests alone.
 *
 *     render TEMPLATE_DIR TEMPLATE DATA.hdf     render templates record/show.cs pages/order.hdf
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ClearSilver.h"

static NEOERR *write_stdout(void *ctx, char *text)
{
    (void)ctx;
    if (fputs(text, stdout) == EOF) {
        return nerr_raise(NERR_IO, "standard output not written");
    }
    return STATUS_OK;
}

/* "#include" lines of the data are found beside the data file, templates below TEMPLATE_DIR. */
static NEOERR *set_paths(HDF *hdf, const char *templates, const char *data)
{
    char folder[256];
    const char *slash = strrchr(data, '/');
    int length = slash == NULL ? 1 : (int)(slash - data);

    snprintf(folder, sizeof folder, "%.*s", length, slash == NULL ? "." : data);
    NEOERR *err = hdf_set_value(hdf, "hdf.loadpaths.0", templates);
    if (err != STATUS_OK) {
        return nerr_pass(err);
    }
    return nerr_pass(hdf_set_value(hdf, "hdf.loadpaths.1", folder));
}

static NEOERR *render(HDF *hdf, CSPARSE **parse, const char *const *args)
{
    NEOERR *err = set_paths(hdf, args[0], args[2]);

    if (err == STATUS_OK) {
        err = hdf_read_file(hdf, args[2]);
    }
    if (err == STATUS_OK) {
        err = hdf_set_value(hdf, "Config.VarEscapeMode", "html");
    }
    if (err == STATUS_OK) {
        err = cs_init(parse, hdf);
    }
    if (err == STATUS_OK) {
        err = cs_parse_file(*parse, args[1]);
    }
    if (err == STATUS_OK) {
        err = cs_render(*parse, NULL, write_stdout);
    }
    return nerr_pass(err);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: render TEMPLATE_DIR TEMPLATE DATA.hdf\n", stderr);
        return 64;
    }
    const char *args[3] = {argv[1], argv[2], argv[3]};
    HDF *hdf = NULL;
    CSPARSE *parse = NULL;
    NEOERR *err = hdf_init(&hdf);

    if (err == STATUS_OK) {
        err = render(hdf, &parse, args);
    }
    bool is_good = err == STATUS_OK;
    if (!is_good) {
        nerr_log_error(err);
        nerr_ignore(&err);
    }
    cs_destroy(&parse);
    hdf_destroy(&hdf);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
