#ifndef CID_REASON_H
#define CID_REASON_H

#include <stdint.h>

/*
 * Why something was skipped, refused, failed or cleaned up (R114): a stable
 * code and one sentence, the same in API, cidctl, dashboard and logs.
 */
enum reason {
#define REASON(code, sentence) REASON_##code,
#include "reason.def"
#undef REASON
	REASON_MAX
};

const char *reason_code(uint32_t); /* "PATH_NO_MATCH"; "" for NONE */
const char *reason_sentence(uint32_t);
enum reason reason_find(const char *code); /* REASON_MAX: no such code */

#endif /* CID_REASON_H */
