#ifndef CID_LOG_H
#define CID_LOG_H

#define LOG_FMT __attribute__((__format__(printf, 1, 2)))

void log_init(const char *, int, int);
void log_debug(const char *, ...) LOG_FMT;
void log_info(const char *, ...) LOG_FMT;
void log_warn(const char *, ...) LOG_FMT;
void log_warnx(const char *, ...) LOG_FMT;
_Noreturn void fatal(const char *, ...) LOG_FMT;
_Noreturn void fatalx(const char *, ...) LOG_FMT;

#endif /* CID_LOG_H */
