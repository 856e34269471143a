/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate.conf: one GKeyFile for the command and the agent. Every key is
 * optional and checked; an unknown or repeated key or a bad value is an error
 * with file and line. The table in settings.c is the only place that knows
 * keys, defaults and limits; the manual is checked against it.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "aliasmap/map.h"

#define NP_DEFAULT_CONF "/etc/nameplate/nameplate.conf"

enum np_stamp_mode {
	NP_STAMP_AUTO,	/* bare primaries of one message share a transaction */
	NP_STAMP_ALL	/* everyone gets his own, and so his own stamp */
};

enum np_log_target { NP_LOG_STDERR, NP_LOG_SYSLOG };
enum np_log_level { NP_LOG_ERROR, NP_LOG_WARNING, NP_LOG_INFO, NP_LOG_DEBUG };

/* All strings are owned by the settings. Lists end with a NULL. */
struct np_settings {
	/* [map] */
	char *map_file;
	struct np_map_settings map;	/* delimiters, domains, ... */
	/* [lmtp] */
	char **lmtp_listen;		/* "unix:PATH", "inet:HOST:PORT" */
	char **lmtp_allow;		/* CIDR */
	char *lmtp_store;		/* one address, written like listen's */
	char lmtp_store_delimiter[2];	/* put before a moved tag; "" = as came */
	char *lmtp_hostname;
	char *lmtp_mark_key;		/* path of the key file */
	enum np_stamp_mode lmtp_stamp;
	unsigned int lmtp_max_returns;
	uint64_t lmtp_max_message_size;	/* octets; 0 = no limit */
	unsigned int lmtp_max_recipients;
	unsigned int lmtp_max_connections;
	unsigned int lmtp_store_connections;
	uint64_t lmtp_memory_per_message;	/* octets, then the spool */
	char *lmtp_spool_dir;
	unsigned int lmtp_client_timeout;	/* seconds, as all below */
	unsigned int lmtp_store_connect_timeout;
	unsigned int lmtp_store_timeout;
	unsigned int lmtp_drain_timeout;
	/* [socketmap], [metrics] */
	char **socketmap_listen;
	char **metrics_listen;
	/* [log] */
	enum np_log_target log_target;
	enum np_log_level log_level;
};

/* Reads file; file NULL: NP_DEFAULT_CONF, and the defaults where it does not
   exist. Returns 1, or -1 with "FILE:LINE: what is wrong and what is allowed".
   *settings_r is the caller's. lmtp_hostname stays NULL where the file has
   none. */
int np_settings_read(const char *file, struct np_settings **settings_r,
		     struct np_error *err);
/* The same from len octets of data; name stands in errors. Nothing outside the
   data is looked at but the number of cores. */
int np_settings_parse(const char *name, const char *data, size_t len,
		      struct np_settings **settings_r, struct np_error *err);
/* lmtp_hostname, put there first where the file has none: the host's name with
   its domain. May ask the resolver, so only for whoever greets a store or a
   client. Never NULL; borrowed from settings. */
const char *np_settings_find_hostname(struct np_settings *settings);
void np_settings_free(struct np_settings **settings);

/* Whether the [map] settings kept in a map differ from the file's. On true
   *name_r (may be NULL) is the first key that does: "delimiters". */
bool np_settings_differ(const struct np_settings *settings,
			const struct np_map_settings *kept,
			const char **name_r);

/* A listen or store address, taken apart. */
struct np_endpoint {
	bool is_unix;
	char path[108];		/* sun_path */
	char host[256];		/* name or numeric address, no brackets */
	char port[8];
};
/* Returns 1, or -1 where text is neither unix:PATH nor inet:HOST:PORT. */
int np_endpoint_parse(const char *text, struct np_endpoint *endpoint_r,
		      struct np_error *err);
/* Whether only this host can reach it: a unix socket, 127.0.0.0/8, ::1 or
   "localhost". */
bool np_endpoint_is_local(const struct np_endpoint *endpoint);

/* One network of "allow". */
struct np_network {
	bool is_v6;
	unsigned char addr[16];	/* network order, 4 octets used for IPv4 */
	unsigned int bits;
};
/* "192.0.2.0/24", "2001:db8::/32"; without a length one host. Returns 1, or -1
   on anything else, also where bits are set behind the prefix. */
int np_network_parse(const char *text, struct np_network *network_r,
		     struct np_error *err);
/* Whether addr (AF_INET, AF_INET6, also an IPv4 address mapped into IPv6) lies
   in it. Any other family: false. */
struct sockaddr;
bool np_network_has(const struct np_network *network,
		    const struct sockaddr *addr);

#endif
