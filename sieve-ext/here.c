/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who this mailbox is, and which addresses lead to it: aliasmap/resolve.c
 * turned round. plugin-settings.c comes before; the test, the variables and the guard
 * ask here.
 */
#include "sieve-ext/here.h"

#include <limits.h>
#include <string.h>
#include <time.h>

/* The one map of this process: Sieve instances, and with them the plugin's
   init and deinit, come and go with each delivery, a generation stays. */
static struct {
	struct np_map *map;
	char link[PATH_MAX];
} here_map;

/* At the end of the process; a memory checker wants it. */
__attribute__((destructor)) static void here_close_map(void)
{
	np_map_close(&here_map.map);
}

int np_here_map(struct np_here *here, struct np_map **map_r,
		struct np_error *err)
{
	const char *link = here->set.nameplate_map;
	struct np_map *map = NULL;
	int current = 0;

	if (strcmp(here_map.link, link) != 0)
		here_close_map();
	if (here_map.map != NULL)
		current = np_map_is_current(here_map.map, err);
	/* The library remembers a generation that failed its check. */
	if (current == 0 && np_map_open(link, NP_MAP_SHARED, &map, err) > 0) {
		here_close_map();
		here_map.map = map;
		(void)i_strocpy(here_map.link, link, sizeof(here_map.link));
	}
	if (here_map.map == NULL)
		return -1;
	*map_r = here_map.map;
	return 1;
}

/* What is in the way of knowing the mailbox; the user name then stands for
   it. */
static void here_unknown(struct np_here *here, const char *user,
			 const char *why)
{
	here->known = FALSE;
	here->why = p_strdup(here->svinst->pool, why);
	(void)i_strocpy(here->mailbox, user, sizeof(here->mailbox));
	(void)str_lcase(here->mailbox);
}

static void here_init_mailbox(struct np_here *here)
{
	const struct np_plugin_settings *set = &here->set;
	const char *user = here->svinst->username, *text = user, *why;
	struct np_address addr;

	if (user == NULL)
		user = text = "";
	if (set->nameplate_mailbox[0] != '\0')
		text = set->nameplate_mailbox;
	if (strchr(text, '@') == NULL && set->nameplate_domain[0] != '\0')
		text = t_strconcat(text, "@", set->nameplate_domain, NULL);
	if (strchr(text, '@') == NULL) {
		here_unknown(here, text, t_strdup_printf(
			"the user name \"%s\" has no domain: set "
			"nameplate_domain or nameplate_mailbox", text));
		return;
	}
	if (np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, &addr,
			     &why) != NP_ADDRESS_OK) {
		here_unknown(here, user, t_strdup_printf(
			"the mailbox \"%s\" is no address: %s", text, why));
		return;
	}
	here->known = TRUE;
	(void)np_address_key(&addr, here->mailbox);
}

struct np_here *np_here_create(struct sieve_instance *svinst)
{
	struct np_here *here = p_new(svinst->pool, struct np_here, 1);

	here->svinst = svinst;
	np_plugin_settings_read(svinst, &here->set);
	here_init_mailbox(here);
	return here;
}

/* Whether owner, a key without tag, is this mailbox. Where its domain is not
   known the user name is all that can be compared. */
static bool here_owns(const struct np_here *here, const char *delimiters,
		      const char *owner)
{
	struct np_address mine;
	char key[NP_MAX_ADDRESS + 1];
	const char *at;

	if (!here->known) {
		at = strrchr(owner, '@');
		return at != NULL && strlen(here->mailbox) ==
			(size_t)(at - owner) &&
			strncmp(here->mailbox, owner, at - owner) == 0;
	}
	if (np_address_parse(here->mailbox, strlen(here->mailbox),
			     NP_ADDRESS_UTF8, &mine, NULL) != NP_ADDRESS_OK)
		return FALSE;
	(void)np_address_split(&mine, delimiters, &mine, NULL);
	return strcmp(np_address_key(&mine, key), owner) == 0;
}

bool np_here_is_mailbox(const struct np_here *here, const char *delimiters,
			const struct np_address *addr)
{
	struct np_address base = *addr;
	char key[NP_MAX_ADDRESS + 1];

	(void)np_address_split(addr, delimiters, &base, NULL);
	return here_owns(here, delimiters, np_address_key(&base, key));
}

/* One address on its way through the map. */
struct here_way {
	struct np_here *here;
	struct np_map *map;
	const char *delimiters;
	const struct np_address *addr;
	struct np_verdict verdict;
	struct np_lead lead;
	bool domain_alias;
};

static int here_found(struct here_way *way, enum np_lead_kind kind,
		      const char *entry, struct np_error *err)
{
	struct np_alias alias;
	int ret;

	way->lead.kind = kind;
	way->lead.of_alias = entry[0] != '\0';
	(void)i_strocpy(way->lead.entry, entry, sizeof(way->lead.entry));
	if (entry[0] == '\0')
		return 1;
	ret = np_map_lookup(way->map, entry, &alias, err);
	if (ret > 0)
		(void)i_strocpy(way->lead.note, alias.note,
				sizeof(way->lead.note));
	return ret < 0 ? -1 : 1;
}

