#ifndef CID_SPEC_CHECK_H
#define CID_SPEC_CHECK_H

/*
 * Rules of strings, for the tables of schemas: each returns NULL, or what is
 * wrong in words that follow the field's name.
 */
const char *spec_check_project(const char *);
const char *spec_check_env(const char *);
const char *spec_check_branch(const char *);
const char *spec_check_commit(const char *);
const char *spec_check_image(const char *);	  /* as people name one */
const char *spec_check_image_or_id(const char *); /* also "sha256:…" */
const char *spec_check_filter(const char *);
const char *spec_check_dir(const char *);  /* relative, without ".." */
const char *spec_check_path(const char *); /* of a URL, with its query */
const char *spec_check_variable(const char *);
const char *spec_check_word(const char *); /* lower case, digits, hyphens */

#endif /* CID_SPEC_CHECK_H */
