#ifndef CID_TABLE_H
#define CID_TABLE_H

#include "print.h"

#define TABLE_COLUMNS 10

struct table;

struct table *table_new(const char *const heads[], int columns);
void table_cell(struct table *, enum print_colour, const char *);
void table_print(struct table *);

#endif /* CID_TABLE_H */
