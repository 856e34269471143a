/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts both sides of an address together, makes its key, and cuts and carries
 * its tag. Text from the wire comes in here; resolve.c takes what goes out.
 * local-part.c and domain.c read the two sides.
 */
#include "aliasmap/address.h"
#include "aliasmap/local-part.h"
#include "aliasmap/text.h"

#include <string.h>
#include <strings.h>

static bool address_is_bare_postmaster(const char *text, size_t len)
{
	static const char word[] = "postmaster";

	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

enum np_address_result
np_address_parse(const char *text, size_t len, unsigned int flags,
		 struct np_address *addr_r, const char **why_r)
{
	struct np_address addr;
	enum np_address_result result;
	const char *unused;
	size_t used;
	bool utf8;

	if (why_r == NULL)
		why_r = &unused;
	result = np_local_parse(text, len, addr.local, &used, &utf8, why_r);
	if (result != NP_ADDRESS_OK)
		return result;
	if (used == len && (flags & NP_ADDRESS_BARE_POSTMASTER) != 0 &&
	    address_is_bare_postmaster(text, len)) {
		addr.domain[0] = '\0';
		*addr_r = addr;
		return NP_ADDRESS_OK;
	}
	if (used == len || text[used] != '@') {
		*why_r = used == len ? "the address has no domain" :
			"the local part has something after its closing quote";
		return NP_ADDRESS_SYNTAX;
	}
	used++;
	result = np_domain_parse(text + used, len - used, flags, addr.domain,
				 why_r);
	if (result != NP_ADDRESS_OK)
		return result;
	if (!np_address_fits(&addr)) {
		*why_r = "the address is longer than 254 octets";
		return NP_ADDRESS_TOO_LONG;
	}
	if (utf8 && (flags & NP_ADDRESS_UTF8) == 0) {
		*why_r = "the local part has UTF-8, which needs SMTPUTF8";
		return NP_ADDRESS_NEEDS_UTF8;
	}
	*addr_r = addr;
	return NP_ADDRESS_OK;
}

bool np_address_fits(const struct np_address *addr)
{
	return strlen(addr->local) + 1 + strlen(addr->domain) <=
		NP_MAX_ADDRESS;
}

char *np_address_print(const struct np_address *addr, char *out)
{
	size_t local_len = strlen(addr->local);
	size_t domain_len = strlen(addr->domain);

	memcpy(out, addr->local, local_len);
	out[local_len] = '\0';
	if (domain_len == 0)
		return out;
	/* Only for an address that was not made by np_address_parse. */
	if (local_len + 1 + domain_len > NP_MAX_ADDRESS)
		domain_len = NP_MAX_ADDRESS - local_len - 1;
	out[local_len] = '@';
	memcpy(out + local_len + 1, addr->domain, domain_len);
	out[local_len + 1 + domain_len] = '\0';
	return out;
}

char *np_address_key(const struct np_address *addr, char *out)
{
	return np_ascii_lower_string(np_address_print(addr, out));
}

bool np_address_equal(const struct np_address *a, const struct np_address *b)
{
	char key_a[NP_MAX_ADDRESS + 1], key_b[NP_MAX_ADDRESS + 1];

	return strcmp(np_address_key(a, key_a), np_address_key(b, key_b)) == 0;
}

/* Where the content of a local part has its first delimiter, 0 for nowhere;
   *tag_r then points behind it in the written form. */
static size_t address_find_tag(const char *local, const char *delimiters,
			       const char **tag_r)
{
	const char *p = local;
	size_t pos;
	bool quoted = *p == '"';

	if (quoted)
		p++;
	for (pos = 0; *p != '\0' && !(quoted && *p == '"'); p++, pos++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		if (pos > 0 && strchr(delimiters, *p) != NULL) {
			*tag_r = p + 1;
			return pos;
		}
	}
	return 0;
}

bool np_address_split(const struct np_address *addr, const char *delimiters,
		      struct np_address *base_r, const char **tag_r)
{
	char content[NP_MAX_LOCAL_PART + 1];
	struct np_address base = *addr;
	const char *tag;
	size_t pos;

	pos = address_find_tag(addr->local, delimiters, &tag);
	if (pos == 0)
		return false;
	(void)np_local_content(addr->local, content);
	/* The base of a.+tag is "a." with quotes, which may be two octets too
	   many: no mailbox can be called that. */
	if (!np_local_write(content, pos, base.local) ||
	    !np_address_fits(&base))
		return false;
	*base_r = base;
	if (tag_r != NULL)
		*tag_r = tag;
	return true;
}

size_t np_address_tag(const struct np_address *addr, const char *delimiters,
		      char *out)
{
	char content[NP_MAX_LOCAL_PART + 1];
	const char *tag;
	size_t pos, len;

	out[0] = '\0';
	pos = address_find_tag(addr->local, delimiters, &tag);
	if (pos == 0)
		return 0;
	len = np_local_content(addr->local, content);
	memcpy(out, content + pos, len - pos + 1);
	return len - pos;
}

bool np_address_move_tag(const struct np_address *from, const char *delimiters,
			 const struct np_address *to, struct np_address *to_r)
{
	char content[2 * NP_MAX_LOCAL_PART + 1];
	struct np_address moved = *to;
	size_t len, tag_len;

	len = np_local_content(to->local, content);
	tag_len = np_address_tag(from, delimiters, content + len);
	if (tag_len == 0 ||
	    !np_local_write(content, len + tag_len, moved.local) ||
	    !np_address_fits(&moved))
		return false;
	*to_r = moved;
	return true;
}
