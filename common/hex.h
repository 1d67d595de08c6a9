#ifndef CID_HEX_H
#define CID_HEX_H

#include <stddef.h>
#include <stdint.h>

char *hex_encode(char *, const uint8_t *, size_t);
int hex_decode(uint8_t *, size_t, const char *);

#endif /* CID_HEX_H */
