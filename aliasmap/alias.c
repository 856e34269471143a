/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records of the map: what map-write stores under an address and map-db
 * fetches. What comes in is checked as if anyone had written it: a record
 * that decodes is an alias that resolve can follow. Comes after map-db and
 * resolve, before address.
 */
#include "aliasmap/alias.h"
#include "aliasmap/text.h"

#include <string.h>

#define RECORD_MAJOR 1
#define RECORD_MINOR 0
#define RECORD_HEAD 2	/* octets: major, minor */
#define FIELD_HEAD 3	/* octets: type, length */

/* A new field gets a new number and never changes its meaning. */
enum record_field {
	FIELD_MAILBOX = 1,
	FIELD_FLAGS = 2,	/* u8, record_flag; a new flag is a new field */
	FIELD_EXPIRES = 3,	/* i64be */
	FIELD_CREATED = 4,	/* i64be */
	FIELD_NOTE = 5
};

enum record_flag {
	FLAG_ENABLED = 0x01,
	FLAG_RECEIVE = 0x02,
	FLAG_SEND = 0x04
};

void np_alias_init(struct np_alias *alias)
{
	memset(alias, 0, sizeof(*alias));
	alias->enabled = true;
	alias->receive = true;
}

enum np_alias_type np_alias_type(const struct np_alias *alias)
{
	if (alias->address[0] != '@')
		return NP_ALIAS_ADDRESS;
	return alias->mailbox[0] == '@' ? NP_ALIAS_DOMAIN : NP_ALIAS_CATCH_ALL;
}

enum np_alias_state np_alias_state(const struct np_alias *alias, int64_t now)
{
	if (!alias->enabled)
		return NP_ALIAS_DISABLED;
	if (alias->expires != 0 && alias->expires <= now)
		return NP_ALIAS_EXPIRED;
	return NP_ALIAS_ACTIVE;
}

/* Whether text is what np_address_key makes, or "@" and a domain. */
static bool alias_is_key(const char *text)
{
	struct np_address addr;
	char key[NP_MAX_ADDRESS + 1];

	if (text[0] == '@')
		return np_domain_parse(text + 1, strlen(text + 1), 0, key,
				       NULL) == NP_ADDRESS_OK &&
			strcmp(key, text + 1) == 0;
	return np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, &addr,
				NULL) == NP_ADDRESS_OK &&
		strcmp(np_address_key(&addr, key), text) == 0;
}

/* Nothing of an address that is none is printed: it may be any octets. */
static int alias_check_address(const struct np_alias *alias,
			       struct np_error *err)
{
	if (alias_is_key(alias->address))
		return 1;
	return np_error_set(err, NP_ERROR_RECORD, "the key of a record is no "
			    "address in its normal form");
}

static int alias_check_rest(const struct np_alias *alias, struct np_error *err)
{
	const char *what;

	if (!alias_is_key(alias->mailbox))
		what = "the mailbox is no address in its normal form";
	else if (alias->mailbox[0] == '@' && alias->address[0] != '@')
		what = "an address cannot lead to a whole domain";
	else if (!np_utf8_valid(alias->note, strlen(alias->note)))
		what = "the note is not UTF-8 or has a control character";
	else
		return 1;
	return np_error_set(err, NP_ERROR_RECORD, "record of \"%s\": %s",
			    alias->address, what);
}

/* Where the next field goes. */
struct record_writer {
	unsigned char *out;
	size_t size, len;
	bool full;
};

static void record_put(struct record_writer *writer, enum record_field type,
		       const void *value, size_t len)
{
	unsigned char *p = writer->out + writer->len;

	if (writer->full || writer->size - writer->len < FIELD_HEAD + len) {
		writer->full = true;
		return;
	}
	p[0] = (unsigned char)type;
	p[1] = (unsigned char)(len >> 8);
	p[2] = (unsigned char)len;
	memcpy(p + FIELD_HEAD, value, len);
	writer->len += FIELD_HEAD + len;
}

static void record_put_time(struct record_writer *writer,
			    enum record_field type, int64_t seconds)
{
	unsigned char value[8];
	uint64_t bits = (uint64_t)seconds;
	size_t i;

	for (i = sizeof(value); i > 0; i--, bits >>= 8)
		value[i - 1] = (unsigned char)bits;
	if (seconds != 0)
		record_put(writer, type, value, sizeof(value));
}

int np_alias_encode(const struct np_alias *alias, unsigned char *out,
		    size_t size, size_t *len_r, struct np_error *err)
{
	struct record_writer writer = {out, size, RECORD_HEAD, false};
	unsigned char flags;

	if (alias_check_address(alias, err) < 0 ||
	    alias_check_rest(alias, err) < 0)
		return -1;
	if (size < RECORD_HEAD || alias->unknown_len > NP_MAX_UNKNOWN)
		return np_error_set(err, NP_ERROR_INTERNAL,
				    "record of \"%s\": no room",
				    alias->address);
	out[0] = RECORD_MAJOR;
	out[1] = RECORD_MINOR;
	flags = (unsigned char)((alias->enabled ? FLAG_ENABLED : 0) |
				(alias->receive ? FLAG_RECEIVE : 0) |
				(alias->send ? FLAG_SEND : 0));
	record_put(&writer, FIELD_MAILBOX, alias->mailbox,
		   strlen(alias->mailbox));
	record_put(&writer, FIELD_FLAGS, &flags, 1);
	record_put_time(&writer, FIELD_EXPIRES, alias->expires);
	record_put_time(&writer, FIELD_CREATED, alias->created);
	if (alias->note[0] != '\0')
		record_put(&writer, FIELD_NOTE, alias->note,
			   strlen(alias->note));
	if (writer.full || size - writer.len < alias->unknown_len)
		return np_error_set(err, NP_ERROR_INTERNAL,
				    "record of \"%s\": no room",
				    alias->address);
	memcpy(out + writer.len, alias->unknown, alias->unknown_len);
	*len_r = writer.len + alias->unknown_len;
	return 1;
}

