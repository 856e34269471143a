/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the address that the sender used: from the envelope, never from a
 * header, and only where the map says that it leads here. The test and the
 * variables come before, here.c after.
 */
#include "sieve-ext/used.h"

#include <ctype.h>
#include <string.h>

/* The original recipient of the envelope. orcpt.addr alone is not enough:
   Dovecot fills it from a header, or from RCPT, where there was no ORCPT. Only
   a real parameter has a type (RFC 3461 4.2). */
static const struct smtp_address *
used_envelope(const struct sieve_runtime_env *renv)
{
	const struct smtp_params_rcpt *params =
		renv->exec_env->msgdata->envelope.rcpt_params;

	if (params == NULL || smtp_address_isnull(params->orcpt.addr))
		return NULL;
	if (params->orcpt.addr_type == NULL) {
		/* sieve-test -a sets no more than this. */
		if (!np_is_command_line(renv->exec_env->svinst))
			return NULL;
	} else if (strcasecmp(params->orcpt.addr_type, "rfc822") != 0) {
		return NULL;
	}
	return params->orcpt.addr;
}

static const char *used_kind(enum np_lead_kind kind)
{
	switch (kind) {
	case NP_LEAD_ITSELF:
		break;
	case NP_LEAD_ALIAS:
		return "alias";
	case NP_LEAD_TAG:
		return "tag";
	case NP_LEAD_DOMAIN:
		return "domain";
	case NP_LEAD_CATCH_ALL:
		return "catchall";
	}
	return "";
}

/* A name for a mailbox, whatever the separator is: letters, digits, "-", "_"
   and UTF-8 stay, the rest becomes "-". */
static const char *used_folder(pool_t pool, const char *name)
{
	char *folder = p_strdup(pool, name), *p;

	for (p = str_lcase(folder); *p != '\0'; p++) {
		if ((unsigned char)*p < 0x80 && !i_isalnum(*p) && *p != '_')
			*p = '-';
	}
	if (!uni_utf8_str_is_valid(folder) || *folder == '\0')
		return "unnamed";
	return folder;
}

static void used_split(struct np_used *used, pool_t pool,
		       const char *delimiters)
{
	const char *local = used->address->localpart;
	size_t len = strcspn(local, delimiters);

	/* As in the map, a delimiter in first place is none. */
	if (len == 0 || local[len] == '\0') {
		used->user = local;
		return;
	}
	used->user = p_strndup(pool, local, len);
	used->detail = p_strdup(pool, local + len + 1);
}

static void used_fill(struct np_used *used, pool_t pool,
		      const struct smtp_address *address,
		      const struct np_lead *lead, const char *delimiters)
{
	used->address = smtp_address_clone(pool, address);
	used_split(used, pool, delimiters);
	used->note = p_strdup(pool, lead->note);
	used->kind = used_kind(lead->kind);
	used->silent = lead->kind == NP_LEAD_CATCH_ALL || lead->off;
	/* Of bob+jira the user's own name tells nothing. */
	used->folder = used_folder(
		pool, !lead->of_alias && used->detail[0] != '\0' ?
		used->detail : used->user);
}

/* Of what the map does not lead here, or could not say: is it the address that
   Dovecot was given for this mailbox (its users may have more than one), or
   something else that the agent has found in a map before? */
static bool used_is_recipient(const struct sieve_runtime_env *renv,
			      const struct np_here *here,
			      const struct smtp_address *address,
			      const struct np_address *addr)
{
	return smtp_address_equals_icase(
		address, renv->exec_env->msgdata->envelope.rcpt_to) ||
		np_here_is_mailbox(here, NP_BLIND_DELIMITERS, addr);
}

static void used_find(const struct sieve_runtime_env *renv,
		      struct np_used *used, pool_t pool, struct np_here *here,
		      const struct smtp_address *address)
{
	struct np_error err = {NP_ERROR_NONE, ""};
	struct np_address addr;
	struct np_lead lead;
	struct np_map *map;
	int ret;

	if (!np_here_parse(address, &addr))
		return;
	ret = np_here_map(here, &map, &err);
	if (ret > 0)
		ret = np_here_leads(here, map, &addr, &lead, &err);
	if (err.kind != NP_ERROR_NONE)
		np_here_complain(here, err.text);
	if (ret <= 0)
		used->silent = !used_is_recipient(renv, here, address, &addr);
	else if (lead.kind != NP_LEAD_ITSELF)
		used_fill(used, pool, address, &lead,
			  np_map_meta(map)->settings.delimiters);
}

const struct np_used *np_used_get(const struct sieve_runtime_env *renv,
				  const struct sieve_extension *ext)
{
	const struct smtp_address *address = used_envelope(renv);
	const struct np_used *known =
		sieve_message_context_extension_get(renv->msgctx, ext);
	struct np_used *used;
	pool_t pool;

	if (known != NULL)
		return known;
	pool = sieve_message_context_pool(renv->msgctx);
	used = p_new(pool, struct np_used, 1);
	used->user = used->detail = used->note = used->kind = used->folder =
		"";
	if (address != NULL)
		used_find(renv, used, pool, ext->context, address);
	sieve_message_context_extension_set(renv->msgctx, ext, used);
	return used;
}
