/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The live map and its loader thread; see lookup.h. */
#include "lmtp/lookup.h"

#include "lmtp/agent.h"
#include "lmtp/log.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct np_lookup_wait {
	void (*on_ready)(void *owner);
	void *owner;
	uint64_t load;		/* the first load that is fresh enough */
	struct np_lookup_wait **self;	/* the owner's pointer to this */
	GList link;
};

/* What the link led to when a load failed: (0) where it led nowhere. */
struct lookup_sight {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
};

struct np_lookup {
	struct agent *agent;
	struct np_map *map;
	char *map_link;		/* the link it was opened by */
	GQueue waits;
	uint64_t loads;		/* begun so far */
	bool loading;
	bool failed;		/* the generation in sight is known to be bad */
	struct lookup_sight bad;
	/* The loader thread's; read by the loop after done has fired. */
	pthread_t thread;
	char *link;
	struct lookup_sight sight;
	struct np_map *loaded;
	struct np_error error;
	int done_fd;
	struct event *done;
	/* Closes the map before; the next load waits for it. */
	pthread_t closer;
	bool closing;
};

static struct lookup_sight lookup_look(const char *link)
{
	struct lookup_sight sight;
	struct stat st;

	memset(&sight, 0, sizeof(sight));
	if (stat(link, &st) < 0)
		return sight;
	sight.dev = st.st_dev;
	sight.ino = st.st_ino;
	sight.size = st.st_size;
	sight.mtime = st.st_mtim;
	return sight;
}

static bool sight_equal(const struct lookup_sight *a,
			const struct lookup_sight *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime.tv_sec == b->mtime.tv_sec &&
	       a->mtime.tv_nsec == b->mtime.tv_nsec;
}

/* To give a copy of some hundred megabytes back takes as long as many messages
   do, so it is not done in the event loop. */
static void *lookup_close_thread(void *context)
{
	struct np_map *map = context;

	np_map_close(&map);
	return NULL;
}

static void lookup_close_later(struct np_lookup *lookup, struct np_map *map)
{
	if (map == NULL)
		return;
	if (pthread_create(&lookup->closer, NULL, lookup_close_thread,
			   map) != 0)
		np_map_close(&map);
	else
		lookup->closing = true;
}

/* Never three maps at once. */
static void lookup_await_closer(struct np_lookup *lookup)
{
	if (lookup->closing)
		pthread_join(lookup->closer, NULL);
	lookup->closing = false;
}

