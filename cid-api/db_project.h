#ifndef CID_DB_PROJECT_H
#define CID_DB_PROJECT_H

#include <stdint.h>

#include "name.h"
#include "schema.h"
#include "spec.h"

struct db_table;

enum promote {
	PROMOTE_AUTO,
	PROMOTE_MANUAL
};

#define PROJECT_FILTER_MAX 1025

/* Times are milliseconds since the epoch, durations seconds, sizes bytes. */
struct project {
	int64_t id;
	int64_t team_id;
	char name[NAME_PROJECT_MAX];
	char repo[SPEC_URL_MAX];     /* as given */
	char repo_url[SPEC_URL_MAX]; /* https://host/path.git, /path or "" */
	int64_t forge_id;	     /* the forge's number, 0: not known yet */
	char branch[NAME_BRANCH_MAX];
	char path_filter[PROJECT_FILTER_MAX];
	char working_directory[SPEC_PATH_MAX];
	int build_type;
	char build_image[SPEC_IMAGE_MAX];
	struct schema_list build_command; /* argv; empty: cid.toml's */
	char cache_type[16];
	struct schema_list cache_paths;
	char runtime_image[SPEC_IMAGE_MAX];
	struct schema_list runtime_command;
	int64_t runtime_port; /* 0: the image's only EXPOSE, else 8080 */
	int health_kind;
	char health_check_url[1024]; /* a path */
	int64_t health_check_status; /* 0: any 2xx or 3xx */
	int64_t health_check_timeout;
	int64_t health_check_interval;
	int64_t health_check_retries;
	int64_t health_stay_up;
	int promote;   /* enum promote */
	int supersede; /* a newer push takes the place of queued ones */
	int64_t priority;
	int network; /* of builds */
	int read_only;
	struct spec_limits build;   /* 0: the default */
	struct spec_limits runtime; /* memory, nano_cpus, pids only */
	int64_t last_number;
	int64_t deleting_ms; /* not 0: it is being removed */
	int64_t created_ms;
	int64_t updated_ms;
};

/* A sealed credential, never answered. */
struct credential {
	int64_t id;
	int64_t project_id;
	int kind;	/* 0 git, 1 registry */
	char name[256]; /* of a registry: the server */
	char origin[512];
	int64_t version;
	char *box;
	int64_t created_ms;
};

extern const struct db_table project_table;
extern const struct db_table credential_table;

/*
 * 1 when found, 0 when not, -1 on error; a found one is freed with
 * db_project_free().  A project that is being removed is found by its
 * number only (_get), not by name, list or _lookup.
 */
int db_project_get(int64_t id, struct project *);
int db_project_lookup(const char *id_or_name, struct project *);
/* Those that a team (0: every) and a key (0: none) may see, by name. */
struct project_filter {
	int64_t team_id;
	int64_t token_id;
	int64_t limit;
	int64_t offset;
};
int db_project_list(const struct project_filter *,
    int (*)(void *project, void *), void *);
int64_t db_project_list_count(const struct project_filter *);

int db_project_each_of_hook(int64_t hook_id, int (*)(void *project, void *),
    void *);
int db_project_each_deleting(int (*)(void *project, void *), void *);
void db_project_free(struct project *);

int db_project_add(struct project *); /* sets id and times */
int db_project_save(struct project *);
int db_project_set_forge_id(int64_t id, int64_t forge_id);
int db_project_mark(int64_t id); /* begin its removal */
int db_project_delete(int64_t id);
int64_t db_project_count(void);

/* 1 when the name is free for this team, 0 when not, -1 on error. */
int db_project_name_free(const char *name, int64_t team_id);

int db_credential_put(struct credential *);
int db_credential_drop(int64_t project_id, int kind);
/* struct spec_sealed each; boxes are freed with db_sealed_free(). */
int db_credential_git(int64_t project_id, struct spec_sealed *);
int db_credential_registries(int64_t project_id, struct schema_list *);
void db_sealed_free(struct spec_sealed *, size_t);

#endif /* CID_DB_PROJECT_H */
