/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the right side of an address: a domain as A-labels (IDNA2008 by
 * libidn2) in lower case, or an address literal. address.c comes before,
 * text.c after.
 *
 *   Domain          = sub-domain *( "." sub-domain )
 *   sub-domain      = Let-dig [ *( ALPHA / DIGIT / "-" ) Let-dig ] / U-label
 *   address-literal = "[" ( IPv4-address-literal / "IPv6:" IPv6-addr ) "]"
 */
#include "aliasmap/address.h"
#include "aliasmap/text.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <string.h>
#include <strings.h>

#define MAX_LABEL 63	/* octets, RFC 1035 2.3.4 */
/* A U-label has at most four octets for each one of its A-label. */
#define MAX_DOMAIN_TEXT (4 * NP_MAX_DOMAIN)

static bool domain_is_let_dig(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* One label of letters, digits and hyphens, in lower case. */
static enum np_address_result
domain_check_label(const char *label, size_t len, const char **why_r)
{
	size_t i;

	if (len == 0) {
		*why_r = "the domain has an empty label";
		return NP_ADDRESS_SYNTAX;
	}
	for (i = 0; i < len; i++) {
		if (!domain_is_let_dig(label[i]) && label[i] != '-') {
			*why_r = "the domain has a character that is not "
				 "allowed";
			return NP_ADDRESS_SYNTAX;
		}
	}
	if (label[0] == '-' || label[len - 1] == '-') {
		*why_r = "a domain label begins or ends with a hyphen";
		return NP_ADDRESS_SYNTAX;
	}
	if (len > MAX_LABEL) {
		*why_r = "a domain label is longer than 63 octets";
		return NP_ADDRESS_TOO_LONG;
	}
	return NP_ADDRESS_OK;
}

/* text in ASCII, not longer than MAX_DOMAIN_TEXT. */
static enum np_address_result
domain_copy_ascii(const char *text, size_t len, char *out, const char **why_r)
{
	char lower[MAX_DOMAIN_TEXT + 1];
	enum np_address_result result;
	size_t i, start = 0;

	for (i = 0; i < len; i++)
		lower[i] = np_ascii_lower(text[i]);
	for (i = 0; i <= len; i++) {
		if (i < len && lower[i] != '.')
			continue;
		result = domain_check_label(lower + start, i - start, why_r);
		if (result != NP_ADDRESS_OK)
			return result;
		start = i + 1;
	}
	if (len > NP_MAX_DOMAIN) {
		*why_r = "the domain is longer than 253 octets";
		return NP_ADDRESS_TOO_LONG;
	}
	memcpy(out, lower, len);
	out[len] = '\0';
	return NP_ADDRESS_OK;
}

/* text is valid UTF-8 without NUL, not longer than MAX_DOMAIN_TEXT. */
static enum np_address_result
domain_copy_idn(const char *text, size_t len, char *out, const char **why_r)
{
	char copy[MAX_DOMAIN_TEXT + 1], *ascii = NULL;
	enum np_address_result result;
	int rc;

	memcpy(copy, text, len);
	copy[len] = '\0';
	rc = idn2_to_ascii_8z(copy, &ascii,
			      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc == IDN2_TOO_BIG_LABEL || rc == IDN2_TOO_BIG_DOMAIN ||
	    rc == IDN2_PUNYCODE_BIG_OUTPUT) {
		*why_r = "the domain is too long as A-labels";
		return NP_ADDRESS_TOO_LONG;
	}
	if (rc != IDN2_OK) {
		*why_r = "the domain is not a valid IDNA2008 name";
		return NP_ADDRESS_SYNTAX;
	}
	/* Mapping can bring forth what RFC 5321 does not allow. */
	if (strlen(ascii) > MAX_DOMAIN_TEXT) {
		*why_r = "the domain is too long as A-labels";
		result = NP_ADDRESS_TOO_LONG;
	} else {
		result = domain_copy_ascii(ascii, strlen(ascii), out, why_r);
	}
	idn2_free(ascii);
	return result;
}

/* Every spelling of one IP address becomes the same. */
static enum np_address_result
domain_copy_literal(const char *text, size_t len, char *out,
		    const char **why_r)
{
	static const char tag[] = "[IPv6:", why[] =
		"the address literal is neither [IPv4] nor [IPv6:...]";
	char inner[INET6_ADDRSTRLEN + sizeof(tag)], canonical[INET6_ADDRSTRLEN];
	struct in6_addr ip;
	const char *prefix = "[";
	size_t inner_len;
	int family = AF_INET;

	if (len < 2 || len >= sizeof(inner) || text[len - 1] != ']' ||
	    memchr(text, '\0', len) != NULL) {
		*why_r = why;
		return NP_ADDRESS_SYNTAX;
	}
	if (len > sizeof(tag) && strncasecmp(text, tag, strlen(tag)) == 0) {
		family = AF_INET6;
		prefix = "[ipv6:";
	}
	inner_len = len - strlen(prefix) - 1;
	memcpy(inner, text + strlen(prefix), inner_len);
	inner[inner_len] = '\0';
	if (inet_pton(family, inner, &ip) != 1 ||
	    inet_ntop(family, &ip, canonical, sizeof(canonical)) == NULL) {
		*why_r = why;
		return NP_ADDRESS_SYNTAX;
	}
	memcpy(out, prefix, strlen(prefix));
	out += strlen(prefix);
	memcpy(out, canonical, strlen(canonical));
	memcpy(out + strlen(canonical), "]", 2);
	return NP_ADDRESS_OK;
}

static bool domain_is_ascii(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return false;
	}
	return true;
}

enum np_address_result
np_domain_parse(const char *text, size_t len, unsigned int flags,
		char *out, const char **why_r)
{
	const char *unused;

	if (why_r == NULL)
		why_r = &unused;
	if (len == 0) {
		*why_r = "the domain is empty";
		return NP_ADDRESS_SYNTAX;
	}
	if (text[0] == '[')
		return domain_copy_literal(text, len, out, why_r);
	if (len > MAX_DOMAIN_TEXT) {
		*why_r = "the domain is longer than 253 octets";
		return NP_ADDRESS_TOO_LONG;
	}
	if (domain_is_ascii(text, len))
		return domain_copy_ascii(text, len, out, why_r);
	if (!np_utf8_valid(text, len)) {
		*why_r = "the domain is not valid UTF-8";
		return NP_ADDRESS_SYNTAX;
	}
	if ((flags & NP_ADDRESS_UTF8) == 0) {
		*why_r = "the domain has UTF-8, which needs SMTPUTF8";
		return NP_ADDRESS_NEEDS_UTF8;
	}
	return domain_copy_idn(text, len, out, why_r);
}
