#ifndef CID_LOOK_H
#define CID_LOOK_H

#include "print.h"

enum print_colour look_status(const char *);
enum print_colour look_slot(const char *);
enum print_colour look_health(const char *);

#endif /* CID_LOOK_H */
