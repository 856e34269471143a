/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks: read, signed, verified; see mark.h. */
#include "lmtp/mark.h"

#include <glib.h>

#include <stdio.h>
#include <string.h>

#define MAX_TIME 99999999999	/* eleven digits: the year 5138 */
#define MAX_EARLIER 9999

/* base64url without padding (RFC 4648 section 5), len octets into out, which
   has room for the result and a NUL. */
static void mark_base64(const unsigned char *octets, size_t len, char *out)
{
	g_autofree char *text = g_base64_encode(octets, len);
	size_t used = strcspn(text, "=");

	for (size_t i = 0; i < used; i++)
		out[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	out[used] = '\0';
}

void np_mark_message(const char *message_id, char out[NP_MARK_MESSAGE + 1])
{
	g_autoptr(GChecksum) checksum = NULL;
	guint8 digest[32];
	gsize len = sizeof(digest);

	out[0] = '\0';
	if (*message_id == '\0')
		return;
	checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(checksum, (const guchar *)message_id,
			  (gssize)strlen(message_id));
	g_checksum_get_digest(checksum, digest, &len);
	mark_base64(digest, 12, out);
}

void np_mark_nonce(const unsigned char octets[8], char out[NP_MARK_NONCE + 1])
{
	mark_base64(octets, 8, out);
}

/* Takes "; " and "NAME=" from the front and leaves *value at what follows. */
static bool mark_take(const char **value, const char *name, bool first)
{
	const char *p = *value;
	size_t blanks;

	if (!first) {
		if (*p++ != ';')
			return false;
		blanks = strspn(p, " \t");
		if (blanks == 0)
			return false;
		p += blanks;
	}
	if (strncmp(p, name, strlen(name)) != 0)
		return false;
	*value = p + strlen(name);
	return true;
}

/* A decimal number without needless zeros: one number, one text. */
static bool mark_take_number(const char **value, int64_t max, int64_t *number_r)
{
	const char *p = *value;
	int64_t number = 0;

	if (p[0] == '0' && g_ascii_isdigit(p[1]))
		return false;
	for (; g_ascii_isdigit(*p); p++) {
		number = number * 10 + (*p - '0');
		if (number > max)
			return false;
	}
	if (p == *value)
		return false;
	*number_r = number;
	*value = p;
	return true;
}

/* len octets of base64url, or none at all where empty is allowed. */
static bool mark_take_base64(const char **value, size_t len, bool empty,
			     char *out)
{
	const char *p = *value;
	size_t used = 0;

	while (g_ascii_isalnum(p[used]) || p[used] == '-' || p[used] == '_')
		used++;
	if (used != len && !(empty && used == 0))
		return false;
	memcpy(out, p, used);
	out[used] = '\0';
	*value += used;
	return true;
}

static bool mark_take_key(const char **value, char *out)
{
	size_t len = strcspn(*value, ";");

	if (!np_key_id_valid(*value, len))
		return false;
	memcpy(out, *value, len);
	out[len] = '\0';
	*value += len;
	return true;
}

bool np_mark_parse(const char *value, struct np_mark *mark_r)
{
	struct np_mark mark;
	int64_t earlier;

	if (!mark_take(&value, "v=1", true) ||
	    !mark_take(&value, "k=", false) ||
	    !mark_take_key(&value, mark.key) ||
	    !mark_take(&value, "t=", false) ||
	    !mark_take_number(&value, MAX_TIME, &mark.time) ||
	    !mark_take(&value, "n=", false) ||
	    !mark_take_number(&value, MAX_EARLIER, &earlier) ||
	    !mark_take(&value, "m=", false) ||
	    !mark_take_base64(&value, NP_MARK_MESSAGE, true, mark.message) ||
	    !mark_take(&value, "r=", false) ||
	    !mark_take_base64(&value, NP_MARK_NONCE, false, mark.nonce) ||
	    !mark_take(&value, "h=", false) ||
	    !mark_take_base64(&value, NP_MARK_MAC, false, mark.mac) ||
	    *value != '\0')
		return false;
	mark.earlier = (unsigned int)earlier;
	*mark_r = mark;
	return true;
}

/* The MAC over v, k, t, n, m, r and the mailbox, joined by LF; none of them can
   hold one. */
static void mark_mac(const struct np_mark *mark, const struct np_mark_key *key,
		     const char *mailbox, char out[NP_MARK_MAC + 1])
{
	g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key->octets,
					   key->len);
	g_autofree char *lower = g_ascii_strdown(mailbox, -1);
	g_autofree char *text = g_strdup_printf(
		"1\n%s\n%" G_GINT64_FORMAT "\n%u\n%s\n%s\n%s", mark->key,
		mark->time, mark->earlier, mark->message, mark->nonce, lower);
	guint8 digest[32];
	gsize len = sizeof(digest);

	g_hmac_update(hmac, (const guchar *)text, (gssize)strlen(text));
	g_hmac_get_digest(hmac, digest, &len);
	mark_base64(digest, 16, out);
}

void np_mark_sign(struct np_mark *mark, const struct np_mark_key *key,
		  const char *mailbox)
{
	memcpy(mark->key, key->id, sizeof(mark->key));
	mark_mac(mark, key, mailbox, mark->mac);
}

bool np_mark_verify(const struct np_mark *mark,
		    const struct np_mark_keys *keys, const char *mailbox)
{
	const struct np_mark_key *key = np_mark_keys_find(keys, mark->key);
	char mac[NP_MARK_MAC + 1];
	unsigned char difference = 0;

	if (key == NULL)
		return false;
	mark_mac(mark, key, mailbox, mac);
	for (size_t i = 0; i < NP_MARK_MAC; i++)
		difference |= (unsigned char)(mac[i] ^ mark->mac[i]);
	return difference == 0;
}
