/* The version of the programs, told here alone: `--version` and the log-in page show it, `make
 * dist` names its tarball after it, and a test compares it with the head of the changelog. */
#ifndef TB_BASE_VERSION_H
#define TB_BASE_VERSION_H

#define TB_VERSION "1.0"

#endif
