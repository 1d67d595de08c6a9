/*
 * cid.toml at one commit: in the project's working directory, else at the
 * top of the tree.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>
#include <json-c/json.h>

#include "fail.h"
#include "file.h"
#include "projectfile.h"
#include "spec.h"
#include "toml.h"

#define FILE_NAME "cid.toml"

/* Returns 0 when dir is a directory of the tree, or -1 with *f set. */
static int
check_dir(git_tree *t, const char *dir, struct fail *f)
{
	git_tree_entry *te;
	int is;

	if (dir[0] == '\0')
		return 0;
	is = git_tree_entry_bypath(&te, t, dir) == 0;
	if (is) {
		is = git_tree_entry_type(te) == GIT_OBJECT_TREE;
		git_tree_entry_free(te);
	}
	if (is)
		return 0;
	return fail_set(f, REASON_DIRECTORY_MISSING,
	    "the commit has no directory %s", dir);
}

static int
parse(const char *path, git_blob *blob, struct spec_source *s, struct fail *f)
{
	struct projectfile_error e;
	struct json_object *o;

	if (git_blob_rawsize(blob) > TOML_BYTES_MAX)
		return fail_set(f, REASON_SPEC_INVALID,
		    "%s is larger than 64 KiB", path);
	o = projectfile_parse(path, git_blob_rawcontent(blob),
	    (size_t)git_blob_rawsize(blob), PROJECTFILE_REPOSITORY, &e);
	if (o == NULL)
		return fail_set(f,
		    e.is_forbidden ? REASON_SPEC_FORBIDDEN_KEY
				   : REASON_SPEC_INVALID,
		    "%s", e.text);
	s->file = strdup(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	if (s->file == NULL)
		return fail_set(f, REASON_INTERNAL, "out of memory");
	s->has_file = 1;
	return 0;
}

/* Returns 1 when there is such a file and it was read, 0 when not, or -1. */
static int
read_at(git_tree *t, const char *path, struct spec_source *s, struct fail *f)
{
	git_tree_entry *te;
	git_blob *blob = NULL;
	git_filemode_t mode;
	int ret;

	if (git_tree_entry_bypath(&te, t, path) != 0)
		return 0;
	mode = git_tree_entry_filemode(te);
	if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		ret = fail_set(f, REASON_SPEC_INVALID,
		    "%s is not a regular file", path);
	else if (git_blob_lookup(&blob, git_tree_owner(t),
		     git_tree_entry_id(te)) != 0)
		ret = fail_git(f, REASON_GIT_FAILED, "%s", path);
	else
		ret = parse(path, blob, s, f) == -1 ? -1 : 1;
	git_blob_free(blob);
	git_tree_entry_free(te);
	return ret;
}

/*
 * Fill in s->file and s->has_file; a tree without the file is fine, one
 * without the directory is not.  Returns 0, or -1 with *f set.
 */
int
file_read(git_tree *t, const char *dir, struct spec_source *s, struct fail *f)
{
	char path[SPEC_PATH_MAX + sizeof(FILE_NAME) + 1];
	int ret = 0;

	if (check_dir(t, dir, f) == -1)
		return -1;
	if (dir[0] != '\0') {
		snprintf(path, sizeof(path), "%s/%s", dir, FILE_NAME);
		ret = read_at(t, path, s, f);
	}
	if (ret == 0)
		ret = read_at(t, FILE_NAME, s, f);
	if (ret == 0 && (s->file = strdup("")) == NULL)
		return fail_set(f, REASON_INTERNAL, "out of memory");
	return ret == -1 ? -1 : 0;
}
