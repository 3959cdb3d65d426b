/* See process.h. */
#include "base/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void tb_process_close(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* the leak check looks into its own process */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
