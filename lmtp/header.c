/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header scanner; see header.h. It reads what RFC 5322 section 2.2 calls
 * fields, and more: a line that is none does not end the header, since a mark
 * may stand below it. Only an empty line does.
 *
 *   field = name *WSP ":" *( octet / line-end WSP ) line-end
 *
 * Values go straight to their place in the findings, so nothing is allocated
 * and a struct np_header may be copied.
 */
#include "lmtp/header.h"

#include <string.h>

enum header_state {
	HEADER_START,		/* no octet was seen */
	HEADER_LINE,		/* at the start of a line */
	HEADER_LINE_CR,		/* behind a CR at the start of a line */
	HEADER_NAME,
	HEADER_NAME_SPACE,	/* between a name and its colon */
	HEADER_VALUE,
	HEADER_VALUE_CR		/* behind a CR in a value */
};

enum header_field {
	HEADER_OTHER,
	HEADER_RECEIVED,
	HEADER_MESSAGE_ID,
	HEADER_MARK
};

static bool header_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void np_header_init(struct np_header *header)
{
	memset(header, 0, sizeof(*header));
	header->state = HEADER_START;
}

/* Where the value of the open field goes; NULL where it is not kept. */
static char *header_slot(struct np_header *header, size_t *size_r)
{
	switch ((enum header_field)header->field) {
	case HEADER_MESSAGE_ID:
		*size_r = sizeof(header->message_id);
		return header->message_id;
	case HEADER_MARK:
		*size_r = sizeof(header->marks[0]);
		return header->marks[header->mark_count];
	case HEADER_OTHER:
	case HEADER_RECEIVED:
		break;
	}
	return NULL;
}

/* Adds an octet of a value, without the blanks in front. Blanks at the end may
   not make a value too long: one is left out where there is no room, and only
   something behind it shows that it was needed. */
static void header_add(struct np_header *header, char c)
{
	size_t size;
	char *slot = header_slot(header, &size);

	if (slot == NULL || (header->value_len == 0 && header_is_blank(c)))
		return;
	if (header->value_len + 1 < size && c != '\0')
		slot[header->value_len++] = c;
	else if (!header_is_blank(c))
		header->value_too_long = true;
}

/* The field has ended: its value is kept, or as good as never seen. */
static void header_finish(struct np_header *header)
{
	size_t size;
	char *slot = header_slot(header, &size);

	if (slot != NULL) {
		while (header->value_len > 0 &&
		       header_is_blank(slot[header->value_len - 1]))
			header->value_len--;
		if (header->value_too_long)
			header->value_len = 0;
		slot[header->value_len] = '\0';
		if (header->field == HEADER_MARK && header->value_len > 0)
			header->mark_count++;
	}
	header->field = HEADER_OTHER;
	header->value_len = 0;
	header->value_too_long = false;
	header->name_len = 0;
}

static bool header_name_is(const struct np_header *header, const char *name)
{
	return header->name_len == strlen(name) &&
	       memcmp(header->name, name, header->name_len) == 0;
}

/* The colon: which field is this? */
static void header_colon(struct np_header *header)
{
	header->state = HEADER_VALUE;
	if (header_name_is(header, "received")) {
		header->field = HEADER_RECEIVED;
		header->received++;
	} else if (header_name_is(header, "message-id") &&
		   !header->has_message_id) {
		header->field = HEADER_MESSAGE_ID;
		header->has_message_id = true;
	} else if (header_name_is(header, "x-nameplate-mark") &&
		   header->mark_count < NP_MAX_MARKS) {
		header->field = HEADER_MARK;
	}
}

/* An octet of a name, in lower case. One that is longer than any of ours
   becomes none of ours: its length is that of the array. */
static void header_name(struct np_header *header, char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	header->state = HEADER_NAME;
	if (header->name_len < sizeof(header->name))
		header->name[header->name_len++] = c;
}

/* The first octet of a line that is not empty. */
static void header_begin(struct np_header *header, char c)
{
	if (header_is_blank(c)) {
		/* Folded: the line end is gone, the blank stays. */
		header->state = HEADER_VALUE;
		header_add(header, c);
		return;
	}
	header_finish(header);
	if (c == ':')
		header_colon(header);
	else
		header_name(header, c);
}

static void header_line(struct np_header *header, char c)
{
	if (c == '\n')
		header->done = true;
	else if (c == '\r')
		header->state = HEADER_LINE_CR;
	else
		header_begin(header, c);
}

static void header_name_or_colon(struct np_header *header, char c)
{
	if (c == ':') {
		header_colon(header);
	} else if (c == '\n') {
		header->state = HEADER_LINE;
	} else if (header_is_blank(c)) {
		header->state = HEADER_NAME_SPACE;
	} else {
		/* Two words are no name. */
		if (header->state == HEADER_NAME_SPACE)
			header->name_len = sizeof(header->name);
		header_name(header, c);
	}
}

static void header_value(struct np_header *header, char c)
{
	header->state = HEADER_VALUE;
	if (c == '\n')
		header->state = HEADER_LINE;
	else if (c == '\r')
		header->state = HEADER_VALUE_CR;
	else
		header_add(header, c);
}

static void header_octet(struct np_header *header, char c)
{
	switch ((enum header_state)header->state) {
	case HEADER_START:
		/* It would fold into whatever is put above it. */
		header->starts_with_space = header_is_blank(c);
		header->done = header->starts_with_space;
		header_line(header, c);
		break;
	case HEADER_LINE:
		header_line(header, c);
		break;
	case HEADER_LINE_CR:
		/* A CR alone is no line end, but the first octet of a name. */
		if (c == '\n') {
			header->done = true;
			break;
		}
		header_begin(header, '\r');
		header_name_or_colon(header, c);
		break;
	case HEADER_NAME:
	case HEADER_NAME_SPACE:
		header_name_or_colon(header, c);
		break;
	case HEADER_VALUE:
		header_value(header, c);
		break;
	case HEADER_VALUE_CR:
		if (c != '\n')
			header_add(header, '\r');
		header_value(header, c);
		break;
	}
}

/* How many octets nobody looks at: most of a header is values of fields that
   are none of ours. */
static size_t header_skip(const struct np_header *header, const char *data,
			  size_t len)
{
	const char *newline;

	if (header->state != HEADER_VALUE || header->field == HEADER_MESSAGE_ID ||
	    header->field == HEADER_MARK)
		return 0;
	newline = memchr(data, '\n', len);
	return newline != NULL ? (size_t)(newline - data) : len;
}

void np_header_feed(struct np_header *header, const char *data, size_t len)
{
	for (size_t i = 0; i < len && !header->done; i++) {
		i += header_skip(header, data + i, len - i);
		if (i < len)
			header_octet(header, data[i]);
	}
	if (header->done)
		header_finish(header);
}

void np_header_end(struct np_header *header)
{
	header->done = true;
	header_finish(header);
}
