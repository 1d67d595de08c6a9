#ifndef CID_DB_SCHEMA_H
#define CID_DB_SCHEMA_H

const char *db_schema(int version);

#endif /* CID_DB_SCHEMA_H */
