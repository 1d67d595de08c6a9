#ifndef CID_PROJECT_SECRET_H
#define CID_PROJECT_SECRET_H

#include <stdint.h>

struct actor;
struct environment;
struct project;
struct project_input;

/*
 * Seal what a request gave of credentials and variables, and store it.
 * Must be called inside a transaction.  Returns 0, or -1 after logging.
 */
int project_seal_credentials(const struct project *,
    const struct project_input *, uint64_t present);
int project_seal_variables(const struct project *, const struct environment *,
    const struct project_input *, uint64_t present, const struct actor *);

#endif /* CID_PROJECT_SECRET_H */
