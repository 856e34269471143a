/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * postmaster and abuse, and the mailbox of [map] postmaster; see check-role.h.
 * What came before: check.c has walked over the map.
 */
#include "aliasmap/check-role.h"
#include "aliasmap/edit.h"
#include "aliasmap/resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void np_check_found(struct np_check *check, const char *format, ...)
{
	char text[NP_MAX_EDIT_TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	np_text_clean(text);
	check->findings++;
	check->found(check->context, text);
}

enum np_known np_check_known(const struct np_check *check,
			     const char *address)
{
	return check->known(check->context, address);
}

int np_check_memory(struct np_error *err)
{
	return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
}

/* RFC 2142: postmaster and abuse of a domain have to reach somebody. */
static int check_role(struct np_check *check, const char *role,
		      const char *domain, struct np_error *err)
{
	struct np_verdict verdict;
	struct np_address addr;
	int result;

	(void)snprintf(addr.local, sizeof(addr.local), "%s", role);
	(void)snprintf(addr.domain, sizeof(addr.domain), "%s", domain);
	result = np_resolve(check->map, &addr, NP_FOR_RECEIVE, check->now,
			    &verdict, err);
	if (result < 0)
		return -1;
	if (result == 0) {
		np_check_found(check, "%s@%s: is %s (RFC 2142), use: %s show %s",
			    role, domain, np_reason_name(verdict.reason),
			    check->command, verdict.entry);
		return 1;
	}
	/* An alias's mailbox was asked for with the other mailboxes, and a
	   catch-all is one of them; [map] postmaster counts only where it is
	   there (check_postmaster has said that it is not). */
	if (verdict.rule != NP_RULE_STORE || verdict.catch_all[0] != '\0' ||
	    (verdict.postmaster[0] != '\0' &&
	     np_check_known(check, verdict.postmaster) != NP_KNOWN_NO) ||
	    np_check_known(check, verdict.mailbox) != NP_KNOWN_NO)
		return 1;
	np_check_found(check, "%s@%s: reaches nobody (RFC 2142), use: %s add "
		    "%s MAILBOX", role, domain, check->command,
		    verdict.mailbox);
	return 1;
}

/* [map] postmaster takes what no other rule does, so it has to be a mailbox. */
static int check_postmaster(struct np_check *check, struct np_error *err)
{
	const char *postmaster = np_map_meta(check->map)->settings.postmaster;
	enum np_edit_result result;
	struct np_edit edit;

	if (postmaster[0] == '\0')
		return 1;
	np_edit_init(&edit, check->map, NULL, check->command, check->now);
	result = np_edit_check_map_postmaster(&edit, postmaster);
	if (result == NP_EDIT_FAILED) {
		*err = edit.err;
		return -1;
	}
	if (result == NP_EDIT_REFUSED)
		np_check_found(check, "%s", edit.text);
	else if (np_check_known(check, postmaster) == NP_KNOWN_NO)
		np_check_found(check, "%s: no such mailbox, and [map] "
			       "postmaster names it, make it or name another "
			       "one there", postmaster);
	return 1;
}

int np_check_roles(struct np_check *check, const struct np_string_set *domains,
		   struct np_error *err)
{
	size_t count = np_string_set_count(domains);

	if (check_postmaster(check, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		char domain[NP_MAX_ADDRESS + 1];

		(void)strcpy(domain, np_string_set_get(domains, i));
		if (check_role(check, "postmaster", domain, err) < 0 ||
		    check_role(check, "abuse", domain, err) < 0)
			return -1;
	}
	return 1;
}

/* Domains without an alias count where the settings name them. */
int np_check_add_domains(const struct np_check *check,
			 struct np_string_set *domains, struct np_error *err)
{
	const char *list = np_map_meta(check->map)->settings.domains;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		char domain[NP_MAX_DOMAIN + 1];

		if (len > 0 && len < sizeof(domain)) {
			(void)memcpy(domain, list, len);
			domain[len] = '\0';
			if (np_string_set_add(domains, domain, 0,
					      NULL) < 0)
				return np_check_memory(err);
		}
		list += len + (list[len] == ',');
	}
	return 1;
}
