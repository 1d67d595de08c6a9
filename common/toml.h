#ifndef CID_TOML_H
#define CID_TOML_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct json_object;

#define TOML_BYTES_MAX 65536
#define TOML_DEPTH_MAX 16
#define TOML_TEXT_MAX 256

struct toml_error {
	uint32_t line; /* from 1 */
	uint32_t column;
	char text[TOML_TEXT_MAX];
};

struct json_object *toml_parse(const char *, size_t len, struct toml_error *);
void toml_place(struct json_object *, uint32_t *line, uint32_t *column);

#ifdef __cplusplus
}
#endif

#endif /* CID_TOML_H */
