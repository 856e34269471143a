/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The variables ${alias.address|localpart|user|detail|domain|note|kind|folder}
 * (RFC 5229 section 3, namespaces): validate, generate, dump, read. Without a
 * value they are empty. ext-alias.c comes before, used.c finds the values.
 */
#include "sieve-ext/ext-alias.h"
#include "sieve-ext/used.h"

static const char *const variable_names[] = {
	"address", "localpart", "user", "detail", "domain", "note", "kind",
	"folder", NULL
};

/* For a variable that is only read the core prints the error and goes on with
   an empty value; to set one fails. */
static bool
variable_validate(struct sieve_validator *valdtr,
		  const struct sieve_variables_namespace *nspc ATTR_UNUSED,
		  struct sieve_ast_argument *arg,
		  struct sieve_command *cmd ATTR_UNUSED,
		  ARRAY_TYPE(sieve_variable_name) *var_name, void **var_data,
		  bool assignment)
{
	const struct sieve_variable_name *parts;
	unsigned int count;
	const char *name;

	parts = array_get(var_name, &count);
	if (count != 2 || parts[1].num_variable >= 0) {
		sieve_argument_validate_error(
			valdtr, arg, "vnd.nameplate.alias extension: a "
			"variable of namespace 'alias' has one name");
		return FALSE;
	}
	name = str_c(parts[1].identifier);
	if (assignment) {
		sieve_argument_validate_error(
			valdtr, arg, "vnd.nameplate.alias extension: variable "
			"'alias.%s' cannot be set", str_sanitize(name, 64));
		return FALSE;
	}
	for (unsigned int i = 0; variable_names[i] != NULL; i++) {
		if (strcasecmp(variable_names[i], name) == 0) {
			*var_data = (void *)variable_names[i];
			return TRUE;
		}
	}
	sieve_argument_validate_error(
		valdtr, arg, "vnd.nameplate.alias extension: there is no "
		"variable 'alias.%s'", str_sanitize(name, 64));
	return FALSE;
}

static const struct sieve_variables_namespace_def variable_namespace;

static bool
variable_generate(const struct sieve_codegen_env *cgenv,
		  const struct sieve_variables_namespace *nspc,
		  struct sieve_ast_argument *arg ATTR_UNUSED,
		  struct sieve_command *cmd ATTR_UNUSED, void *var_data)
{
	const struct sieve_extension *ext = SIEVE_OBJECT_EXTENSION(nspc);
	const struct sieve_extension *variables;

	if (ext == NULL ||
	    np_variables_extension(ext->svinst, &variables) < 0)
		return FALSE;
	(void)sieve_variables_opr_namespace_variable_emit(
		cgenv->sblock, variables, ext, &variable_namespace);
	(void)sieve_binary_emit_cstring(cgenv->sblock, var_data);
	return TRUE;
}

static bool
variable_dump(const struct sieve_dumptime_env *denv,
	      const struct sieve_variables_namespace *nspc ATTR_UNUSED,
	      const struct sieve_operand *oprnd, sieve_size_t *address)
{
	string_t *name;

	if (!sieve_binary_read_string(denv->sblock, address, &name))
		return FALSE;
	if (oprnd->field_name != NULL)
		sieve_code_dumpf(denv, "%s: VAR ${alias.%s}",
				 oprnd->field_name, str_c(name));
	else
		sieve_code_dumpf(denv, "VAR ${alias.%s}", str_c(name));
	return TRUE;
}

static const char *variable_value(const struct np_used *used, const char *name)
{
	if (used->address == NULL)
		return "";
	if (strcmp(name, "address") == 0)
		return smtp_address_encode(used->address);
	if (strcmp(name, "localpart") == 0)
		return used->address->localpart;
	if (strcmp(name, "domain") == 0)
		return used->address->domain;
	if (strcmp(name, "user") == 0)
		return used->user;
	if (strcmp(name, "detail") == 0)
		return used->detail;
	if (strcmp(name, "note") == 0)
		return used->note;
	if (strcmp(name, "kind") == 0)
		return used->kind;
	return strcmp(name, "folder") == 0 ? used->folder : "";
}

static int
variable_read(const struct sieve_runtime_env *renv,
	      const struct sieve_variables_namespace *nspc,
	      const struct sieve_operand *oprnd, sieve_size_t *address,
	      string_t **str_r)
{
	const char *value;
	string_t *name;

	if (!sieve_binary_read_string(renv->sblock, address, &name)) {
		sieve_runtime_trace_operand_error(
			renv, oprnd, "alias variable operand corrupt: "
			"invalid name");
		return SIEVE_EXEC_BIN_CORRUPT;
	}
	if (str_r == NULL)
		return SIEVE_EXEC_OK;
	value = variable_value(
		np_used_get(renv, SIEVE_OBJECT_EXTENSION(nspc)), str_c(name));
	*str_r = t_str_new_const(value, strlen(value));
	return SIEVE_EXEC_OK;
}

static const struct sieve_variables_namespace_def variable_namespace = {
	SIEVE_OBJECT("alias", &np_alias_namespace_operand, 0),
	.validate = variable_validate,
	.generate = variable_generate,
	.dump_variable = variable_dump,
	.read_variable = variable_read,
};

static const struct sieve_extension_objects variable_namespaces =
	SIEVE_VARIABLES_DEFINE_NAMESPACE(variable_namespace);

const struct sieve_operand_def np_alias_namespace_operand = {
	.name = "alias-namespace",
	.ext_def = &np_alias_extension,
	.class = &sieve_variables_namespace_operand_class,
	.interface = &variable_namespaces,
};

void np_alias_variables_register(const struct sieve_extension *ext,
				 struct sieve_validator *valdtr)
{
	const struct sieve_extension *variables;

	if (np_variables_extension(ext->svinst, &variables) == 0)
		sieve_variables_namespace_register(variables, valdtr, ext,
						   &variable_namespace);
}
