#ifndef CID_PRINT_H
#define CID_PRINT_H

#include <stddef.h>
#include <stdio.h>

struct json_object;

enum print_colour {
	PRINT_PLAIN,
	PRINT_GOOD,
	PRINT_BAD,
	PRINT_BUSY,
	PRINT_FAINT,
	PRINT_STRONG
};

void print_init(void);
int print_is_terminal(FILE *);
size_t print_width(const char *);
void print_text(FILE *, const char *);
void print_colour(FILE *, enum print_colour, const char *);
void print_log(FILE *, const char *, size_t len);
void print_json(struct json_object *);
void print_error(const char *, ...) __attribute__((__format__(printf, 1, 2)));

#endif /* CID_PRINT_H */
