/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Figures of the map: build, lookup in each mode, load, single edits and many
 * at once. Prints one line each; the goals stand beside it. Run by make bench.
 *
 *   map-bench [-d FOLDER] [ENTRIES...]
 */
#include "np-config.h"

#include "aliasmap/map-write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LOOKUPS 200000
#define EDITS 9

static char folder[256], map_link[300];

static uint64_t clock_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* Of this process: what it costs where others are at work too. */
static double cpu_seconds(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
		1e6;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15U;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31);
}

static void ok(const char *what, int ret, const struct np_error *err)
{
	if (ret > 0)
		return;
	(void)fprintf(stderr, "map-bench: %s: %d %s\n", what, ret, err->text);
	exit(1);
}

/* Entry i of the map: 30 octets of key, 5-6 entries for each mailbox. */
static void entry_key(char *out, size_t size, uint64_t i)
{
	(void)snprintf(out, size, "alias%013" PRIu64 "@example.org", i);
}

static void entry_fill(struct np_alias *alias, uint64_t i, uint64_t entries)
{
	np_alias_init(alias);
	alias->created = 1700000000;
	entry_key(alias->address, sizeof(alias->address), i);
	(void)snprintf(alias->mailbox, sizeof(alias->mailbox),
		       "mailbox%08" PRIu64 "@example.net",
		       mix(i) % (entries * 2 / 11 + 1));
}

static void folder_clear(void)
{
	char command[400];

	(void)snprintf(command, sizeof(command), "rm -f '%s'/aliases.*",
		       folder);
	if (system(command) != 0)
		exit(1);
}

/* rising: in key order, as import does it. */
static void bench_build(uint64_t entries, bool rising)
{
	struct np_map_settings settings = {.delimiters = "+"};
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_change *change;
	struct np_alias alias;
	uint64_t start, generation;
	double cpu;

	folder_clear();
	ok("create", np_map_create(map_link, "bench", &settings, &err), &err);
	start = clock_ns();
	cpu = cpu_seconds();
	ok("begin", np_change_begin(map_link, "bench", 0, &change, &err),
	   &err);
	for (uint64_t i = 0; i < entries; i++) {
		entry_fill(&alias, rising ? i : i * 7919 % entries, entries);
		ok("put", np_change_put(change, &alias, &err), &err);
	}
	ok("commit", np_change_commit(&change, &generation, &err), &err);
	(void)printf("%8" PRIu64 " build, %s: %.2f s (CPU %.2f)%s\n", entries,
		     rising ? "in order" : "any order",
		     (double)(clock_ns() - start) / 1e9, cpu_seconds() - cpu,
		     entries == 1000000 ? " (goal 5)" : "");
}

static void bench_lookup(uint64_t entries, enum np_map_mode mode,
			 const char *name, const char *goal)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t *times = calloc(LOOKUPS, sizeof(*times)), start, opened;
	struct np_alias alias;
	struct np_map *map;
	char key[64];

	if (times == NULL)
		exit(1);
	start = clock_ns();
	ok("open", np_map_open(map_link, mode, &map, &err), &err);
	opened = clock_ns() - start;
	for (size_t i = 0; i < LOOKUPS; i++) {
		entry_key(key, sizeof(key), mix(i) % entries);
		start = clock_ns();
		ok("lookup", np_map_lookup(map, key, &alias, &err), &err);
		times[i] = clock_ns() - start;
	}
	np_map_close(&map);
	qsort(times, LOOKUPS, sizeof(*times), compare);
	(void)printf("%8" PRIu64 " %-6s load %.1f ms, lookup p50 %.2f us, "
		     "p99 %.2f us%s\n", entries, name, (double)opened / 1e6,
		     (double)times[LOOKUPS / 2] / 1e3,
		     (double)times[LOOKUPS * 99 / 100] / 1e3,
		     entries == 1000000 ? goal : "");
	free(times);
}

/* One durable change of count entries, ms; the middle of several. */
static double bench_edit(uint64_t entries, unsigned int count)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	uint64_t times[EDITS], start, generation;
	struct np_change *change;
	struct np_alias alias;

	for (unsigned int n = 0; n < EDITS; n++) {
		start = clock_ns();
		ok("begin", np_change_begin(map_link, "bench", 0, &change,
					    &err), &err);
		for (unsigned int i = 0; i < count; i++) {
			entry_fill(&alias, mix(n * 1000 + i) % entries,
				   entries);
			alias.created += n;
			ok("put", np_change_put(change, &alias, &err), &err);
		}
		ok("commit", np_change_commit(&change, &generation, &err),
		   &err);
		times[n] = clock_ns() - start;
	}
	qsort(times, EDITS, sizeof(times[0]), compare);
	return (double)times[EDITS / 2] / 1e6;
}

static void bench(uint64_t entries)
{
	double one, many;

	bench_build(entries, false);
	bench_build(entries, true);
	bench_lookup(entries, NP_MAP_FILE, "file", "");
	bench_lookup(entries, NP_MAP_COPY, "copy", " (goal p50 2)");
	bench_lookup(entries, NP_MAP_SHARED, "shared", " (goal p50 5)");
	one = bench_edit(entries, 1);
	many = bench_edit(entries, 1000);
	(void)printf("%8" PRIu64 " one edit %.1f ms%s, 1000 in one change "
		     "%.1f ms: %.2f times (goal 1.5 at 1M)\n", entries, one,
		     entries == 10000 ? " (goal 5)" :
		     entries == 1000000 ? " (goal 300)" : "", many,
		     many / one);
}

int main(int argc, char **argv)
{
	const char *base = "/tmp";
	int option;

	while ((option = getopt(argc, argv, "d:")) != -1) {
		if (option != 'd')
			return 64;
		base = optarg;
	}
	(void)snprintf(folder, sizeof(folder), "%s/map-bench-XXXXXX", base);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	(void)snprintf(map_link, sizeof(map_link), "%s/aliases.db", folder);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (optind == argc) {
		bench(10000);
		bench(100000);
		bench(1000000);
	}
	for (int i = optind; i < argc; i++)
		bench(strtoull(argv[i], NULL, 10));
	folder_clear();
	return rmdir(folder) == 0 ? 0 : 1;
}
