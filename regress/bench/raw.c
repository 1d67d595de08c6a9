/*
 * raw [-p port] socket image build-command release-command
 *
 * One round of what a push costs the engine alone: create, start and wait for
 * a build; create and start a release until it accepts a connection.  Prints
 * the milliseconds.  The containers, networks and volumes are those that
 * cid-builder's own template makes of a project with the defaults; a release
 * listens on PORT_INSIDE, and is published on 127.0.0.1 with -p.  Networks
 * are made before the clock runs; all is removed after it stopped.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <curl/curl.h>
#include <json-c/json.h>

#include "addr.h"
#include "env.h"
#include "msg_release.h"
#include "name.h"
#include "template.h"
#include "template_network.h"

#define PORT_INSIDE 8080
#define ANSWER_MS 10000 /* before a release counts as dead */
#define MIB (1024 * 1024LL)
#define CPU 1000000000LL

/* A pool that cid does not use by default. */
static const struct conf_pool pool = { 0x0ade0000, 16 }; /* 10.222.0.0/16 */

static const struct template_ceiling ceiling = {
	.memory = UINT64_MAX,
	.nano_cpus = UINT64_MAX,
	.log = UINT64_MAX,
	.pids = UINT32_MAX,
	.cgroup_parent = "",
};

struct text {
	char *data;
	size_t len;
};

static CURL *curl;
static struct label label; /* of this round */
static char build[NAME_DOCKER_MAX], release[NAME_DOCKER_MAX];
static char build_net[NAME_DOCKER_MAX], release_net[NAME_DOCKER_MAX];
static char output[NAME_DOCKER_MAX];

static size_t
append(char *data, size_t size, size_t n, void *arg)
{
	struct text *t = arg;
	char *p;

	if ((p = realloc(t->data, t->len + size * n + 1)) == NULL)
		return 0;
	memcpy(p + t->len, data, size * n);
	t->data = p;
	t->len += size * n;
	p[t->len] = '\0';
	return size * n;
}

/*
 * Send a request, wait for its answer.  Returns the status; the answer, NULL
 * when it is no JSON, goes to *answer unless that is NULL.
 */
static long
ask(const char *method, const char *path, const char *body,
    struct json_object **answer)
{
	struct text t = { NULL, 0 };
	char url[512];
	CURLcode error;
	long status = 0;

	snprintf(url, sizeof(url), "http://docker%s", path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body == NULL ? "" : body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &t);
	if ((error = curl_easy_perform(curl)) != CURLE_OK)
		errx(1, "%s %s: %s", method, path, curl_easy_strerror(error));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (answer != NULL)
		*answer = t.data == NULL ? NULL : json_tokener_parse(t.data);
	if (status >= 400 && answer != NULL)
		warnx("%s %s: %ld %s", method, path, status,
		    t.data == NULL ? "" : t.data);
	free(t.data);
	return status;
}

/* The same for one object, where all but the wanted status is an error. */
static struct json_object *
must(const char *method, const char *what, const char *name, const char *rest,
    const char *body)
{
	struct json_object *answer;
	char path[256];

	snprintf(path, sizeof(path), "/%s%s%s", what, name, rest);
	if (ask(method, path, body, &answer) >= 400)
		exit(1);
	return answer;
}

static void
drop(const char *what, const char *name, const char *rest)
{
	char path[256];

	snprintf(path, sizeof(path), "/%s/%s%s", what, name, rest);
	ask("DELETE", path, NULL, NULL);
}

/* What was never made is not missed. */
static void
clean(void)
{
	drop("containers", build, "?force=1&v=1");
	drop("containers", release, "?force=1&v=1");
	drop("volumes", output, "?force=1");
	drop("networks", build_net, "");
	drop("networks", release_net, "");
	curl_easy_cleanup(curl);
}

static void
set_up(const char *socket)
{
	struct curl_slist *headers = NULL;

	if ((curl = curl_easy_init()) == NULL)
		errx(1, "curl");
	headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
	snprintf(label.instance, sizeof(label.instance), "%08x-raw",
	    arc4random());
	strlcpy(label.project, "raw", sizeof(label.project));
	strlcpy(label.environment, "production", sizeof(label.environment));
	label.project_id = label.env_id = label.net = label.number = 1;
	name_build(build, label.instance, 1, 1);
	name_slot(release, label.instance, "raw", SLOT_BLUE);
	name_build_network(build_net, label.instance, 1, 1);
	name_env_network(release_net, label.instance, 1);
	name_output(output, label.instance, 1, 1);
	atexit(clean);
}

