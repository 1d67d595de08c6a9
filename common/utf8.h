#ifndef CID_UTF8_H
#define CID_UTF8_H

#include <stddef.h>
#include <stdint.h>

size_t utf8_next(const char *, size_t len, uint32_t *code);
int utf8_is_printable(uint32_t code);
size_t utf8_clean(char *to, size_t size, const char *from, size_t len);

#endif /* CID_UTF8_H */
