/* When two ways to cut the same bytes must have the same end. */
#ifndef TB_FUZZ_SAME_H
#define TB_FUZZ_SAME_H

#include "magento/xml.h"

#include <stdlib.h>
#include <string.h>

/* Whether it is an answer at all must never depend on the cuts. Why it is none may where the bytes
 * declare an encoding: then libxml2 gives up converting earlier or later. */
static inline void same_end(const char *data, size_t size, enum tb_xml_is one, enum tb_xml_is other)
{
    bool declares = memmem(data, size, "encoding", 8) != NULL;

    if ((one == TB_XML_COMPLETE) != (other == TB_XML_COMPLETE) || (!declares && one != other)) {
        abort();
    }
}

#endif
