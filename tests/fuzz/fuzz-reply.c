/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a store says, and what of it is passed on: one printable line of at
 * most 512 octets, never a 2xx that the store did not say, and the mailbox
 * nowhere but inside the address that the client knows.
 *
 *   input = flags address LF mailbox LF *( line LF )
 */
#include "aliasmap/address.h"
#include "lmtp/reply.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <strings.h>

struct fuzz_rest {
	const char *p, *end;
};

/* The next line, without its LF. */
static size_t fuzz_line(struct fuzz_rest *rest, const char **line_r)
{
	const char *newline = memchr(rest->p, '\n',
				     (size_t)(rest->end - rest->p));
	size_t len = (size_t)((newline != NULL ? newline : rest->end) -
			      rest->p);

	*line_r = rest->p;
	rest->p += len + (newline != NULL ? 1 : 0);
	return len;
}

static void fuzz_string(struct fuzz_rest *rest, char *out, size_t size)
{
	const char *line;
	size_t len = fuzz_line(rest, &line);

	len = strnlen(line, len < size ? len : size - 1);
	memcpy(out, line, len);
	out[len] = '\0';
}

static void fuzz_one_line(const char *out, size_t len, bool utf8)
{
	FUZZ_REQUIRE(len >= 5 && len <= NP_MAX_REPLY_LINE);
	FUZZ_REQUIRE(strlen(out) == len);
	FUZZ_REQUIRE(strcmp(out + len - 2, "\r\n") == 0);
	for (size_t i = 0; i < len - 2; i++) {
		unsigned char c = (unsigned char)out[i];

		FUZZ_REQUIRE(c >= 0x20 && c != 0x7f && (utf8 || c < 0x80));
	}
}

/* Whether secret stands in out anywhere but inside address. */
static bool fuzz_shows(const char *out, size_t len, const char *secret,
		       const char *address)
{
	size_t secret_len = strlen(secret), address_len = strlen(address);
	size_t covered = 0;

	for (size_t i = 0; i < len; i++) {
		if (address_len <= len - i &&
		    memcmp(out + i, address, address_len) == 0)
			covered = i + address_len;
		if (secret_len <= len - i && i + secret_len > covered &&
		    strncasecmp(out + i, secret, secret_len) == 0)
			return true;
	}
	return false;
}

/* What stands behind "550 5.1.1 <address> "; NULL where the address was cut or
   had to be made printable. */
static const char *fuzz_text(const char *out, const char *address)
{
	const char *at = strstr(out, " <");
	size_t len = strlen(address);

	FUZZ_REQUIRE(at != NULL);
	if (strncmp(at + 2, address, len) != 0 ||
	    strncmp(at + 2 + len, "> ", 2) != 0)
		return NULL;
	return at + 2 + len + 2;
}

static void fuzz_hidden(const char *text, const char *address,
			const char *mailbox)
{
	struct np_address parsed, base;
	char secret[NP_MAX_ADDRESS + 1];

	if (np_address_parse(mailbox, strlen(mailbox), NP_ADDRESS_UTF8, &parsed,
			     NULL) != NP_ADDRESS_OK)
		return;
	FUZZ_REQUIRE(!fuzz_shows(text, strlen(text), mailbox, address));
	if (!np_address_split(&parsed, "+", &base, NULL) ||
	    base.local[0] == '"')
		return;
	np_address_print(&base, secret);
	if (strcasecmp(strrchr(secret, '@'), strrchr(mailbox, '@')) == 0)
		FUZZ_REQUIRE(!fuzz_shows(text, strlen(text), secret, address));
}

static void fuzz_relay(const struct np_store_reply *reply, unsigned int flags,
		       const char *address, const char *mailbox)
{
	bool final = (flags & 1) != 0, utf8 = (flags & 2) != 0;
	char out[NP_MAX_REPLY_LINE + 1];
	const char *text;
	size_t len = np_reply_relay(reply, final, address, mailbox, "id", utf8,
				    out);

	fuzz_one_line(out, len, utf8);
	FUZZ_REQUIRE((out[0] == '2') == (reply->code / 100 == 2));
	FUZZ_REQUIRE(out[0] != '5' || reply->code / 100 == 5);
	text = fuzz_text(out, address);
	if (text != NULL)
		fuzz_hidden(text, address, mailbox);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_rest rest = { (const char *)data,
				  (const char *)data + size };
	struct np_store_reply_parser parser;
	char address[400], mailbox[400];
	unsigned int flags;
	int result = 0;

	if (size == 0)
		return 0;
	flags = (unsigned char)*rest.p++;
	fuzz_string(&rest, address, sizeof(address));
	fuzz_string(&rest, mailbox, sizeof(mailbox));
	np_store_reply_init(&parser);
	while (rest.p < rest.end && result == 0) {
		const char *line;
		size_t len = fuzz_line(&rest, &line);

		result = np_store_reply_line(&parser, line, len);
	}
	FUZZ_REQUIRE(memchr(parser.reply.text, '\0', NP_MAX_STORE_TEXT));
	FUZZ_REQUIRE(memchr(parser.reply.enhanced, '\0',
			    sizeof(parser.reply.enhanced)));
	if (result <= 0)
		return 0;
	FUZZ_REQUIRE(parser.reply.code >= 200 && parser.reply.code <= 599);
	FUZZ_REQUIRE(parser.reply.enhanced[0] == '\0' ||
		     parser.reply.enhanced[0] - '0' == parser.reply.code / 100);
	fuzz_relay(&parser.reply, flags, address, mailbox);
	return 0;
}
