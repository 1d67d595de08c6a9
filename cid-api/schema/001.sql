-- The first schema.  Never edited once released: later ones add to it.
-- Times are milliseconds since the epoch, 0 for never; states and reasons
-- are the words that people see.

CREATE TABLE setting (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE team (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name != ''),
	created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE member (
	id INTEGER PRIMARY KEY,
	team_id INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (name != ''),
	role TEXT NOT NULL
	    CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
	created_ms INTEGER NOT NULL,
	UNIQUE (team_id, name)
) STRICT;

CREATE TABLE project (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	team_id INTEGER NOT NULL REFERENCES team,
	name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
	repo TEXT NOT NULL,
	repo_url TEXT NOT NULL,
	forge_id INTEGER NOT NULL,
	branch TEXT NOT NULL,
	path_filter TEXT NOT NULL,
	working_directory TEXT NOT NULL,
	build_type TEXT NOT NULL
	    CHECK (build_type IN ('command', 'dockerfile', 'image')),
	build_image TEXT NOT NULL,
	build_command TEXT NOT NULL,
	cache_type TEXT NOT NULL,
	cache_paths TEXT NOT NULL,
	runtime_image TEXT NOT NULL,
	runtime_command TEXT NOT NULL,
	runtime_port INTEGER NOT NULL CHECK (runtime_port BETWEEN 0 AND 65535),
	health_kind TEXT NOT NULL
	    CHECK (health_kind IN ('http', 'tcp', 'running', 'image')),
	health_check_url TEXT NOT NULL,
	health_check_status INTEGER NOT NULL,
	health_check_timeout INTEGER NOT NULL,
	health_check_interval INTEGER NOT NULL,
	health_check_retries INTEGER NOT NULL,
	health_stay_up INTEGER NOT NULL,
	promote TEXT NOT NULL CHECK (promote IN ('auto', 'manual')),
	supersede INTEGER NOT NULL CHECK (supersede IN (0, 1)),
	priority INTEGER NOT NULL,
	network INTEGER NOT NULL CHECK (network IN (0, 1)),
	read_only INTEGER NOT NULL CHECK (read_only IN (0, 1)),
	build_memory INTEGER NOT NULL,
	build_nano_cpus INTEGER NOT NULL,
	build_pids INTEGER NOT NULL,
	build_timeout INTEGER NOT NULL,
	build_log INTEGER NOT NULL,
	memory INTEGER NOT NULL,
	nano_cpus INTEGER NOT NULL,
	pids INTEGER NOT NULL,
	last_number INTEGER NOT NULL DEFAULT 0,
	deleting_ms INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX project_repo ON project (repo_url);
CREATE INDEX project_team ON project (team_id);
CREATE INDEX project_deleting ON project (id) WHERE deleting_ms != 0;

CREATE TRIGGER project_keeps_its_name BEFORE UPDATE OF name ON project
WHEN OLD.name != NEW.name
BEGIN SELECT RAISE(ABORT, 'a project keeps its name'); END;

CREATE TRIGGER project_leaves_in_order BEFORE DELETE ON project
WHEN OLD.deleting_ms = 0
BEGIN SELECT RAISE(ABORT, 'a project is marked before it is deleted'); END;

-- A freed name stays with its team until an owner releases it (S11).
CREATE TABLE reserved_name (
	name TEXT NOT NULL PRIMARY KEY,
	team_id INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
	freed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
	id INTEGER PRIMARY KEY,
	team_id INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
	member_id INTEGER REFERENCES member ON DELETE CASCADE,
	name TEXT NOT NULL,
	role TEXT NOT NULL
	    CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	created_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires_ms INTEGER NOT NULL,
	revoked_ms INTEGER NOT NULL,
	last_used_ms INTEGER NOT NULL
) STRICT;

-- No row: the token is good for every project of its team.
CREATE TABLE token_project (
	token_id INTEGER NOT NULL REFERENCES token ON DELETE CASCADE,
	project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
	PRIMARY KEY (token_id, project_id)
) STRICT, WITHOUT ROWID;

-- Sealed for cid-builder; origin is the only place it may be sent to.
CREATE TABLE credential (
	id INTEGER PRIMARY KEY,
	project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('git', 'registry')),
	name TEXT NOT NULL,
	origin TEXT NOT NULL,
	version INTEGER NOT NULL,
	box TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	UNIQUE (project_id, kind, origin)
) STRICT;

CREATE TABLE environment (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 16),
	branch TEXT NOT NULL,
	net INTEGER NOT NULL UNIQUE CHECK (net >= 0),
	is_protected INTEGER NOT NULL CHECK (is_protected IN (0, 1)),
	env_version INTEGER NOT NULL,
	created_ms INTEGER NOT NULL,
	UNIQUE (project_id, name)
) STRICT;

