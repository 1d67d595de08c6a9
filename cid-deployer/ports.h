#ifndef CID_PORTS_H
#define CID_PORTS_H

#include <stddef.h>
#include <stdint.h>

int ports_elsewhere(const char *list, size_t len, uint32_t port, char *text,
    size_t size);

#endif /* CID_PORTS_H */
