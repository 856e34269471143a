/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plugin as Pigeonhole loads it: registers vnd.nameplate.alias, and the
 * redirect guard in a way that no script and no setting can leave out. The
 * first file of the folder to read; ext-*.c come next.
 */
#include "sieve-ext/ext-alias.h"
#include "sieve-ext/ext-redirect-guard.h"

/* An extension of the core with functions of ours in it. */
struct hook {
	const struct sieve_extension *ext;	/* NULL: not hooked */
	const struct sieve_extension_def *core_def;
	struct sieve_extension_def def;
};

/* One for each Sieve instance; several live in one process. */
struct plugin {
	const struct sieve_extension *alias, *guard;
	struct hook comparators, vacation;
};

extern const char *sieve_nameplate_plugin_version NP_EXPORT;
np_plugin_result sieve_nameplate_plugin_load(struct sieve_instance *svinst,
					     void **context) NP_EXPORT;
void sieve_nameplate_plugin_unload(struct sieve_instance *svinst,
				   void *context) NP_EXPORT;
void sieve_nameplate_plugin_init(void) NP_EXPORT;
void sieve_nameplate_plugin_deinit(void) NP_EXPORT;

/* Exported by libdovecot-sieve, but in none of its headers. */
extern const struct sieve_extension_def comparator_extension;
extern const struct sieve_extension_def vacation_extension;

const char *sieve_nameplate_plugin_version = PIGEONHOLE_ABI_VERSION;

/*
 * The hook: "@comparators" is loaded by the core for every script and every
 * binary, whatever sieve_extensions says.
 */

/* A binary from before the installation does not list the guard: it is out of
   date, so that it is compiled again. Asked when its list has been read. */
static int plugin_binary_read_metadata(struct sieve_script *script,
				       struct sieve_binary_block *sblock,
				       sieve_size_t *offset)
{
	struct sieve_binary *sbin = sieve_binary_block_get_binary(sblock);
	const struct sieve_extension *guard =
		np_guard_extension_of(sieve_script_svinst(script));

	if (guard != NULL && sieve_binary_extension_get_index(sbin, guard) < 0)
		return 0;
	if (script->script_class->v.binary_read_metadata == NULL)
		return 1;
	return script->script_class->v.binary_read_metadata(script, sblock,
							    offset);
}

/* Before a stored binary is read: to add the guard to its list here would
   shift the numbers of all others. */
static bool plugin_binary_load(const struct sieve_extension *ext,
			       struct sieve_binary *sbin)
{
	struct sieve_script *script = sieve_binary_script(sbin);

	if (comparator_extension.binary_load != NULL &&
	    !comparator_extension.binary_load(ext, sbin))
		return FALSE;
	if (script != NULL)
		script->v.binary_read_metadata = plugin_binary_read_metadata;
	return TRUE;
}

/* "vacation" registers its command when a script requires it; what is
   registered last holds. */
static bool plugin_vacation_load(const struct sieve_extension *ext,
				 struct sieve_validator *valdtr)
{
	if (vacation_extension.validator_load != NULL &&
	    !vacation_extension.validator_load(ext, valdtr))
		return FALSE;
	sieve_validator_register_command(valdtr, ext, np_vacation_command());
	return TRUE;
}

/* hook->def is the core's with functions of ours. On 2.4 most extensions are
   switched on when all plugins are there; until then they stay as they are. */
static int plugin_hook(struct hook *hook, const struct sieve_extension *core)
{
	const struct sieve_extension *ext;

	hook->core_def = core->def;
	if (np_extension_replace(core->svinst, &hook->def, core->enabled,
				 &ext) < 0)
		return -1;
	if (ext != core)
		return -1;	/* somebody else's copy is there already */
	hook->ext = ext;
	return 0;
}

static void plugin_unhook(struct hook *hook)
{
	const struct sieve_extension *ext;

	if (hook->ext != NULL)
		(void)np_extension_replace(hook->ext->svinst, hook->core_def,
					   hook->ext->loaded, &ext);
}