CREATE TABLE env_version (
	id INTEGER PRIMARY KEY,
	environment_id INTEGER NOT NULL REFERENCES environment
	    ON DELETE CASCADE,
	version INTEGER NOT NULL,
	env TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	UNIQUE (environment_id, version)
) STRICT;

CREATE TABLE secret (
	id INTEGER PRIMARY KEY,
	env_version_id INTEGER NOT NULL REFERENCES env_version
	    ON DELETE CASCADE,
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	scope INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 3),
	box TEXT NOT NULL,
	UNIQUE (env_version_id, name)
) STRICT;

-- number is what people use; ref names the log and the volume and
-- is there from the start, also while only git can say whether there will
-- be a number.
CREATE TABLE build (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
	environment_id INTEGER NOT NULL REFERENCES environment
	    ON DELETE CASCADE,
	number INTEGER CHECK (number > 0),
	ref INTEGER NOT NULL CHECK (ref BETWEEN 1 AND 4294967295),
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	state TEXT NOT NULL CHECK (state IN ('Queued', 'Building',
	    'Deploying', 'Success', 'Failed', 'Cancelled')),
	reason TEXT NOT NULL,
	message TEXT NOT NULL,
	source TEXT NOT NULL
	    CHECK (source IN ('webhook', 'manual', 'retry')),
	created_by TEXT NOT NULL,
	retry_of INTEGER REFERENCES build ON DELETE SET NULL,
	priority INTEGER NOT NULL,
	is_pending INTEGER NOT NULL CHECK (is_pending IN (0, 1)),
	is_forced INTEGER NOT NULL CHECK (is_forced IN (0, 1)),
	branch TEXT NOT NULL,
	commit_hash TEXT NOT NULL,
	base_hash TEXT NOT NULL,
	author TEXT NOT NULL,
	email TEXT NOT NULL,
	subject TEXT NOT NULL,
	commit_ms INTEGER NOT NULL,
	slot TEXT NOT NULL CHECK (slot IN ('', 'blue', 'green')),
	exit_code INTEGER NOT NULL,
	spec TEXT NOT NULL,
	result TEXT NOT NULL,
	queued_ms INTEGER NOT NULL,
	started_ms INTEGER NOT NULL,
	built_ms INTEGER NOT NULL,
	finished_ms INTEGER NOT NULL,
	UNIQUE (project_id, number),
	UNIQUE (project_id, ref),
	CHECK (state NOT IN ('Failed', 'Cancelled') OR reason != ''),
	CHECK (number IS NOT NULL OR is_pending = 1)
) STRICT;
CREATE INDEX build_project ON build (project_id, id DESC);
CREATE INDEX build_state ON build (state, id DESC);
CREATE INDEX build_environment ON build (environment_id, id DESC);
CREATE INDEX build_retry ON build (retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX build_queue ON build (priority DESC, id) WHERE state = 'Queued';
-- One project builds one at a time (R4).
CREATE UNIQUE INDEX build_running ON build (project_id)
    WHERE state IN ('Building', 'Deploying');

-- R11: forward only, but an interrupted build may be queued again.
CREATE TRIGGER build_moves BEFORE UPDATE OF state ON build
WHEN OLD.state != NEW.state AND NOT (
	(OLD.state = 'Queued' AND
	    NEW.state IN ('Building', 'Failed', 'Cancelled')) OR
	(OLD.state = 'Building' AND
	    NEW.state IN ('Queued', 'Deploying', 'Failed', 'Cancelled')) OR
	(OLD.state = 'Deploying' AND
	    NEW.state IN ('Success', 'Failed', 'Cancelled')))
BEGIN SELECT RAISE(ABORT, 'a build does not move that way'); END;

CREATE TRIGGER build_begins BEFORE INSERT ON build
WHEN NEW.state != 'Queued'
BEGIN SELECT RAISE(ABORT, 'a build begins queued'); END;

CREATE TRIGGER build_keeps_its_number BEFORE UPDATE OF number, ref ON build
WHEN OLD.number != NEW.number OR OLD.ref != NEW.ref OR
    (OLD.number IS NOT NULL AND NEW.number IS NULL)
BEGIN SELECT RAISE(ABORT, 'a build keeps its number'); END;

CREATE TABLE stage (
	id INTEGER PRIMARY KEY,
	build_id INTEGER NOT NULL REFERENCES build ON DELETE CASCADE,
	attempt INTEGER NOT NULL,
	stage TEXT NOT NULL CHECK (stage IN ('source', 'image', 'build',
	    'release', 'health', 'switch')),
	state TEXT NOT NULL
	    CHECK (state IN ('running', 'done', 'failed', 'waiting')),
	reason TEXT NOT NULL,
	started_ms INTEGER NOT NULL,
	ended_ms INTEGER NOT NULL,
	UNIQUE (build_id, attempt, stage)
) STRICT;

-- What a release is, never changed, and what became of it (R115).
CREATE TABLE release (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	environment_id INTEGER NOT NULL REFERENCES environment
	    ON DELETE CASCADE,
	build_id INTEGER NOT NULL REFERENCES build ON DELETE CASCADE,
	env_version INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('build', 'rollback')),
	slot TEXT NOT NULL CHECK (slot IN ('blue', 'green')),
	spec TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	started_ms INTEGER NOT NULL,
	healthy_ms INTEGER NOT NULL,
	switched_ms INTEGER NOT NULL,
	drained_ms INTEGER NOT NULL,
	ended_ms INTEGER NOT NULL,
	reason TEXT NOT NULL,
	message TEXT NOT NULL,
	requests_cut INTEGER NOT NULL
) STRICT;
CREATE INDEX release_environment ON release (environment_id, id DESC);
CREATE INDEX release_build ON release (build_id);

