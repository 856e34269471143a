/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules over two keys, and defaults that the machine gives; see check.h. */
#include "conf/check.h"

#include <glib.h>

#include <netdb.h>
#include <string.h>
#include <unistd.h>

/* The sockets of one group: never port 25 (RFC 2033 section 5), and beyond
   this host only for whom allow names: whoever connects can plant mail. */
static int check_listen(const struct np_settings *settings, char **listen,
			struct np_error *err)
{
	struct np_endpoint endpoint;

	for (; *listen != NULL; listen++) {
		if (np_endpoint_parse(*listen, &endpoint, err) < 0)
			return -1;
		if (!endpoint.is_unix && strcmp(endpoint.port, "25") == 0)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"%.100s\": port 25 is for SMTP, choose "
				"another (RFC 2033 section 5)", *listen);
		if (!np_endpoint_is_local(&endpoint) &&
		    settings->lmtp_allow[0] == NULL)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"%.100s\" can be reached from other hosts; "
				"name those that may in [lmtp] allow", *listen);
	}
	return 1;
}

/* Whoever reaches the metrics may read them, so allow does not help here. */
static int check_local(char **listen, struct np_error *err)
{
	struct np_endpoint endpoint;

	for (; *listen != NULL; listen++) {
		if (np_endpoint_parse(*listen, &endpoint, err) < 0)
			return -1;
		if (!np_endpoint_is_local(&endpoint))
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"%.100s\" can be reached from other hosts; "
				"only unix:, 127.0.0.1, ::1 and localhost are "
				"allowed", *listen);
	}
	return 1;
}

static int check_postmaster(const struct np_map_settings *map,
			    struct np_error *err)
{
	struct np_address address, base;

	if (map->postmaster[0] == '\0' ||
	    np_address_parse(map->postmaster, strlen(map->postmaster),
			     NP_ADDRESS_UTF8, &address, NULL) != NP_ADDRESS_OK ||
	    !np_address_split(&address, map->delimiters, &base, NULL))
		return 1;
	return np_error_set(err, NP_ERROR_SETTINGS,
			    "\"%s\" has a tag; name the mailbox",
			    map->postmaster);
}

int np_settings_check(const struct np_settings *settings,
		      const char **group_r, const char **key_r,
		      struct np_error *err)
{
	*key_r = "listen";
	*group_r = "lmtp";
	if (settings->lmtp_listen[0] == NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
				    "at least one socket is needed");
	if (check_listen(settings, settings->lmtp_listen, err) < 0)
		return -1;
	*group_r = "socketmap";
	if (check_listen(settings, settings->socketmap_listen, err) < 0)
		return -1;
	*group_r = "metrics";
	/* First: allow, which the other would name, is no way out here. */
	if (check_local(settings->metrics_listen, err) < 0 ||
	    check_listen(settings, settings->metrics_listen, err) < 0)
		return -1;
	*group_r = "map";
	*key_r = "postmaster";
	return check_postmaster(&settings->map, err);
}

/* Three transactions a core keep a store busy; more only queue inside it. */
unsigned int np_settings_store_connections(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 2 ? 4 : (unsigned int)MIN(cores * 3, 10000);
}

/* The resolver's name for a host name without a domain. */
static bool check_canonical(const char *name, char *domain)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *canonical;
	bool ok;

	if (getaddrinfo(name, NULL, &hints, &found) != 0)
		return false;
	canonical = found->ai_canonname != NULL ? found->ai_canonname : "";
	ok = strchr(canonical, '.') != NULL &&
	     np_domain_parse(canonical, strlen(canonical), 0, domain, NULL) ==
		     NP_ADDRESS_OK;
	freeaddrinfo(found);
	return ok;
}

char *np_settings_hostname(void)
{
	/* Asked for once: the agent reads its settings again while it serves,
	   and a resolver that does not answer would stop everybody. */
	static char domain[NP_MAX_DOMAIN + 1];
	char name[256] = "";

	if (domain[0] != '\0')
		return g_strdup(domain);
	strcpy(domain, "localhost");
	if (gethostname(name, sizeof(name) - 1) != 0)
		name[0] = '\0';
	/* A name with its domain needs no look-up. */
	if (name[0] != '\0' &&
	    (strchr(name, '.') != NULL || !check_canonical(name, domain)))
		(void)np_domain_parse(name, strlen(name), 0, domain, NULL);
	return g_strdup(domain);
}
