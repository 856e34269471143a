/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The test
 *
 *   alias [COMPARATOR] [ADDRESS-PART] [MATCH-TYPE] <key-list: string-list>
 *
 * in the order of its life: validate, generate, dump, execute. ext-alias.c
 * comes before, used.c finds the value.
 */
#include "sieve-ext/ext-alias.h"
#include "sieve-ext/used.h"

static bool alias_registered(struct sieve_validator *valdtr,
			     const struct sieve_extension *ext ATTR_UNUSED,
			     struct sieve_command_registration *reg)
{
	sieve_comparators_link_tag(valdtr, reg, SIEVE_MATCH_OPT_COMPARATOR);
	sieve_match_types_link_tags(valdtr, reg, SIEVE_MATCH_OPT_MATCH_TYPE);
	sieve_address_parts_link_tags(valdtr, reg, SIEVE_AM_OPT_ADDRESS_PART);
	return TRUE;
}

static bool alias_validate(struct sieve_validator *valdtr,
			   struct sieve_command *tst)
{
	struct sieve_ast_argument *arg = tst->first_positional;
	struct sieve_comparator cmp =
		SIEVE_COMPARATOR_DEFAULT(i_ascii_casemap_comparator);
	struct sieve_match_type mcht = SIEVE_MATCH_TYPE_DEFAULT(is_match_type);

	if (!sieve_validate_positional_argument(valdtr, tst, arg, "key list",
						1, SAAT_STRING_LIST))
		return FALSE;
	if (!sieve_validator_argument_activate(valdtr, tst, arg, FALSE))
		return FALSE;
	return sieve_match_type_validate(valdtr, tst, arg, &mcht, &cmp);
}

static bool alias_generate(const struct sieve_codegen_env *cgenv,
			   struct sieve_command *tst)
{
	(void)sieve_operation_emit(cgenv->sblock, tst->ext,
				   &np_alias_operation);
	return sieve_generate_arguments(cgenv, tst, NULL);
}

const struct sieve_command_def np_alias_test = {
	.identifier = "alias",
	.type = SCT_TEST,
	.positional_args = 1,
	.subtests = 0,
	.registered = alias_registered,
	.validate = alias_validate,
	.generate = alias_generate,
};

/* The core matches lists of addresses; this one has one, or none, which makes
   the test false whatever the key. */
struct alias_list {
	struct sieve_address_list list;	/* first: the core's pointer is ours */
	const struct smtp_address *address;
	bool given;
};

static int alias_next(struct sieve_address_list *_list,
		      struct smtp_address *addr_r, string_t **unparsed_r)
{
	struct alias_list *list = (struct alias_list *)_list;

	if (unparsed_r != NULL)
		*unparsed_r = NULL;
	if (list->given || list->address == NULL)
		return 0;
	list->given = TRUE;
	if (addr_r != NULL)
		*addr_r = *list->address;
	return 1;
}

static int alias_next_string(struct sieve_stringlist *_list, string_t **str_r)
{
	struct alias_list *list = (struct alias_list *)_list;
	struct smtp_address addr;
	const char *text;

	if (alias_next(&list->list, &addr, NULL) == 0)
		return 0;
	if (str_r != NULL) {
		text = smtp_address_encode(&addr);
		*str_r = t_str_new_const(text, strlen(text));
	}
	return 1;
}

static void alias_reset(struct sieve_stringlist *list)
{
	((struct alias_list *)list)->given = FALSE;
}

static struct alias_list *alias_list_create(
	const struct sieve_runtime_env *renv)
{
	struct alias_list *list = t_new(struct alias_list, 1);

	list->list.strlist.runenv = renv;
	list->list.strlist.exec_status = SIEVE_EXEC_OK;
	list->list.strlist.next_item = alias_next_string;
	list->list.strlist.reset = alias_reset;
	list->list.next_item = alias_next;
	list->address = np_used_get(renv, renv->oprtn->ext)->address;
	return list;
}

static bool alias_dump(const struct sieve_dumptime_env *denv,
		       sieve_size_t *address)
{
	sieve_code_dumpf(denv, "ALIAS");
	sieve_code_descend(denv);
	if (sieve_addrmatch_opr_optional_dump(denv, address, NULL) != 0)
		return FALSE;
	return sieve_opr_stringlist_dump(denv, address, "key list");
}

static int alias_execute(const struct sieve_runtime_env *renv,
			 sieve_size_t *address)
{
	struct sieve_comparator cmp =
		SIEVE_COMPARATOR_DEFAULT(i_ascii_casemap_comparator);
	struct sieve_match_type mcht = SIEVE_MATCH_TYPE_DEFAULT(is_match_type);
	struct sieve_address_part part =
		SIEVE_ADDRESS_PART_DEFAULT(all_address_part);
	struct sieve_stringlist *values, *keys;
	struct alias_list *list;
	int match, ret;

	if (sieve_addrmatch_opr_optional_read(renv, address, NULL, &ret, &part,
					      &mcht, &cmp) < 0)
		return ret;
	ret = sieve_opr_stringlist_read(renv, address, "key-list", &keys);
	if (ret <= 0)
		return ret;
	sieve_runtime_trace(renv, SIEVE_TRLVL_TESTS, "alias test");
	list = alias_list_create(renv);
	values = sieve_address_part_stringlist_create(renv, &part,
						      &list->list);
	match = sieve_match(renv, &mcht, &cmp, values, keys, &ret);
	if (match < 0)
		return ret;
	sieve_interpreter_set_test_result(renv->interp, match > 0);
	return SIEVE_EXEC_OK;
}

const struct sieve_operation_def np_alias_operation = {
	.mnemonic = "ALIAS",
	.ext_def = &np_alias_extension,
	.dump = alias_dump,
	.execute = alias_execute,
};
