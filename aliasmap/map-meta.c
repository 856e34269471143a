/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The meta record's octets. map.c reads it at each open, before any lookup;
 * map-write.c writes it last.
 */
#include "aliasmap/map-meta.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define META_MAJOR 1u
#define META_MINOR 0u
#define META_HEAD 3	/* type:u8 length:u16be */

enum meta_field {
	META_GENERATION = 1,	/* u64be */
	META_WRITER = 2,
	META_DELIMITERS = 3,
	META_DOMAINS = 4,
	META_POSTMASTER = 5,
	META_RESERVED = 6,
	META_MAX_ALIASES = 7	/* u32be */
};

struct meta_text {
	enum meta_field field;
	size_t offset, size;
};

#define META_TEXT(field, member) \
	{ field, offsetof(struct np_map_meta, member), \
	  sizeof(((struct np_map_meta *)NULL)->member) }

static const struct meta_text meta_texts[] = {
	META_TEXT(META_WRITER, writer),
	META_TEXT(META_DELIMITERS, settings.delimiters),
	META_TEXT(META_DOMAINS, settings.domains),
	META_TEXT(META_POSTMASTER, settings.postmaster),
	META_TEXT(META_RESERVED, settings.reserved),
};

#define META_TEXTS (sizeof(meta_texts) / sizeof(meta_texts[0]))

static void meta_put(unsigned char *out, size_t *len, enum meta_field field,
		     const void *value, size_t size)
{
	unsigned char *p = out + *len;

	p[0] = (unsigned char)field;
	p[1] = (unsigned char)(size >> 8);
	p[2] = (unsigned char)(size & 0xff);
	memcpy(p + META_HEAD, value, size);
	*len += META_HEAD + size;
}

static void meta_put_number(unsigned char *out, size_t *len,
			    enum meta_field field, uint64_t number,
			    unsigned int octets)
{
	unsigned char value[8];

	for (unsigned int i = octets; i > 0; i--, number >>= 8)
		value[i - 1] = (unsigned char)(number & 0xff);
	meta_put(out, len, field, value, octets);
}

/* NP_MAX_META has room for the longest of everything. */
_Static_assert(2 + sizeof(struct np_meta) + 8 * META_HEAD < NP_MAX_META,
	       "the longest meta record fits");

int np_meta_encode(const struct np_meta *meta, unsigned char *out,
		   size_t *len_r, struct np_error *err)
{
	const struct np_map_meta *known = &meta->known;
	size_t len = 0;

	out[len++] = META_MAJOR;
	out[len++] = META_MINOR;
	meta_put_number(out, &len, META_GENERATION, known->generation, 8);
	for (size_t i = 0; i < META_TEXTS; i++) {
		const char *text =
			(const char *)known + meta_texts[i].offset;
		size_t size = strnlen(text, meta_texts[i].size);

		if (size == meta_texts[i].size)
			return np_error_set(err, NP_ERROR_INTERNAL,
					    "a [map] setting is too long");
		meta_put(out, &len, meta_texts[i].field, text, size);
	}
	meta_put_number(out, &len, META_MAX_ALIASES,
			known->settings.max_aliases_per_mailbox, 4);
	memcpy(out + len, meta->unknown, meta->unknown_len);
	*len_r = len + meta->unknown_len;
	return 1;
}

static int meta_bad(struct np_error *err, const char *what)
{
	return np_error_set(err, NP_ERROR_NOT_A_MAP,
			    "the meta record cannot be read: %s", what);
}

static int meta_number(const unsigned char *value, size_t size,
		       size_t want, uint64_t *number_r)
{
	uint64_t number = 0;

	if (size != want)
		return -1;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | value[i];
	*number_r = number;
	return 1;
}

/* One field into meta. 1, 0 where its type is not known, -1 where its value
   is not what such a field can hold. */
static int meta_field(struct np_map_meta *meta, unsigned int field,
		      const unsigned char *value, size_t size)
{
	uint64_t number;

	if (field == META_GENERATION)
		return meta_number(value, size, 8, &meta->generation);
	if (field == META_MAX_ALIASES) {
		if (meta_number(value, size, 4, &number) < 0)
			return -1;
		meta->settings.max_aliases_per_mailbox = (unsigned int)number;
		return 1;
	}
	for (size_t i = 0; i < META_TEXTS; i++) {
		char *text = (char *)meta + meta_texts[i].offset;

		if (meta_texts[i].field != field)
			continue;
		if (size >= meta_texts[i].size ||
		    memchr(value, '\0', size) != NULL)
			return -1;
		memcpy(text, value, size);
		text[size] = '\0';
		return 1;
	}
	return 0;
}

static int meta_fields(const unsigned char *record, size_t len,
		       struct np_meta *meta, struct np_error *err)
{
	size_t pos = 2;
	bool seen[256] = {false};

	while (pos < len) {
		const unsigned char *p = record + pos;
		size_t size, all;
		int ret;

		if (len - pos < META_HEAD)
			return meta_bad(err, "a field is cut short");
		size = (size_t)p[1] << 8 | p[2];
		all = META_HEAD + size;
		if (len - pos < all)
			return meta_bad(err, "a field is cut short");
		ret = meta_field(&meta->known, p[0], p + META_HEAD, size);
		if (ret < 0 || (ret > 0 && seen[p[0]]))
			return meta_bad(err, "a field has a bad value");
		seen[p[0]] = true;
		if (ret == 0) {
			if (all > sizeof(meta->unknown) - meta->unknown_len)
				return meta_bad(err, "too much is unknown");
			memcpy(meta->unknown + meta->unknown_len, p, all);
			meta->unknown_len += all;
		}
		pos += all;
	}
	if (!seen[META_GENERATION] || !seen[META_DELIMITERS])
		return meta_bad(err, "a field is missing");
	return 1;
}

int np_meta_decode(const unsigned char *record, size_t len,
		   struct np_meta *meta_r, struct np_error *err)
{
	struct np_meta *meta;
	int ret;

	if (len < 2)
		return meta_bad(err, "it is too short");
	if (record[0] != META_MAJOR)
		return np_error_set(err, NP_ERROR_VERSION,
				    "format %u.%u, this program knows %u: it "
				    "was written by a newer nameplate, update "
				    "this one", record[0], record[1],
				    META_MAJOR);
	meta = calloc(1, sizeof(*meta));
	if (meta == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	ret = meta_fields(record, len, meta, err);
	if (ret > 0)
		*meta_r = *meta;
	free(meta);
	return ret;
}
