/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets by address; see socket.h. */
#include "lmtp/socket.h"

#include "conf/settings.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_BACKLOG 1024
#define SOCKET_FLAGS (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

static void socket_unix_name(const struct np_endpoint *endpoint,
			     struct sockaddr_un *name)
{
	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	memcpy(name->sun_path, endpoint->path,
	       strnlen(endpoint->path, sizeof(name->sun_path) - 1));
}

static struct addrinfo *socket_inet_name(const struct np_endpoint *endpoint,
					 int flags)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	struct addrinfo *list = NULL;

	if (getaddrinfo(endpoint->host, endpoint->port, &hints, &list) != 0)
		return NULL;
	return list;
}

static void socket_no_delay(int fd)
{
	int on = 1;

	/* Without it each reply may wait 40 ms for an acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int socket_begin(int fd, const struct sockaddr *name, socklen_t len,
			bool *connecting_r)
{
	int saved;

	*connecting_r = false;
	if (connect(fd, name, len) == 0)
		return fd;
	if (errno == EINPROGRESS) {
		*connecting_r = true;
		return fd;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* The attempt'th of the list, round and round. */
static const struct addrinfo *socket_choose(const struct addrinfo *list,
					    unsigned int attempt)
{
	const struct addrinfo *chosen;
	unsigned int count = 0;

	for (chosen = list; chosen != NULL; chosen = chosen->ai_next)
		count++;
	for (chosen = list, attempt %= count; attempt > 0; attempt--)
		chosen = chosen->ai_next;
	return chosen;
}

int np_socket_connect(const char *address, unsigned int attempt,
		      bool *connecting_r)
{
	struct np_endpoint endpoint;
	const struct addrinfo *chosen;
	struct sockaddr_un name;
	struct addrinfo *list;
	int fd;

	if (np_endpoint_parse(address, &endpoint, NULL) < 0) {
		errno = EINVAL;
		return -1;
	}
	if (endpoint.is_unix) {
		fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
		socket_unix_name(&endpoint, &name);
		return fd < 0 ? -1
			      : socket_begin(fd, (struct sockaddr *)&name,
					     sizeof(name), connecting_r);
	}
	list = socket_inet_name(&endpoint, 0);
	if (list == NULL) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	chosen = socket_choose(list, attempt);
	fd = socket(chosen->ai_family, SOCKET_FLAGS, 0);
	if (fd >= 0) {
		socket_no_delay(fd);
		fd = socket_begin(fd, chosen->ai_addr, chosen->ai_addrlen,
				  connecting_r);
	}
	freeaddrinfo(list);
	return fd;
}

/* A file left by a process that is gone may be replaced; one that somebody
   answers may not. */
static int socket_clear(const struct sockaddr_un *name, struct np_error *err)
{
	struct stat st;
	int fd, ret;

	if (lstat(name->sun_path, &st) < 0)
		return 1;
	if (!S_ISSOCK(st.st_mode))
		return np_error_set(err, NP_ERROR_WRITE,
				    "%s: is there and no socket",
				    name->sun_path);
	fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
	if (fd < 0)
		return np_error_set(err, NP_ERROR_WRITE, "%s: %s",
				    name->sun_path, strerror(errno));
	ret = connect(fd, (const struct sockaddr *)name, sizeof(*name));
	if (ret == 0 || errno == EAGAIN || errno == EINPROGRESS) {
		close(fd);
		return np_error_set(err, NP_ERROR_WRITE,
				    "%s: another process listens there",
				    name->sun_path);
	}
	close(fd);
	(void)unlink(name->sun_path);
	return 1;
}

/* Whoever may enter the folder by its group may connect: the socket inherits
   it, so that the MTA's user needs no membership anywhere. */
static void socket_share(const char *path)
{
	char *folder = strdup(path);
	char *slash = folder == NULL ? NULL : strrchr(folder, '/');
	struct stat st;

	if (slash != NULL && slash != folder) {
		*slash = '\0';
		if (stat(folder, &st) == 0 &&
		    chown(path, (uid_t)-1, st.st_gid) < 0)
			(void)0;	/* setgid folders have done it */
	}
	free(folder);
}

static int socket_listen_unix(const struct np_endpoint *endpoint,
			      struct np_error *err)
{
	struct sockaddr_un name;
	mode_t mask;
	int fd, ret;

	socket_unix_name(endpoint, &name);
	if (socket_clear(&name, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
	if (fd < 0)
		return np_error_set(err, NP_ERROR_WRITE, "unix:%s: %s",
				    endpoint->path, strerror(errno));
	mask = umask(0117);
	ret = bind(fd, (struct sockaddr *)&name, sizeof(name));
	umask(mask);
	if (ret == 0)
		socket_share(endpoint->path);
	if (ret < 0 || listen(fd, SOCKET_BACKLOG) < 0) {
		np_error_set(err, NP_ERROR_WRITE, "unix:%s: cannot listen: %s",
			     endpoint->path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static int socket_listen_inet(const struct np_endpoint *endpoint,
			      struct np_error *err)
{
	struct addrinfo *list =
		socket_inet_name(endpoint, AI_PASSIVE);
	int on = 1, fd;

	if (list == NULL)
		return np_error_set(err, NP_ERROR_WRITE,
				    "inet:%s:%s: no such address",
				    endpoint->host, endpoint->port);
	fd = socket(list->ai_family, SOCKET_FLAGS, 0);
	if (fd >= 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (list->ai_family == AF_INET6)
			(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
					 sizeof(on));
		socket_no_delay(fd);	/* accepted sockets inherit it */
	}
	if (fd < 0 || bind(fd, list->ai_addr, list->ai_addrlen) < 0 ||
	    listen(fd, SOCKET_BACKLOG) < 0) {
		np_error_set(err, NP_ERROR_WRITE,
			     "inet:%s:%s: cannot listen: %s", endpoint->host,
			     endpoint->port, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	return fd;
}

int np_socket_listen(const char *address, struct np_error *err)
{
	struct np_endpoint endpoint;

	if (np_endpoint_parse(address, &endpoint, err) < 0)
		return -1;
	return endpoint.is_unix ? socket_listen_unix(&endpoint, err)
				: socket_listen_inet(&endpoint, err);
}

bool np_socket_allowed(const struct sockaddr *peer, char *const *list)
{
	static const char *const always[] = {"127.0.0.0/8", "::1", NULL};
	struct np_network network;
	unsigned int i;

	if (peer->sa_family != AF_INET && peer->sa_family != AF_INET6)
		return true;
	for (i = 0; always[i] != NULL; i++)
		if (np_network_parse(always[i], &network, NULL) > 0 &&
		    np_network_has(&network, peer))
			return true;
	for (; list != NULL && *list != NULL; list++)
		if (np_network_parse(*list, &network, NULL) > 0 &&
		    np_network_has(&network, peer))
			return true;
	return false;
}
