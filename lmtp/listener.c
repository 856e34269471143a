/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening and accepting; see listener.h. */
#include "np-config.h"

#include "lmtp/listener.h"

#include "lmtp/session.h"
#include "lmtp/socketmap.h"
#include "lmtp/metrics.h"
#include "lmtp/log.h"
#include "lmtp/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

/* Debian chroots Postfix there; README and package make the folder. */
#define POSTFIX_FOLDER "/var/spool/postfix/nameplate"

/* Out of descriptors: accepting rests this long, deliveries go on. */
#define ACCEPT_REST_USEC 100000

struct listener {
	struct np_listeners *listeners;
	int fd;
	char *path;		/* unix socket to unlink at the end, or NULL */
	struct event *event;
	struct event *rest;	/* takes accepting up again */
	bool lmtp;		/* else socketmap */
};

struct np_listeners {
	struct agent *agent;
	GPtrArray *list;
	struct evhttp *metrics;
};

static void listener_free(gpointer data)
{
	struct listener *listener = data;

	event_free(listener->event);
	event_free(listener->rest);
	close(listener->fd);
	if (listener->path != NULL)
		unlink(listener->path);
	g_free(listener->path);
	g_free(listener);
}

static void peer_name(const struct sockaddr_storage *peer, char *out,
		      size_t size)
{
	const struct sockaddr_in6 *six = (const void *)peer;
	const struct sockaddr_in *four = (const void *)peer;

	g_strlcpy(out, "unix", size);
	if (peer->ss_family == AF_INET)
		(void)inet_ntop(AF_INET, &four->sin_addr, out,
				(socklen_t)size);
	else if (peer->ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &six->sin6_addr, out,
				(socklen_t)size);
}

