#ifndef CID_DB_HANDLE_H
#define CID_DB_HANDLE_H

struct sqlite3;

/* What the db_*.c mechanism shares; tables use db.h. */
struct sqlite3 *db_handle(void);
int db_write(void); /* something will be written in this turn */

#endif /* CID_DB_HANDLE_H */