CREATE TRIGGER release_stays BEFORE UPDATE ON release
WHEN OLD.spec != NEW.spec OR OLD.build_id != NEW.build_id OR
    OLD.environment_id != NEW.environment_id OR OLD.slot != NEW.slot OR
    OLD.env_version != NEW.env_version
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;

CREATE TABLE slot (
	id INTEGER PRIMARY KEY,
	environment_id INTEGER NOT NULL REFERENCES environment
	    ON DELETE CASCADE,
	slot TEXT NOT NULL CHECK (slot IN ('blue', 'green')),
	state TEXT NOT NULL
	    CHECK (state IN ('empty', 'deployed', 'active', 'grace')),
	release_id INTEGER REFERENCES release,
	is_healthy INTEGER NOT NULL CHECK (is_healthy IN (0, 1)),
	is_warm INTEGER NOT NULL CHECK (is_warm IN (0, 1)),
	since_ms INTEGER NOT NULL,
	warm_until_ms INTEGER NOT NULL,
	grace_until_ms INTEGER NOT NULL,
	port INTEGER NOT NULL,
	container TEXT NOT NULL,
	UNIQUE (environment_id, slot),
	CHECK ((state = 'empty') = (release_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX slot_active ON slot (environment_id)
    WHERE state = 'active';
CREATE INDEX slot_release ON slot (release_id) WHERE release_id IS NOT NULL;
CREATE INDEX slot_grace ON slot (grace_until_ms) WHERE state = 'grace';

-- R21: nothing else is possible.
CREATE TRIGGER slot_moves BEFORE UPDATE OF state ON slot
WHEN OLD.state != NEW.state AND NOT (
	(OLD.state = 'empty' AND NEW.state = 'deployed') OR
	(OLD.state = 'deployed' AND NEW.state IN ('active', 'empty')) OR
	(OLD.state = 'active' AND NEW.state = 'grace') OR
	(OLD.state = 'grace' AND NEW.state IN ('active', 'empty')))
BEGIN SELECT RAISE(ABORT, 'a slot does not move that way'); END;

CREATE TRIGGER slot_begins BEFORE INSERT ON slot
WHEN NEW.state != 'empty'
BEGIN SELECT RAISE(ABORT, 'a slot begins empty'); END;

CREATE TRIGGER slot_keeps_its_release BEFORE UPDATE OF release_id ON slot
WHEN OLD.release_id IS NOT NULL AND NEW.release_id IS NOT NULL AND
    OLD.release_id != NEW.release_id
BEGIN SELECT RAISE(ABORT, 'a slot is emptied before it is used again'); END;

CREATE TRIGGER slot_stays BEFORE DELETE ON slot
WHEN EXISTS (SELECT 1 FROM environment e JOIN project p ON p.id = e.project_id
    WHERE e.id = OLD.environment_id AND p.deleting_ms = 0)
BEGIN SELECT RAISE(ABORT, 'a slot lives as long as its environment'); END;

CREATE TRIGGER environment_stays BEFORE DELETE ON environment
WHEN EXISTS (SELECT 1 FROM slot s JOIN project p ON p.id = OLD.project_id
    WHERE s.environment_id = OLD.id AND s.state != 'empty' AND
    p.deleting_ms = 0)
BEGIN SELECT RAISE(ABORT, 'something runs in this environment'); END;

-- url_id is the unguessable part of the address; secret keys the HMAC, so
-- this process has to know it.
CREATE TABLE hook (
	id INTEGER PRIMARY KEY,
	team_id INTEGER NOT NULL REFERENCES team,
	forge TEXT NOT NULL CHECK (forge IN ('github', 'gitea', 'gitlab',
	    'bitbucket', 'generic')),
	url_id TEXT NOT NULL UNIQUE,
	secret TEXT NOT NULL,
	repo_url TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	UNIQUE (team_id, forge, repo_url)
) STRICT;

CREATE TABLE hook_project (
	hook_id INTEGER NOT NULL REFERENCES hook ON DELETE CASCADE,
	project_id INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
	PRIMARY KEY (hook_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hook_project_project ON hook_project (project_id);

CREATE TABLE delivery (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hook_id INTEGER NOT NULL REFERENCES hook ON DELETE CASCADE,
	forge_delivery TEXT NOT NULL,
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	event TEXT NOT NULL,
	headers TEXT NOT NULL,
	body TEXT NOT NULL,
	size INTEGER NOT NULL,
	address TEXT NOT NULL,
	repository TEXT NOT NULL,
	branch TEXT NOT NULL,
	commit_hash TEXT NOT NULL,
	decision TEXT NOT NULL CHECK (decision IN ('accepted', 'pending',
	    'skipped', 'refused')),
	reason TEXT NOT NULL,
	status INTEGER NOT NULL CHECK (status BETWEEN 100 AND 599),
	answer TEXT NOT NULL,
	received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_hook ON delivery (hook_id, id DESC);
CREATE INDEX delivery_received ON delivery (received_ms) WHERE body != '';
CREATE INDEX delivery_refused ON delivery (id) WHERE decision = 'refused';
-- S14: a delivery counts once, by its id and by its bytes; only answers
-- 2xx use an id up.
CREATE UNIQUE INDEX delivery_once ON delivery (hook_id, forge_delivery)
    WHERE status BETWEEN 200 AND 299 AND forge_delivery != '';
CREATE UNIQUE INDEX delivery_bytes_once ON delivery (hook_id, digest)
    WHERE status BETWEEN 200 AND 299;

CREATE TABLE delivery_build (
	delivery_id INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
	build_id INTEGER NOT NULL REFERENCES build ON DELETE CASCADE,
	PRIMARY KEY (delivery_id, build_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_build_build ON delivery_build (build_id);

-- The first answer to a POST with an Idempotency-Key.
CREATE TABLE idempotency (
	actor TEXT NOT NULL,
	key TEXT NOT NULL,
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	status INTEGER NOT NULL,
	answer TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created_ms);

INSERT INTO team (id, name, created_ms) VALUES (1, 'local', 0);
