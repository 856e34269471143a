/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Remembers in Dovecot's list of duplicates which message was forwarded to
 * which address. The core does too, but for each original recipient by itself,
 * so that a message that returns by an alias looks new to it; and what it
 * skips is lost where the script goes on to "discard". cmd-redirect.c comes
 * before.
 */
#include "sieve-ext/forwarded.h"

#include "ioloop.h"
#include "sieve-execute.h"

/* As long as the core does by default. */
#define FORWARDED_SECONDS (12 * 60 * 60)

/* Message and target. A copy that somebody sent again, or that came by a
   list, is another message (as the core has it). NULL: it cannot be told. */
static const char *forwarded_id(const struct sieve_runtime_env *renv,
				const struct smtp_address *to)
{
	const struct sieve_message_data *data = renv->exec_env->msgdata;
	const char *resent = NULL, *list = NULL;

	if (data->id == NULL ||
	    mail_get_first_header(data->mail, "Resent-Message-ID",
				  &resent) < 0 ||
	    (resent == NULL &&
	     mail_get_first_header(data->mail, "Resent-From", &resent) < 0) ||
	    mail_get_first_header(data->mail, "List-ID", &list) < 0)
		return NULL;
	return t_strdup_printf("nameplate-redirect-%s-%s-%s-%s", data->id,
			       t_str_lcase(smtp_address_encode(to)),
			       resent == NULL ? "" : resent,
			       list == NULL ? "" : list);
}

/* The ids of this delivery; the context that the core keeps is const. */
struct forwarded {
	ARRAY_TYPE(const_string) *ids;
};

/* Kept with the message, in the place of "@comparators", which keeps nothing:
   our own extensions keep the address that was used in theirs. */
static ARRAY_TYPE(const_string) *
forwarded_ids(const struct sieve_runtime_env *renv)
{
	const struct sieve_extension *ext =
		sieve_get_comparator_extension(renv->exec_env->svinst);
	const struct forwarded *known =
		sieve_message_context_extension_get(renv->msgctx, ext);
	struct forwarded *forwarded;
	pool_t pool;

	if (known != NULL)
		return known->ids;
	pool = sieve_message_context_pool(renv->msgctx);
	forwarded = p_new(pool, struct forwarded, 1);
	forwarded->ids = p_new(pool, ARRAY_TYPE(const_string), 1);
	p_array_init(forwarded->ids, pool, 4);
	sieve_message_context_extension_set(renv->msgctx, ext, forwarded);
	return forwarded->ids;
}

static bool forwarded_has(const ARRAY_TYPE(const_string) *ids, const char *id)
{
	const char *known;

	array_foreach_elem(ids, known) {
		if (strcmp(known, id) == 0)
			return TRUE;
	}
	return FALSE;
}

int np_forwarded_before(const struct sieve_runtime_env *renv,
			const struct smtp_address *to, bool *before_r)
{
	const struct sieve_execute_env *eenv = renv->exec_env;
	ARRAY_TYPE(const_string) *ids = forwarded_ids(renv);
	const char *id = forwarded_id(renv, to);
	int ret;

	*before_r = FALSE;
	if (id == NULL || forwarded_has(ids, id) ||
	    !sieve_execute_duplicate_check_available(eenv))
		return SIEVE_EXEC_OK;
	ret = sieve_execute_duplicate_check(eenv, id, strlen(id), before_r);
	if (ret < SIEVE_EXEC_OK || *before_r)
		return ret;
	/* Forgotten with the delivery where that fails. */
	sieve_execute_duplicate_mark(eenv, id, strlen(id),
				     ioloop_time + FORWARDED_SECONDS);
	id = p_strdup(sieve_message_context_pool(renv->msgctx), id);
	array_push_back(ids, &id);
	return SIEVE_EXEC_OK;
}
