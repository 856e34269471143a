/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One command line, from bytes to values; the grammar stands in command.h.
 * First the verb, then the path, then the parameters (parameter.c), then the
 * address in the path, whose grammar depends on a parameter (SMTPUTF8).
 */
#include "lmtp/command.h"
#include "lmtp/parameter.h"
#include "aliasmap/text.h"

#include <string.h>

static const struct {
	const char *verb;
	enum np_command_name name;
} command_verbs[] = {
	{ "LHLO", NP_COMMAND_LHLO }, { "MAIL", NP_COMMAND_MAIL },
	{ "RCPT", NP_COMMAND_RCPT }, { "DATA", NP_COMMAND_DATA },
	{ "RSET", NP_COMMAND_RSET }, { "NOOP", NP_COMMAND_NOOP },
	{ "QUIT", NP_COMMAND_QUIT }, { "VRFY", NP_COMMAND_VRFY },
	{ "HELO", NP_COMMAND_HELO }, { "EHLO", NP_COMMAND_HELO },
};

/* Takes word from the front of the input, without case. */
static bool command_take(struct np_input *in, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(in->end - in->p) < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (np_ascii_lower(in->p[i]) != np_ascii_lower(word[i]))
			return false;
	}
	in->p += len;
	return true;
}

/* The verb and, where something follows, the one space behind it. */
static bool command_verb(struct np_input *in, enum np_command_name *name_r)
{
	for (size_t i = 0; i < sizeof(command_verbs) / sizeof(command_verbs[0]);
	     i++) {
		struct np_input rest = *in;

		if (command_take(&rest, command_verbs[i].verb) &&
		    (rest.p == rest.end || *rest.p == ' ')) {
			*name_r = command_verbs[i].name;
			if (rest.p < rest.end)
				rest.p++;
			*in = rest;
			return true;
		}
	}
	return false;
}