/* A string field: no NUL, shorter than size. */
static bool record_get_string(const unsigned char *value, size_t len,
			      char *out, size_t size)
{
	if (len == 0 || len >= size || memchr(value, '\0', len) != NULL)
		return false;
	memcpy(out, value, len);
	out[len] = '\0';
	return true;
}

static bool record_get_flags(const unsigned char *value, size_t len,
			     struct np_alias *alias)
{
	const unsigned char known = FLAG_ENABLED | FLAG_RECEIVE | FLAG_SEND;

	if (len != 1 || (value[0] & ~known) != 0)
		return false;
	alias->enabled = (value[0] & FLAG_ENABLED) != 0;
	alias->receive = (value[0] & FLAG_RECEIVE) != 0;
	alias->send = (value[0] & FLAG_SEND) != 0;
	return true;
}

static bool record_get_time(const unsigned char *value, size_t len,
			    int64_t *seconds_r)
{
	uint64_t bits = 0;
	size_t i;

	if (len != sizeof(bits))
		return false;
	for (i = 0; i < len; i++)
		bits = (bits << 8) | value[i];
	memcpy(seconds_r, &bits, sizeof(bits));
	return true;
}

/* field: with its head, as it stands in the record. */
static bool record_keep_unknown(const unsigned char *field, size_t len,
				struct np_alias *alias)
{
	if (len > sizeof(alias->unknown) - alias->unknown_len)
		return false;
	memcpy(alias->unknown + alias->unknown_len, field, len);
	alias->unknown_len += len;
	return true;
}

static bool record_get_field(const unsigned char *field, size_t len,
			     struct np_alias *alias)
{
	const unsigned char *value = field + FIELD_HEAD;

	switch (field[0]) {
	case FIELD_MAILBOX:
		return record_get_string(value, len, alias->mailbox,
					 sizeof(alias->mailbox));
	case FIELD_FLAGS:
		return record_get_flags(value, len, alias);
	case FIELD_EXPIRES:
		return record_get_time(value, len, &alias->expires);
	case FIELD_CREATED:
		return record_get_time(value, len, &alias->created);
	case FIELD_NOTE:
		return record_get_string(value, len, alias->note,
					 sizeof(alias->note));
	default:
		return record_keep_unknown(field, FIELD_HEAD + len, alias);
	}
}

/* All fields of a record. A known one twice has no meaning, and one without
   mailbox or flags is none of ours. */
static bool record_get_fields(const unsigned char *record, size_t len,
			      struct np_alias *alias)
{
	const unsigned int needed = 1U << FIELD_MAILBOX | 1U << FIELD_FLAGS;
	unsigned int seen = 0, bit;
	size_t pos = RECORD_HEAD, value_len;

	while (pos < len) {
		if (len - pos < FIELD_HEAD)
			return false;
		value_len = (size_t)record[pos + 1] << 8 | record[pos + 2];
		if (value_len > len - pos - FIELD_HEAD)
			return false;
		bit = record[pos] >= FIELD_MAILBOX &&
			record[pos] <= FIELD_NOTE ? 1U << record[pos] : 0;
		if ((seen & bit) != 0 ||
		    !record_get_field(record + pos, value_len, alias))
			return false;
		seen |= bit;
		pos += FIELD_HEAD + value_len;
	}
	return (seen & needed) == needed;
}

int np_alias_decode(const char *address, size_t address_len,
		    const unsigned char *record, size_t len,
		    struct np_alias *alias_r, struct np_error *err)
{
	struct np_alias alias;

	np_alias_init(&alias);
	(void)record_get_string((const unsigned char *)address, address_len,
				alias.address, sizeof(alias.address));
	if (alias_check_address(&alias, err) < 0)
		return -1;
	if (len < RECORD_HEAD)
		return np_error_set(err, NP_ERROR_RECORD,
				    "record of \"%s\": too short",
				    alias.address);
	if (record[0] != RECORD_MAJOR)
		return np_error_set(err, NP_ERROR_VERSION,
				    "record of \"%s\": format %u, this program "
				    "knows %u", alias.address,
				    (unsigned int)record[0],
				    (unsigned int)RECORD_MAJOR);
	if (!record_get_fields(record, len, &alias))
		return np_error_set(err, NP_ERROR_RECORD,
				    "record of \"%s\": damaged", alias.address);
	if (alias_check_rest(&alias, err) < 0)
		return -1;
	*alias_r = alias;
	return 1;
}
