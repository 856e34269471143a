/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a fuzz target without libFuzzer, so with any compiler: every file named
 * on the command line, then seeded pseudo-random mutations of them.
 *
 *   fuzz-address [-n MUTATIONS] [-s SEED] [-t SECONDS] [-c FILE] SEED_FILE...
 *
 * The input that ends the program is left in FILE (default crash.bin); run the
 * target with that file alone to see it again.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_INPUT 65536
#define MAX_SEEDS 1024
#define HANG_SECONDS 20	/* for a block of runs that takes milliseconds */
#define BLOCK 256

struct input {
	uint8_t *data;
	size_t len;
};

static struct input seeds[MAX_SEEDS];
static size_t seed_count;
static const char *crash_file = "crash.bin";
static const uint8_t *volatile running;
static volatile size_t running_len;
static uint64_t random_state;

/* Calls only what a signal handler may. */
static void driver_save(void)
{
	int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd >= 0) {
		(void)!write(fd, running, running_len);
		(void)close(fd);
	}
}

static void on_signal(int signal_number)
{
	driver_save();
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

/* AddressSanitizer ends the program itself. */
void __sanitizer_set_death_callback(void (*callback)(void))
	__attribute__((weak));

static void driver_catch(void)
{
	static const int caught[] = {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL,
				     SIGSEGV};
	size_t i;

	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(driver_save);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		(void)signal(caught[i], on_signal);
}

/* Xorshift: the same mutations everywhere for one seed. */
static size_t driver_random(size_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return below == 0 ? 0 : (size_t)((random_state >> 16) % below);
}

/* On the heap in its own size, so that one octet too far is seen. */
static void driver_run(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		exit(1);
	if (len > 0)
		memcpy(copy, data, len);
	running = copy;
	running_len = len;
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void driver_insert(uint8_t *data, size_t *len, size_t at,
			  const uint8_t *from, size_t count)
{
	if (count > MAX_INPUT - *len)
		count = MAX_INPUT - *len;
	memmove(data + at + count, data + at, *len - at);
	memcpy(data + at, from, count);
	*len += count;
}

static void driver_mutate_once(uint8_t *data, size_t *len)
{
	static const uint8_t telling[] =
		"\0\t\n\r .@\"\\+=<>:;,-[]()%/\x7f\x80\xc3\xbc\xff";
	const struct input *other = &seeds[driver_random(seed_count)];
	size_t at = driver_random(*len + 1), count, from;
	uint8_t octet, piece[64];

	octet = telling[driver_random(sizeof(telling) - 1)];
	if (*len == 0 || at == *len) {
		driver_insert(data, len, at, &octet, 1);
		return;
	}
	count = 1 + driver_random(*len - at < 64 ? *len - at : 64);
	switch (driver_random(7)) {
	case 0:
		data[at] ^= (uint8_t)(1U << driver_random(8));
		break;
	case 1:
		data[at] = octet;
		break;
	case 2:
		data[at] = (uint8_t)driver_random(256);
		break;
	case 3:
		driver_insert(data, len, at, &octet, 1);
		break;
	case 4:	/* without a piece */
		memmove(data + at, data + at + count, *len - at - count);
		*len -= count;
		break;
	case 5:	/* a piece of it twice */
		memcpy(piece, data + at, count);
		driver_insert(data, len, driver_random(*len + 1), piece, count);
		break;
	default: /* a piece of another one */
		if (other->len == 0)
			break;
		from = driver_random(other->len);
		count = 1 + driver_random(other->len - from);
		driver_insert(data, len, at, other->data + from, count);
	}
}

static void driver_mutations(unsigned long count, unsigned int seconds)
{
	static uint8_t data[MAX_INPUT];
	const struct input *seed;
	time_t end = time(NULL) + (time_t)seconds;
	unsigned long i;
	size_t len, times;

	for (i = 0; i < count; i++) {
		if (i % BLOCK == 0) {
			if (seconds > 0 && time(NULL) > end)
				break;
			(void)alarm(HANG_SECONDS);
		}
		seed = &seeds[driver_random(seed_count)];
		len = seed->len;
		if (len > 0)
			memcpy(data, seed->data, len);
		for (times = 1 + driver_random(6); times > 0; times--)
			driver_mutate_once(data, &len);
		driver_run(data, len);
	}
	(void)printf("%lu mutations of %zu seeds\n", i, seed_count);
}

static int driver_read(const char *name)
{
	static uint8_t data[MAX_INPUT];
	FILE *file = fopen(name, "rb");
	size_t len;

	if (file == NULL) {
		perror(name);
		return -1;
	}
	len = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	if (seed_count == MAX_SEEDS)
		return 0;
	seeds[seed_count].data = malloc(len > 0 ? len : 1);
	if (seeds[seed_count].data == NULL)
		return -1;
	if (len > 0)
		memcpy(seeds[seed_count].data, data, len);
	seeds[seed_count++].len = len;
	return 0;
}

int main(int argc, char *argv[])
{
	unsigned long mutations = 0, seed = 1, seconds = 0;
	size_t i;
	int option;

	while ((option = getopt(argc, argv, "c:n:s:t:")) != -1) {
		if (option == 'c')
			crash_file = optarg;
		else if (option == 'n')
			mutations = strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoul(optarg, NULL, 10);
		else if (option == 't')
			seconds = strtoul(optarg, NULL, 10);
		else
			return 64;
	}
	random_state = 0x9e3779b97f4a7c15U ^ seed;
	for (; optind < argc; optind++) {
		if (driver_read(argv[optind]) < 0)
			return 1;
	}
	driver_catch();
	(void)alarm(HANG_SECONDS);
	for (i = 0; i < seed_count; i++)
		driver_run(seeds[i].data, seeds[i].len);
	if (mutations > 0 && seed_count > 0)
		driver_mutations(mutations, (unsigned int)seconds);
	for (i = 0; i < seed_count; i++)
		free(seeds[i].data);
	return 0;
}