static bool command_is_text(const struct np_input *in)
{
	for (const char *p = in->p; p < in->end; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return true;
}

/* LHLO: a name in one word. Some clients give names that are no domains ("_",
   no dot); nothing depends on it, so it only has to be printable. */
static enum np_command_result
command_hello(const struct np_input *in, struct np_command *command)
{
	size_t len = (size_t)(in->end - in->p);

	if (len == 0 || memchr(in->p, ' ', len) != NULL)
		return NP_COMMAND_SYNTAX;
	if (len >= sizeof(command->hello))
		len = sizeof(command->hello) - 1;
	for (size_t i = 0; i < len; i++) {
		char c = in->p[i];

		command->hello[i] = (unsigned char)c < 0x80 ? c : '?';
	}
	return NP_COMMAND_OK;
}

/* Finds the bracket that closes the path; one in a quoted local part does
   not. */
static const char *command_path_end(const struct np_input *in)
{
	bool quoted = false;

	for (const char *p = in->p; p < in->end; p++) {
		if (quoted && *p == '\\') {
			if (++p == in->end)
				return NULL;
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '>' && !quoted) {
			return p;
		}
	}
	return NULL;
}

/* One "@" Domain of a source route. */
static bool command_route_domain(struct np_input *in, unsigned int flags)
{
	const char *start = in->p + 1;
	char domain[NP_MAX_DOMAIN + 1];

	if (in->p == in->end || *in->p != '@')
		return false;
	in->p++;
	while (in->p < in->end && *in->p != ',' && *in->p != ':')
		in->p++;
	return np_domain_parse(start, (size_t)(in->p - start), flags, domain,
			       NULL) == NP_ADDRESS_OK;
}

/* Skips A-d-l ":" (RFC 5321 4.1.1.3: accepted and ignored). */
static bool command_route(struct np_input *in, unsigned int flags)
{
	if (in->p == in->end || *in->p != '@')
		return true;
	for (;;) {
		if (!command_route_domain(in, flags) || in->p == in->end)
			return false;
		if (*in->p++ == ':')
			return true;
	}
}

/* The path, without its brackets, to command->path and command->address. */
static enum np_command_result
command_path(struct np_input path, unsigned int flags,
	     struct np_command *command)
{
	size_t len;

	if (path.p == path.end)
		return command->name == NP_COMMAND_MAIL ?
			NP_COMMAND_OK : NP_COMMAND_BAD_ADDRESS;
	/* Shown in a reply even where it is bad. */
	len = (size_t)(path.end - path.p);
	if (len >= sizeof(command->path))
		return NP_COMMAND_BAD_ADDRESS;
	memcpy(command->path, path.p, len);
	if (!command_route(&path, flags))
		return NP_COMMAND_BAD_ADDRESS;
	len = (size_t)(path.end - path.p);
	memcpy(command->path, path.p, len);
	command->path[len] = '\0';
	switch (np_address_parse(path.p, len, flags, &command->address, NULL)) {
	case NP_ADDRESS_OK:
		return NP_COMMAND_OK;
	case NP_ADDRESS_NEEDS_UTF8:
		return NP_COMMAND_NEEDS_UTF8;
	case NP_ADDRESS_SYNTAX:
	case NP_ADDRESS_TOO_LONG:
		break;
	}
	return NP_COMMAND_BAD_ADDRESS;
}

/* MAIL and RCPT behind the verb: keyword, path, parameters. */
static enum np_command_result
command_envelope(struct np_input *in, bool smtputf8, struct np_command *command)
{
	bool mail = command->name == NP_COMMAND_MAIL;
	unsigned int flags = mail ? 0 : NP_ADDRESS_BARE_POSTMASTER;
	enum np_command_result result;
	struct np_input path;

	if (!command_take(in, mail ? "FROM:" : "TO:"))
		return NP_COMMAND_SYNTAX;
	/* Not in the grammar, but common. */
	if (in->p < in->end && *in->p == ' ')
		in->p++;
	if (in->p == in->end || *in->p++ != '<')
		return NP_COMMAND_SYNTAX;
	path = *in;
	path.end = command_path_end(in);
	if (path.end == NULL)
		return NP_COMMAND_SYNTAX;
	in->p = path.end + 1;
	result = np_parameters_parse(in, smtputf8, command);
	if (result != NP_COMMAND_OK)
		return result;
	/* For RCPT it is in force or not; MAIL asks for it in this line. */
	if (mail ? command->smtputf8 : smtputf8)
		flags |= NP_ADDRESS_UTF8;
	return command_path(path, flags, command);
}

enum np_command_result
np_command_parse(const char *line, size_t len, bool smtputf8,
		 struct np_command *command_r)
{
	struct np_input in = { line, line + len };

	memset(command_r, 0, sizeof(*command_r));
	/* RFC 5321 4.1.1: trailing white space is tolerated. */
	while (in.end > in.p && (in.end[-1] == ' ' || in.end[-1] == '\t'))
		in.end--;
	if (!command_verb(&in, &command_r->name))
		return NP_COMMAND_UNKNOWN;
	if (len > NP_MAX_COMMAND_LINE || !command_is_text(&in))
		return NP_COMMAND_SYNTAX;
	switch (command_r->name) {
	case NP_COMMAND_LHLO:
		return command_hello(&in, command_r);
	case NP_COMMAND_MAIL:
	case NP_COMMAND_RCPT:
		return command_envelope(&in, smtputf8, command_r);
	case NP_COMMAND_VRFY:
		return in.p < in.end ? NP_COMMAND_OK : NP_COMMAND_SYNTAX;
	case NP_COMMAND_NOOP:
	case NP_COMMAND_HELO:
		return NP_COMMAND_OK;
	case NP_COMMAND_DATA:
	case NP_COMMAND_RSET:
	case NP_COMMAND_QUIT:
		break;
	}
	return in.p == in.end ? NP_COMMAND_OK : NP_COMMAND_SYNTAX;
}