/* The entry that a verdict names leads somewhere; is it here? */
static int here_judge_entry(struct here_way *way, const char *owner,
			    struct np_error *err)
{
	const struct np_verdict *verdict = &way->verdict;
	enum np_lead_kind kind = NP_LEAD_ALIAS;

	if (!here_owns(way->here, way->delimiters, owner))
		return 0;
	if (way->domain_alias || verdict->domain_alias)
		kind = NP_LEAD_DOMAIN;
	else if (verdict->rule == NP_RULE_TAG)
		kind = NP_LEAD_TAG;
	return here_found(way, kind, verdict->entry, err);
}

/* No entry: the mailbox itself, or what the store does not know. */
static int here_judge_store(struct here_way *way, struct np_error *err)
{
	const struct np_verdict *verdict = &way->verdict;
	const char *domain = strrchr(verdict->mailbox, '@');
	enum np_lead_kind kind = NP_LEAD_ITSELF;

	if (here_owns(way->here, way->delimiters, verdict->mailbox) ||
	    np_here_is_mailbox(way->here, way->delimiters, way->addr)) {
		if (way->domain_alias || verdict->domain_alias)
			kind = NP_LEAD_DOMAIN;
		else if (verdict->base[0] != '\0')
			kind = NP_LEAD_TAG;
		return here_found(way, kind, verdict->domain_entry, err);
	}
	(void)i_strocpy(way->lead.unless, verdict->mailbox,
			sizeof(way->lead.unless));
	if (verdict->catch_all[0] != '\0' && domain != NULL &&
	    here_owns(way->here, way->delimiters, verdict->catch_all))
		return here_found(way, NP_LEAD_CATCH_ALL, domain, err);
	if (verdict->postmaster[0] != '\0' &&
	    here_owns(way->here, way->delimiters, verdict->postmaster))
		return here_found(way, NP_LEAD_CATCH_ALL, "", err);
	return 0;
}

static int here_judge(struct here_way *way, struct np_error *err);

/* What the agent refuses now it may take tomorrow: the guard wants to know
   where it would go. */
static int here_judge_refused(struct here_way *way, struct np_error *err)
{
	const struct np_address *addr = way->addr;
	struct np_address moved;
	struct np_alias alias;
	int ret;

	way->lead.off = TRUE;
	ret = np_map_lookup(way->map, way->verdict.entry, &alias, err);
	if (ret <= 0)
		return ret;
	if (way->verdict.rule != NP_RULE_DOMAIN)
		return here_judge_entry(way, alias.mailbox, err);
	if (way->domain_alias || alias.mailbox[0] != '@')
		return 0;
	moved = *addr;
	(void)i_strocpy(moved.domain, alias.mailbox + 1, sizeof(moved.domain));
	if (!np_address_fits(&moved))
		return 0;
	way->domain_alias = TRUE;
	way->addr = &moved;
	ret = here_judge(way, err);
	way->addr = addr;
	return ret;
}

static int here_judge(struct here_way *way, struct np_error *err)
{
	int ret = np_resolve(way->map, way->addr, NP_FOR_RECEIVE, time(NULL),
			     &way->verdict, err);

	if (ret < 0)
		return -1;
	if (ret == 0)
		return here_judge_refused(way, err);
	if (way->verdict.rule == NP_RULE_STORE)
		return here_judge_store(way, err);
	return here_judge_entry(way, way->verdict.mailbox, err);
}

int np_here_leads(struct np_here *here, struct np_map *map,
		  const struct np_address *addr, struct np_lead *lead_r,
		  struct np_error *err)
{
	struct here_way way = {
		.here = here, .map = map, .addr = addr,
		.delimiters = np_map_meta(map)->settings.delimiters
	};
	int ret = here_judge(&way, err);

	if (ret > 0)
		*lead_r = way.lead;
	return ret;
}

int np_here_has_user(const char *user)
{
	/* Dovecot's own, of this process: opened before it became the user. */
	struct auth_master_connection *auth = mail_user_auth_master_conn;
	struct auth_user_info info;
	const char *const *fields, *name;
	pool_t pool;
	int ret;

	if (auth == NULL)
		return -1;
	i_zero(&info);
	np_auth_set_protocol(&info, "lmtp");
	pool = pool_alloconly_create("nameplate userdb lookup", 1024);
	ret = auth_master_user_lookup(auth, user, &info, pool, &name, &fields);
	pool_unref(&pool);
	return ret < 0 ? -1 : ret;
}

bool np_here_parse(const struct smtp_address *from, struct np_address *addr_r)
{
	const char *text;

	if (smtp_address_isnull(from) || from->domain == NULL)
		return FALSE;
	text = smtp_address_encode(from);
	return np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, addr_r,
				NULL) == NP_ADDRESS_OK;
}

void np_here_complain(struct np_here *here, const char *text)
{
	if (!here->complained)
		e_error(here->svinst->event, "nameplate: %s", text);
	here->complained = TRUE;
}
