#ifndef CID_CTL_H
#define CID_CTL_H

struct client;

/* How cidctl ends. */
enum ctl_exit {
	CTL_DONE,
	CTL_FAILED, /* what was asked for failed */
	CTL_USAGE,
	CTL_NO_CONNECTION
};

/* What every command is given. */
struct ctl {
	struct client *client;
	int is_json; /* -j: print what the server answered */
};

#endif /* CID_CTL_H */
