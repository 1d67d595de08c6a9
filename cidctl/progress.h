#ifndef CID_PROGRESS_H
#define CID_PROGRESS_H

void progress_begin(const char *what);
void progress_draw(void);
void progress_erase(void);
void progress_end(void);

#endif /* CID_PROGRESS_H */