static void
make_network(const char *name, enum label_kind kind)
{
	struct template_network t;
	char *body;
	size_t len;

	memset(&t, 0, sizeof(t));
	t.label = label;
	t.label.kind = kind;
	strlcpy(t.name, name, sizeof(t.name));
	name_bridge(t.bridge, label.instance, kind == LABEL_NETWORK ? 1 : 2);
	if (kind == LABEL_NETWORK && addr_net(&pool, label.net, &t.base) == -1)
		errx(1, "no such network");
	if ((body = template_network(&t, &len)) == NULL)
		errx(1, "network");
	json_object_put(must("POST", "networks/create", "", "", body));
	free(body);
}

static void
create(const char *name, const struct template *t)
{
	char *body;
	size_t len;

	if (template_check(t, &ceiling) != REASON_NONE ||
	    (body = template_container(t, &ceiling, &len)) == NULL)
		errx(1, "%s is not a container", name);
	json_object_put(
	    must("POST", "containers/create?name=", name, "", body));
	json_object_put(must("POST", "containers/", name, "/start", NULL));
	free(body);
}

static void
run_build(struct template *t)
{
	struct json_object *status, *answer;

	create(build, t);
	answer = must("POST", "containers/", build, "/wait", NULL);
	if (!json_object_object_get_ex(answer, "StatusCode", &status) ||
	    json_object_get_int(status) != 0)
		errx(1, "the build failed");
	json_object_put(answer);
}

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Returns 0 once it accepted. */
static int
try_connect(uint32_t addr)
{
	struct sockaddr_in sin;
	int fd, ret;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(addr);
	sin.sin_port = htons(PORT_INSIDE);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		err(1, "socket");
	ret = connect(fd, (struct sockaddr *)&sin, sizeof(sin));
	close(fd);
	return ret;
}

static void
run_release(struct template *t)
{
	double end = now_ms() + ANSWER_MS;

	create(release, t);
	while (try_connect(t->address) == -1) {
		if (now_ms() > end)
			err(1, "the release does not listen");
		poll(NULL, 0, 1);
	}
}

/* What both have in common. */
static void
fill(struct template *t, enum template_kind kind, const char *image,
    char **argv, struct env *env)
{
	const int is_build = kind == TEMPLATE_BUILD;

	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->image = image;
	t->argv = argv;
	t->argc = 3;
	t->env = env;
	t->working_directory = "/app";
	t->network = is_build ? build_net : release_net;
	t->limits.memory = (is_build ? 4096 : 512) * MIB;
	t->limits.nano_cpus =
	    (is_build ? sysconf(_SC_NPROCESSORS_ONLN) : 1) * CPU;
	t->limits.pids = is_build ? 4096 : 512;
	t->limits.log = 64 * MIB;
	t->label = label;
	t->label.kind = is_build ? LABEL_BUILD : LABEL_SLOT;
	if (template_add_mount(t, output, is_build ? "/output" : "/app",
		LABEL_OUTPUT, !is_build) != REASON_NONE)
		errx(1, "mount");
}

static void
run_round(const char *image, char *build_command, char *release_command,
    uint32_t publish)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *build_argv[] = { shell, option, build_command, NULL };
	char *release_argv[] = { shell, option, release_command, NULL };
	struct template b, r;
	struct env env;
	double begin;

	env_init(&env);
	env_set(&env, "CI", "true", 4);
	fill(&b, TEMPLATE_BUILD, image, build_argv, &env);
	fill(&r, TEMPLATE_SLOT, image, release_argv, &env);
	r.port = PORT_INSIDE;
	r.publish = publish;
	if (addr_slot(&pool, label.net, SLOT_BLUE, &r.address) == -1)
		errx(1, "no such slot");
	make_network(build_net, LABEL_BUILD_NETWORK);
	make_network(release_net, LABEL_NETWORK);
	begin = now_ms();
	run_build(&b);
	run_release(&r);
	printf("%.1f\n", now_ms() - begin);
	env_free(&env);
}

int
main(int argc, char **argv)
{
	const char *error = NULL;
	uint32_t publish = 0;
	int c;

	while ((c = getopt(argc, argv, "p:")) != -1) {
		if (c != 'p')
			return 2;
		publish = (uint32_t)strtonum(optarg, 1, UINT16_MAX, &error);
		if (error != NULL)
			errx(2, "port is %s: %s", error, optarg);
	}
	if (argc - optind != 4) {
		fprintf(stderr,
		    "usage: raw [-p port] socket image "
		    "build-command release-command\n");
		return 2;
	}
	argv += optind;
	set_up(argv[0]);
	run_round(argv[1], argv[2], argv[3], publish);
	return 0;
}
