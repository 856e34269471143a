/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parameters of MAIL and RCPT; see parameter.h. */
#include "lmtp/parameter.h"
#include "aliasmap/text.h"

#include <string.h>
#include <strings.h>

#define MAX_ORCPT 500		/* octets, RFC 3461 section 4.2 */

/* Which parameters the line had already. */
enum parameter_seen {
	SEEN_SIZE = 0x01,
	SEEN_BODY = 0x02,
	SEEN_SMTPUTF8 = 0x04,
	SEEN_ORCPT = 0x08
};

struct parameter {
	const char *keyword;
	size_t keyword_len;
	const char *value;	/* NULL: without "=" */
	size_t value_len;
};

static bool parameter_is_alnum(char c)
{
	c = np_ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* One keyword and its value; their characters are not looked at yet. */
static void parameter_cut(struct np_input *in, struct parameter *parameter_r)
{
	struct parameter parameter = { .keyword = in->p };
	const char *equals;

	while (in->p < in->end && *in->p != ' ')
		in->p++;
	parameter.keyword_len = (size_t)(in->p - parameter.keyword);
	equals = memchr(parameter.keyword, '=', parameter.keyword_len);
	if (equals != NULL) {
		parameter.keyword_len = (size_t)(equals - parameter.keyword);
		parameter.value = equals + 1;
		parameter.value_len = (size_t)(in->p - parameter.value);
	}
	*parameter_r = parameter;
}

static bool parameter_is_keyword(const struct parameter *parameter)
{
	const char *word = parameter->keyword;

	if (parameter->keyword_len == 0 || word[0] == '-')
		return false;
	for (size_t i = 0; i < parameter->keyword_len; i++) {
		if (!parameter_is_alnum(word[i]) && word[i] != '-')
			return false;
	}
	return true;
}

static bool parameter_is(const struct parameter *parameter, const char *keyword)
{
	return strlen(keyword) == parameter->keyword_len &&
	       strncasecmp(parameter->keyword, keyword,
			   parameter->keyword_len) == 0;
}

static bool parameter_value_is(const struct parameter *parameter,
			       const char *value)
{
	return parameter->value != NULL &&
	       strlen(value) == parameter->value_len &&
	       strncasecmp(parameter->value, value, parameter->value_len) == 0;
}

/* For the reply: the keyword, printable, cut. */
static void parameter_refuse(const struct parameter *parameter,
			     struct np_command *command)
{
	size_t len = parameter->keyword_len;

	if (len >= sizeof(command->refused))
		len = sizeof(command->refused) - 1;
	for (size_t i = 0; i < len; i++) {
		char c = parameter->keyword[i];

		command->refused[i] = c > 0x20 && c < 0x7f ? c : '?';
	}
	command->refused[len] = '\0';
}

static bool parameter_size(const struct parameter *parameter,
			   struct np_command *command)
{
	uint64_t size = 0;

	if (parameter->value_len == 0 || parameter->value_len > 20)
		return false;
	for (size_t i = 0; i < parameter->value_len; i++) {
		unsigned char digit = (unsigned char)parameter->value[i] - '0';

		if (digit > 9 || size > (UINT64_MAX - digit) / 10)
			return false;
		size = size * 10 + digit;
	}
	command->has_size = true;
	command->size = size;
	return true;
}

static bool parameter_body(const struct parameter *parameter,
			   struct np_command *command)
{
	command->body_8bit = parameter_value_is(parameter, "8BITMIME");
	return command->body_8bit || parameter_value_is(parameter, "7BIT");
}

/* xchar without "+" and "=", and "+" with two upper-case hex digits. */
static bool parameter_is_xtext(const char *text, size_t len)
{
	char decoded[MAX_ORCPT + 1];

	return np_xtext_decode(text, len, decoded, sizeof(decoded));
}

/* An address of type utf-8 (RFC 6533 section 3) may hold UTF-8 and its own
   escapes. It is dropped like all others: printable is enough. */
static bool parameter_is_utf8_address(const char *text, size_t len,
				      bool smtputf8)
{
	for (size_t i = 0, octets; i < len; i += octets) {
		octets = np_utf8_octets(text + i, len - i);
		if (octets == 0 || text[i] == '=' || (octets > 1 && !smtputf8))
			return false;
	}
	return true;
}

static bool parameter_orcpt(const struct parameter *parameter, bool smtputf8)
{
	/* atom of RFC 822, as RFC 3461 refers to it. */
	static const char specials[] = "()<>@,;:\\\".[]= ";
	const char *value = parameter->value, *semicolon, *address;
	size_t len = parameter->value_len;

	if (len == 0 || len > MAX_ORCPT)
		return false;
	semicolon = memchr(value, ';', len);
	if (semicolon == NULL || semicolon == value)
		return false;
	for (const char *p = value; p < semicolon; p++) {
		if (*p <= 0x20 || *p >= 0x7f || strchr(specials, *p) != NULL)
			return false;
	}
	address = semicolon + 1;
	len -= (size_t)(address - value);
	if (semicolon - value == 5 && strncasecmp(value, "utf-8", 5) == 0)
		return parameter_is_utf8_address(address, len, smtputf8);
	return parameter_is_xtext(address, len);
}

static enum np_command_result
parameter_known(const struct parameter *parameter, unsigned int which,
		bool smtputf8, unsigned int *seen, struct np_command *command)
{
	bool ok = (*seen & which) == 0;

	*seen |= which;
	switch (which) {
	case SEEN_SIZE:
		ok = ok && parameter_size(parameter, command);
		break;
	case SEEN_BODY:
		ok = ok && parameter_body(parameter, command);
		break;
	case SEEN_SMTPUTF8:
		ok = ok && parameter->value == NULL;
		command->smtputf8 = true;
		break;
	default:
		ok = ok && parameter_orcpt(parameter, smtputf8);
		break;
	}
	return ok ? NP_COMMAND_OK : NP_COMMAND_BAD_PARAMETER;
}

static enum np_command_result
parameter_parse(const struct parameter *parameter, bool smtputf8,
		unsigned int *seen, struct np_command *command)
{
	bool mail = command->name == NP_COMMAND_MAIL;
	unsigned int which = 0;

	if (!parameter_is_keyword(parameter))
		return NP_COMMAND_SYNTAX;
	if (mail && parameter_is(parameter, "SIZE"))
		which = SEEN_SIZE;
	else if (mail && parameter_is(parameter, "BODY"))
		which = SEEN_BODY;
	else if (mail && smtputf8 && parameter_is(parameter, "SMTPUTF8"))
		which = SEEN_SMTPUTF8;
	else if (!mail && parameter_is(parameter, "ORCPT"))
		which = SEEN_ORCPT;
	if (which == 0)
		return NP_COMMAND_UNKNOWN_PARAMETER;
	return parameter_known(parameter, which, smtputf8, seen, command);
}

enum np_command_result
np_parameters_parse(struct np_input *in, bool smtputf8,
		    struct np_command *command)
{
	enum np_command_result result = NP_COMMAND_OK;
	struct parameter parameter;
	unsigned int seen = 0;

	if (in->p < in->end && *in->p != ' ')
		return NP_COMMAND_SYNTAX;
	while (result == NP_COMMAND_OK) {
		while (in->p < in->end && *in->p == ' ')
			in->p++;
		if (in->p == in->end)
			break;
		parameter_cut(in, &parameter);
		result = parameter_parse(&parameter, smtputf8, &seen, command);
		if (result != NP_COMMAND_OK)
			parameter_refuse(&parameter, command);
	}
	return result;
}