static void *lookup_thread(void *context)
{
	struct np_lookup *lookup = context;
	uint64_t one = 1;

	lookup_await_closer(lookup);
	lookup->sight = lookup_look(lookup->link);
	memset(&lookup->error, 0, sizeof(lookup->error));
	lookup->loaded = NULL;
	(void)np_map_open(lookup->link, NP_MAP_COPY, &lookup->loaded,
			  &lookup->error);
	while (write(lookup->done_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	return NULL;
}

static void lookup_begin(struct np_lookup *lookup)
{
	int ret;

	lookup->loads++;
	lookup->loading = true;
	g_free(lookup->link);
	lookup->link = g_strdup(lookup->agent->settings->map_file);
	ret = pthread_create(&lookup->thread, NULL, lookup_thread, lookup);
	if (ret != 0) {
		/* Without a thread the loop has to wait once. */
		np_log(lookup->agent, NP_LOG_WARNING, NULL,
		       "map: no thread to load it: %s", strerror(ret));
		lookup->thread = pthread_self();
		lookup_thread(lookup);
	}
}

static void lookup_failed(struct np_lookup *lookup)
{
	lookup->agent->metrics.map_failures++;
	np_log(lookup->agent, NP_LOG_ERROR, NULL, "map: %s%s",
	       lookup->error.text,
	       lookup->map != NULL ? "; the last good map stays in use"
				   : "; every recipient is answered 451");
	switch (lookup->error.kind) {
	case NP_ERROR_NOT_A_LINK:
	case NP_ERROR_BAD_LINK:
	case NP_ERROR_EMPTY:
	case NP_ERROR_TRUNCATED:
	case NP_ERROR_DAMAGED:
	case NP_ERROR_NOT_A_MAP:
	case NP_ERROR_VERSION:
		lookup->failed = true;
		lookup->bad = lookup->sight;
		break;
	default:
		break;	/* may be cured without a change of the link */
	}
}

/* The plugins know no nameplate.conf: what the map says is what holds. */
static void lookup_compare_settings(struct np_lookup *lookup)
{
	const char *name;

	if (np_settings_differ(lookup->agent->settings,
			       &np_map_meta(lookup->map)->settings, &name))
		np_log(lookup->agent, NP_LOG_WARNING, NULL,
		       "map: [map] %s differs from the configuration file; "
		       "the map's holds until \"nameplate apply\"", name);
}

static void lookup_loaded(struct np_lookup *lookup)
{
	lookup_close_later(lookup, lookup->map);
	lookup->map = lookup->loaded;
	g_free(lookup->map_link);
	lookup->map_link = g_strdup(lookup->link);
	lookup->loaded = NULL;
	lookup->failed = false;
	lookup->agent->metrics.map_loads++;
	np_log(lookup->agent, NP_LOG_INFO, NULL, "map: generation %llu is live",
	       (unsigned long long)np_map_meta(lookup->map)->generation);
	lookup_compare_settings(lookup);
}

static bool lookup_is_current(struct np_lookup *lookup)
{
	const char *link = lookup->agent->settings->map_file;
	struct lookup_sight sight;

	if (lookup->link == NULL || strcmp(lookup->link, link) != 0)
		return false;	/* never looked, or configured anew */
	if (lookup->map != NULL && strcmp(lookup->map_link, link) == 0 &&
	    np_map_is_current(lookup->map, NULL) == 1)
		return true;
	if (!lookup->failed)
		return false;
	sight = lookup_look(link);
	return sight_equal(&sight, &lookup->bad);
}

static void lookup_serve_waits(struct np_lookup *lookup)
{
	bool current = lookup_is_current(lookup);
	struct np_lookup_wait *wait;
	uint64_t last = lookup->loads;
	GList *link;

	while ((link = lookup->waits.head) != NULL) {
		wait = link->data;
		if (wait->load > last && !current)
			break;
		if (lookup->loads != last)
			break;	/* a callback has begun another load */
		g_queue_unlink(&lookup->waits, link);
		*wait->self = NULL;
		wait->on_ready(wait->owner);
		g_free(wait);
	}
	if (lookup->waits.head != NULL && !lookup->loading)
		lookup_begin(lookup);
}

static void on_loaded(evutil_socket_t fd, short what, void *context)
{
	struct np_lookup *lookup = context;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0)
		return;
	if (!pthread_equal(lookup->thread, pthread_self()))
		pthread_join(lookup->thread, NULL);
	lookup->loading = false;
	if (lookup->loaded != NULL)
		lookup_loaded(lookup);
	else
		lookup_failed(lookup);
	lookup_serve_waits(lookup);
}

struct np_lookup *np_lookup_create(struct agent *agent)
{
	struct np_lookup *lookup = g_new0(struct np_lookup, 1);

	lookup->agent = agent;
	g_queue_init(&lookup->waits);
	lookup->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	lookup->done = event_new(agent->base, lookup->done_fd,
				 EV_READ | EV_PERSIST, on_loaded, lookup);
	if (lookup->done_fd < 0 || lookup->done == NULL)
		abort();	/* at start only */
	event_add(lookup->done, NULL);
	return lookup;
}

void np_lookup_destroy(struct np_lookup **_lookup)
{
	struct np_lookup *lookup = *_lookup;

	*_lookup = NULL;
	if (lookup == NULL)
		return;
	if (lookup->loading) {
		pthread_join(lookup->thread, NULL);
		np_map_close(&lookup->loaded);
	}
	lookup_await_closer(lookup);
	np_map_close(&lookup->map);
	event_free(lookup->done);
	close(lookup->done_fd);
	g_free(lookup->link);
	g_free(lookup->map_link);
	g_free(lookup);
}

void np_lookup_refresh(struct np_lookup *lookup, void (*on_ready)(void *owner),
		       void *owner, struct np_lookup_wait **wait_r)
{
	struct np_lookup_wait *wait;

	*wait_r = NULL;
	if (lookup_is_current(lookup)) {
		on_ready(owner);
		return;
	}
	wait = g_new0(struct np_lookup_wait, 1);
	wait->on_ready = on_ready;
	wait->owner = owner;
	wait->link.data = wait;
	wait->load = lookup->loads + 1;
	wait->self = wait_r;
	*wait_r = wait;
	g_queue_push_tail_link(&lookup->waits, &wait->link);
	if (!lookup->loading)
		lookup_begin(lookup);
}

void np_lookup_cancel(struct np_lookup *lookup, struct np_lookup_wait **wait)
{
	if (*wait == NULL)
		return;
	g_queue_unlink(&lookup->waits, &(*wait)->link);
	g_free(*wait);
	*wait = NULL;
}

void np_lookup_configured(struct np_lookup *lookup)
{
	if (lookup->map != NULL)
		lookup_compare_settings(lookup);
}

struct np_map *np_lookup_map(struct np_lookup *lookup)
{
	return lookup->map;
}
