/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking names apart and putting them together; see generation-name.h. */
#include "aliasmap/generation-name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GENERATION_SUM_DIGITS 16

int np_map_path_parse(const char *link, struct np_map_path *path_r,
		      struct np_error *err)
{
	const char *slash = strrchr(link, '/');
	const char *base = slash == NULL ? link : slash + 1;
	size_t len = strlen(base), folder_len;

	if (strlen(link) >= sizeof(path_r->link))
		return np_error_set(err, NP_ERROR_MISSING,
				    "the map's path is too long: %.200s...",
				    link);
	if (len == 0 || len >= sizeof(path_r->base) ||
	    strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return np_error_set(err, NP_ERROR_MISSING,
				    "%s: is not the name of a map", link);
	memset(path_r, 0, sizeof(*path_r));
	strcpy(path_r->link, link);
	strcpy(path_r->base, base);
	memcpy(path_r->stem, base, len);
	if (len > 3 && strcmp(base + len - 3, ".db") == 0)
		path_r->stem[len - 3] = '\0';
	folder_len = slash == NULL ? 0 : (size_t)(slash - link);
	if (slash == NULL)
		strcpy(path_r->folder, ".");
	else if (folder_len == 0)
		strcpy(path_r->folder, "/");
	else
		memcpy(path_r->folder, link, folder_len);
	return 1;
}

/* Reads a number without sign and padding, followed by a dot. */
static bool generation_number(const char **p, uint64_t *number_r)
{
	uint64_t number = 0;
	const char *s = *p;

	if (*s == '0' && s[1] != '.')
		return false;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		unsigned int digit = (unsigned int)(*s - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (*s != '.')
		return false;
	*p = s + 1;
	*number_r = number;
	return true;
}

static bool generation_sum_parse(const char **p, uint64_t *sum_r)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t sum = 0;

	for (unsigned int i = 0; i < GENERATION_SUM_DIGITS; i++) {
		const char *digit;

		if (**p == '\0' || (digit = strchr(digits, **p)) == NULL)
			return false;
		sum = sum << 4 | (uint64_t)(digit - digits);
		(*p)++;
	}
	*sum_r = sum;
	return true;
}

bool np_generation_parse(const char *stem, const char *name,
			 struct np_generation *gen_r)
{
	size_t len = strlen(stem);
	struct np_generation gen;
	const char *p = name + len;

	if (strncmp(name, stem, len) != 0 || *p != '.')
		return false;
	p++;
	if (!generation_number(&p, &gen.number) || gen.number == 0 ||
	    !generation_number(&p, &gen.size) ||
	    !generation_sum_parse(&p, &gen.sum) || strcmp(p, ".db") != 0)
		return false;
	*gen_r = gen;
	return true;
}

bool np_generation_print(const char *stem, const struct np_generation *gen,
			 char *out)
{
	int n = snprintf(out, NP_MAX_FILE_NAME,
			 "%s.%" PRIu64 ".%" PRIu64 ".%016" PRIx64 ".db", stem,
			 gen->number, gen->size, gen->sum);

	return n > 0 && n < NP_MAX_FILE_NAME;
}