/* 421 to somebody who is not let in; a full socket is no reason to wait. */
static void listener_refuse(struct listener *listener, int fd,
			    const char *peer, const char *why)
{
	struct agent *agent = listener->listeners->agent;
	char line[NP_MAX_REPLY_LINE + 1];
	size_t len;

	agent->metrics.connections_refused++;
	np_log(agent, NP_LOG_WARNING, NULL, "connection from %s refused: %s",
	       peer, why);
	if (listener->lmtp) {
		len = np_reply_print(NP_REPLY_TOO_MANY_CONNECTIONS,
				     agent->settings->lmtp_hostname, false,
				     line);
		(void)!send(fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	close(fd);
}

static void listener_accepted(struct listener *listener, int fd,
			      const struct sockaddr_storage *peer)
{
	struct agent *agent = listener->listeners->agent;
	unsigned int open = agent->sessions.length + agent->requests.length;
	char name[INET6_ADDRSTRLEN];
	int on = 1;

	peer_name(peer, name, sizeof(name));
	if (!np_socket_allowed((const struct sockaddr *)peer,
			       agent->settings->lmtp_allow)) {
		listener_refuse(listener, fd, name, "not in [lmtp] allow");
		return;
	}
	if (open >= agent->settings->lmtp_max_connections) {
		listener_refuse(listener, fd, name, "max_connections");
		return;
	}
	/* Sockets from systemd did not get it from us. */
	if (peer->ss_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	agent->metrics.connections++;
	if (listener->lmtp)
		np_session_create(agent, fd, name);
	else
		np_socketmap_create(agent, fd);
}

static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;
	struct timeval rest = {.tv_usec = ACCEPT_REST_USEC};
	struct sockaddr_storage peer;
	socklen_t len;
	int client;

	(void)what;
	for (;;) {
		memset(&peer, 0, sizeof(peer));
		len = sizeof(peer);
		client = accept4(fd, (struct sockaddr *)&peer, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client >= 0) {
			listener_accepted(listener, client, &peer);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno == EAGAIN)
			return;
		np_log(listener->listeners->agent, NP_LOG_ERROR, NULL,
		       "accept: %s", strerror(errno));
		/* No descriptor, no memory: not to be asked at once again. */
		event_del(listener->event);
		event_add(listener->rest, &rest);
		return;
	}
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;

	(void)fd;
	(void)what;
	event_add(listener->event, NULL);
}

static void listener_add(struct np_listeners *listeners, int fd,
			 const char *path, bool lmtp)
{
	struct listener *listener = g_new0(struct listener, 1);

	listener->listeners = listeners;
	listener->fd = fd;
	listener->path = g_strdup(path);
	listener->lmtp = lmtp;
	listener->event = event_new(listeners->agent->base, fd,
				    EV_READ | EV_PERSIST, on_acceptable,
				    listener);
	listener->rest = event_new(listeners->agent->base, -1, 0, on_rested,
				   listener);
	if (listener->event == NULL || listener->rest == NULL)
		abort();
	event_add(listener->event, NULL);
	g_ptr_array_add(listeners->list, listener);
}

static int listeners_open(struct np_listeners *listeners, const char *address,
			  bool lmtp)
{
	struct np_error error;
	int fd = np_socket_listen(address, &error);

	if (fd < 0) {
		np_log(listeners->agent, NP_LOG_ERROR, NULL, "%s", error.text);
		return -1;
	}
	listener_add(listeners, fd,
		     g_str_has_prefix(address, "unix:") ? address + 5 : NULL,
		     lmtp);
	return 1;
}

/* The defaults stand in Postfix's chroot too, where there is that folder. */
static int listeners_open_list(struct np_listeners *listeners,
			       char *const *list, const char *name, bool lmtp)
{
	char *fallback = g_strdup_printf("unix:/run/nameplate/%s", name);
	char *second = g_strdup_printf("unix:" POSTFIX_FOLDER "/%s", name);
	struct stat st;
	unsigned int i;
	int ret = 1;

	for (i = 0; ret > 0 && list != NULL && list[i] != NULL; i++)
		ret = listeners_open(listeners, list[i], lmtp);
	if (ret > 0 && i == 1 && strcmp(list[0], fallback) == 0 &&
	    stat(POSTFIX_FOLDER, &st) == 0)
		ret = listeners_open(listeners, second, lmtp);
	g_free(fallback);
	g_free(second);
	return ret;
}

/* What systemd handed over, by name; the rest is closed. */
struct inherited {
	bool lmtp;
	bool socketmap;
	GArray *metrics;
};

#ifdef HAVE_SYSTEMD
static void listeners_inherit(struct np_listeners *listeners,
			      struct inherited *inherited)
{
	char **names = NULL;
	int i, count = sd_listen_fds_with_names(1, &names);
	int fd;

	for (i = 0; i < count; i++) {
		fd = SD_LISTEN_FDS_START + i;
		evutil_make_socket_nonblocking(fd);
		if (strcmp(names[i], "lmtp") == 0) {
			listener_add(listeners, fd, NULL, true);
			inherited->lmtp = true;
		} else if (strcmp(names[i], "socketmap") == 0) {
			listener_add(listeners, fd, NULL, false);
			inherited->socketmap = true;
		} else if (strcmp(names[i], "metrics") == 0) {
			g_array_append_val(inherited->metrics, fd);
		} else {
			np_log(listeners->agent, NP_LOG_WARNING, NULL,
			       "socket %s from systemd: not one of lmtp, "
			       "socketmap, metrics", names[i]);
			close(fd);
		}
		free(names[i]);
	}
	free(names);
}
#else
static void listeners_inherit(struct np_listeners *listeners,
			      struct inherited *inherited)
{
	(void)listeners;
	(void)inherited;
}
#endif

int np_listeners_open(struct agent *agent, struct np_listeners **listeners_r)
{
	struct np_listeners *listeners = g_new0(struct np_listeners, 1);
	struct inherited inherited = {
		.metrics = g_array_new(FALSE, FALSE, sizeof(int)),
	};
	int ret = 1;

	listeners->agent = agent;
	listeners->list = g_ptr_array_new_with_free_func(listener_free);
	listeners_inherit(listeners, &inherited);
	if (!inherited.lmtp)
		ret = listeners_open_list(listeners,
					  agent->settings->lmtp_listen, "lmtp",
					  true);
	if (ret > 0 && !inherited.socketmap)
		ret = listeners_open_list(listeners,
					  agent->settings->socketmap_listen,
					  "socketmap", false);
	if (ret > 0)
		ret = np_metrics_listen(agent,
					(const int *)(void *)inherited.metrics->data,
					inherited.metrics->len,
					&listeners->metrics);
	g_array_free(inherited.metrics, TRUE);
	if (ret < 0)
		np_listeners_close(&listeners);
	else
		*listeners_r = listeners;
	return ret;
}

void np_listeners_close(struct np_listeners **_listeners)
{
	struct np_listeners *listeners = *_listeners;

	*_listeners = NULL;
	if (listeners == NULL)
		return;
	np_metrics_close(&listeners->metrics);
	g_ptr_array_free(listeners->list, TRUE);
	g_free(listeners);
}
