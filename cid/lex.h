#ifndef CID_LEX_H
#define CID_LEX_H

#include <stdint.h>
#include <stdio.h>

struct conf;

/* One of these, then lex_next() until it returns 0 at the file's end. */
int lex_open(const char *file);
void lex_close(void);
int lex_next(void); /* yylex(); sets yylval */
void lex_error(const char *, ...) __attribute__((__format__(printf, 1, 2)));
int lex_errors(void);

#endif /* CID_LEX_H */