/* Of those that are registered, switched on or not. */
static const struct sieve_extension *
plugin_find(struct sieve_instance *svinst, const char *name)
{
	const struct sieve_extension *const *all;
	unsigned int count;

	all = sieve_extensions_get_all(svinst, &count);
	for (unsigned int i = 0; i < count; i++) {
		if (all[i]->def != NULL &&
		    strcmp(all[i]->def->name, name) == 0)
			return all[i];
	}
	return NULL;
}

/* Not before the first script: "vacation-seconds" asks for the core's own
   "vacation" by its definition when it is loaded, after the plugins, and to
   find another one there is a panic of all of Dovecot. */
static void plugin_hook_vacation(struct plugin *plugin,
				 struct sieve_instance *svinst)
{
	const struct sieve_extension *core;

	if (plugin->vacation.ext != NULL)
		return;
	core = plugin_find(svinst, vacation_extension.name);
	if (core == NULL || core->def != &vacation_extension || !core->loaded)
		return;
	plugin->vacation.def = *core->def;
	plugin->vacation.def.validator_load = plugin_vacation_load;
	if (plugin_hook(&plugin->vacation, core) < 0)
		e_error(svinst->event, "nameplate: vacation cannot be kept "
			"silent for catch-all addresses");
}

/* The definition that "@comparators" has now stands in our own struct. */
static struct plugin *plugin_of(const struct sieve_extension *comparators)
{
	return (void *)((char *)(uintptr_t)comparators->def -
			offsetof(struct plugin, comparators.def));
}

static bool plugin_validator_load(const struct sieve_extension *ext,
				  struct sieve_validator *valdtr)
{
	plugin_hook_vacation(plugin_of(ext), ext->svinst);
	if (comparator_extension.validator_load != NULL &&
	    !comparator_extension.validator_load(ext, valdtr))
		return FALSE;
	return sieve_validator_extension_load(
		valdtr, NULL, NULL, np_guard_extension_of(ext->svinst), TRUE);
}

static int plugin_hook_all(struct plugin *plugin,
			   struct sieve_instance *svinst)
{
	const struct sieve_extension *core =
		sieve_get_comparator_extension(svinst);

	plugin->comparators.def = *core->def;
	plugin->comparators.def.validator_load = plugin_validator_load;
	plugin->comparators.def.binary_load = plugin_binary_load;
	return plugin_hook(&plugin->comparators, core);
}

static int plugin_register(struct plugin *plugin,
			   struct sieve_instance *svinst)
{
	if (np_extension_require(svinst, &np_guard_extension,
				 &plugin->guard) < 0)
		return -1;
	if (plugin_hook_all(plugin, svinst) < 0)
		return -1;
	return np_extension_register(svinst, &np_alias_extension,
				     &plugin->alias);
}

np_plugin_result sieve_nameplate_plugin_load(struct sieve_instance *svinst,
					     void **context)
{
	struct plugin *plugin = p_new(svinst->pool, struct plugin, 1);
	int ret;

	*context = plugin;
	ret = plugin_register(plugin, svinst);
	if (ret < 0)
		e_error(svinst->event, "nameplate: the Sieve extension cannot "
			"be loaded: redirects are not guarded");
	NP_PLUGIN_RETURN(ret);
}

/* No definition may outlive this module. */
void sieve_nameplate_plugin_unload(struct sieve_instance *svinst ATTR_UNUSED,
				   void *context)
{
	struct plugin *plugin = context;

	plugin_unhook(&plugin->vacation);
	plugin_unhook(&plugin->comparators);
	if (plugin->alias != NULL)
		sieve_extension_unregister(plugin->alias);
	if (plugin->guard != NULL)
		sieve_extension_unregister(plugin->guard);
}

void sieve_nameplate_plugin_init(void)
{
}

/* Comes after each delivery: the map stays open until the process ends. */
void sieve_nameplate_plugin_deinit(void)
{
}
