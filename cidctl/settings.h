#ifndef CID_SETTINGS_H
#define CID_SETTINGS_H

struct json_object;

/* Files whose contents become part of a project; NULL: not given. */
struct settings_files {
	const char *git_token;
	const char *webhook_secret;
	const char *registries; /* server user password, a line each */
	const char *secrets;	/* NAME=value, a line each */
};

struct json_object *settings_read(const char *path);
int settings_add_files(struct json_object *, const struct settings_files *);
struct json_object *
settings_changes(struct json_object *wanted, struct json_object *current);
void settings_print_changes(struct json_object *changes,
    struct json_object *current);
void settings_print(struct json_object *project);

#endif /* CID_SETTINGS_H */
