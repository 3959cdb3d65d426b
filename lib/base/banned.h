/* Functions that this program does without; the compiler is told to refuse them. Included on the
 * command line before every file of ours (-include), after the headers that declare them. */
#ifndef TB_BASE_BANNED_H
#define TB_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok strtok_r gets
#pragma GCC poison atoi atol atoll atof gmtime localtime ctime asctime system popen tmpnam mktemp

#endif
