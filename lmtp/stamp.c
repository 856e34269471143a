/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands above a delivered message, and what the marks in it say about
 * where it has been. What came before: header.c found the marks. What comes
 * next: delivery.c decides by the counts and sends the stamps in front of the
 * message.
 */
#include "lmtp/stamp.h"
#include "lmtp/mark.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DAY 86400

static bool stamp_is_fresh(const struct np_mark *mark, int64_t now)
{
	return mark->time >= now - (int64_t)NP_MARK_DAYS * DAY &&
	       mark->time <= now + DAY;
}

/* Whether the mark was seen before: its MAC covers all the rest. */
static bool stamp_is_repeated(const struct np_mark *seen, size_t count,
			      const struct np_mark *mark)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(seen[i].mac, mark->mac) == 0)
			return true;
	}
	return false;
}

void np_returns_count(const struct np_mark_keys *keys,
		      const struct np_header *header, const char *message_id,
		      const char *mailbox, int64_t now,
		      struct np_returns *returns_r)
{
	struct np_mark seen[NP_MAX_MARKS];
	char message[NP_MARK_MESSAGE + 1];
	size_t count = 0;

	memset(returns_r, 0, sizeof(*returns_r));
	np_mark_message(message_id, message);
	for (unsigned int i = 0; i < header->mark_count; i++) {
		struct np_mark *mark = &seen[count];
		bool same;

		if (!np_mark_parse(header->marks[i], mark) ||
		    !stamp_is_fresh(mark, now) ||
		    stamp_is_repeated(seen, count, mark))
			continue;
		same = strcmp(mark->message, message) == 0;
		if (np_mark_verify(mark, keys, mailbox)) {
			returns_r->own++;
			returns_r->own_same_message += same ? 1 : 0;
		} else if (np_mark_verify(mark, keys, "")) {
			returns_r->shared++;
			returns_r->shared_same_message += same ? 1 : 0;
		} else {
			continue;
		}
		count++;
	}
}

/* Adds a formatted line; false where it does not fit. */
static bool __attribute__((format(printf, 4, 5)))
stamp_add(char *out, size_t size, size_t *used, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out + *used, size - *used, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= size - *used)
		return false;
	*used += (size_t)len;
	return true;
}

/* One Delivered-To (RFC 9228 section 4). An address that could end the line
   would let its sender write header fields. */
static bool stamp_add_delivered_to(char *out, size_t size, size_t *used,
				   const char *address)
{
	for (const char *p = address; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return stamp_add(out, size, used, "Delivered-To: %s\r\n", address);
}

size_t np_stamp_write(const struct np_mark_keys *keys,
		      const struct np_stamp *stamp,
		      const unsigned char nonce[8],
		      char *out, size_t size)
{
	const char *mailbox = stamp->mailbox != NULL ? stamp->mailbox : "";
	struct np_mark mark = { .time = stamp->now };
	size_t used = 0;

	if (stamp->mailbox != NULL) {
		mark.earlier = stamp->earlier;
		if (!stamp_add_delivered_to(out, size, &used, mailbox))
			return 0;
		if (stamp->received != NULL &&
		    strcasecmp(stamp->received, mailbox) != 0 &&
		    !stamp_add_delivered_to(out, size, &used, stamp->received))
			return 0;
	}
	np_mark_message(stamp->message_id, mark.message);
	np_mark_nonce(nonce, mark.nonce);
	np_mark_sign(&mark, &keys->keys[0], mailbox);
	if (!stamp_add(out, size, &used, "X-Nameplate-Mark: v=1; k=%s; "
		       "t=%lld; n=%u; m=%s; r=%s; h=%s\r\n", mark.key,
		       (long long)mark.time, mark.earlier, mark.message,
		       mark.nonce, mark.mac))
		return 0;
	return used;
}
