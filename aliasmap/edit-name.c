/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names as operators type them, for edit.c: a new alias has a narrow alphabet
 * and lower case, because what is typed is what will be read aloud, printed
 * and compared for years; an error always shows the nearest valid name.
 */
#include "aliasmap/edit-name.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void np_text_clean(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			*text = '?';
	}
}

static void edit_vsay(struct np_edit *edit, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void edit_vsay(struct np_edit *edit, const char *format, va_list args)
{
	(void)vsnprintf(edit->text, sizeof(edit->text), format, args);
	np_text_clean(edit->text);
}

void np_edit_say(struct np_edit *edit, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	edit_vsay(edit, format, args);
	va_end(args);
}

enum np_edit_result np_edit_refuse(struct np_edit *edit, const char *format,
				   ...)
{
	va_list args;

	va_start(args, format);
	edit_vsay(edit, format, args);
	va_end(args);
	return NP_EDIT_REFUSED;
}

enum np_edit_result np_edit_fail(struct np_edit *edit)
{
	np_edit_say(edit, "%s", edit->err.text);
	return NP_EDIT_FAILED;
}

const struct np_map_settings *np_edit_settings(const struct np_edit *edit)
{
	return &np_map_meta(edit->map)->settings;
}

const char *np_key_domain(const char *key)
{
	const char *at = strrchr(key, '@');

	return at == NULL ? "" : at + 1;
}

bool np_key_is(const char *key, const char *name)
{
	size_t len = strlen(name);

	return strncmp(key, name, len) == 0 && key[len] == '@';
}

static bool name_is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

/* "@domain". A name typed in UTF-8 becomes its A-labels without a word; one
   typed in ASCII has to be written as it will be kept. */
static enum np_edit_result
name_domain_key(struct np_edit *edit, const char *text, bool exact, char *key)
{
	char domain[NP_MAX_DOMAIN + 1];
	const char *why = "this is not a domain";

	if (np_domain_parse(text + 1, strlen(text + 1), NP_ADDRESS_UTF8,
			    domain, &why) != NP_ADDRESS_OK)
		return np_edit_refuse(edit, "%s: %s", text, why);
	if (domain[0] == '[')
		return np_edit_refuse(edit, "%s: a domain name is needed "
				      "here, not an address literal", text);
	if (exact && name_is_ascii(text) && strcmp(text + 1, domain) != 0)
		return np_edit_refuse(edit, "%s: use @%s", text, domain);
	key[0] = '@';
	(void)memcpy(key + 1, domain, strlen(domain) + 1);
	return NP_EDIT_DONE;
}

/* A name without a domain: where there is only one domain it is shown. */
static enum np_edit_result
name_lacks_domain(struct np_edit *edit, const char *text)
{
	const char *domains = np_edit_settings(edit)->domains;

	if (domains[0] != '\0' && strchr(domains, ',') == NULL)
		return np_edit_refuse(edit, "%s: use %s@%s", text, text,
				      domains);
	return np_edit_refuse(edit, "%s: an address has a domain, "
			      "use %s@DOMAIN", text, text);
}

/* Refuses text with the nearest valid name, where there is one. */
static enum np_edit_result
name_refuse_nearest(struct np_edit *edit, const char *text, const char *why)
{
	const char *delimiters = np_edit_settings(edit)->delimiters;
	const char *at = strrchr(text, '@');
	char local[1024], near[NP_MAX_LOCAL_PART + 1];
	char domain[NP_MAX_DOMAIN + 1];
	const char *what = "";
	size_t len;

	len = at == NULL ? 0 : (size_t)(at - text);
	if (at == NULL || len >= sizeof(local) ||
	    np_domain_parse(at + 1, strlen(at + 1), NP_ADDRESS_UTF8, domain,
			    &what) != NP_ADDRESS_OK)
		return np_edit_refuse(edit, "%s: %s", text,
				      what[0] != '\0' ? what : why);
	(void)memcpy(local, text, len);
	local[len] = '\0';
	(void)np_alias_name_nearest(local, delimiters, near);
	if (near[0] == '\0' || strlen(near) + strlen(domain) >= NP_MAX_ADDRESS)
		return np_edit_refuse(edit, "%s: an alias is made of a-z 0-9 "
				      ". _ - (at most 64)", text);
	return np_edit_refuse(edit, "%s: use %s@%s", text, near, domain);
}

/* Reads text as an address with a domain name. */
static enum np_edit_result
name_parse(struct np_edit *edit, const char *text, bool fresh,
	   struct np_address *addr)
{
	const char *why = "this is not an address";

	if (text[0] == '\0')
		return np_edit_refuse(edit, "the address is empty, use "
				      "NAME@DOMAIN");
	if (strchr(text, '@') == NULL)
		return name_lacks_domain(edit, text);
	if (np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, addr,
			     &why) != NP_ADDRESS_OK)
		return fresh ? name_refuse_nearest(edit, text, why) :
			       np_edit_refuse(edit, "%s: %s", text, why);
	if (fresh && addr->domain[0] == '[')
		return np_edit_refuse(edit, "%s: an alias needs a domain "
				      "name, not an address literal", text);
	return NP_EDIT_DONE;
}

enum np_edit_result
np_edit_alias_name(struct np_edit *edit, const char *text, char *key)
{
	const char *delimiters = np_edit_settings(edit)->delimiters;
	enum np_edit_result result;
	struct np_address addr;

	if (text[0] == '@')
		return name_domain_key(edit, text, true, key);
	result = name_parse(edit, text, true, &addr);
	if (result != NP_EDIT_DONE)
		return result;
	if (!np_alias_name_valid(addr.local, delimiters))
		return name_refuse_nearest(edit, text, "");
	(void)np_address_key(&addr, key);
	if (name_is_ascii(text) && strcmp(text, key) != 0)
		return np_edit_refuse(edit, "%s: use %s", text, key);
	return NP_EDIT_DONE;
}

enum np_edit_result
np_edit_target_name(struct np_edit *edit, const char *text, char *key)
{
	const char *delimiters = np_edit_settings(edit)->delimiters;
	char base_key[NP_MAX_ADDRESS + 1], out[NP_MAX_ADDRESS + 1];
	struct np_address addr, base;
	enum np_edit_result result;

	if (text[0] == '@')
		return name_domain_key(edit, text, true, key);
	result = name_parse(edit, text, false, &addr);
	if (result != NP_EDIT_DONE)
		return result;
	if (np_address_split(&addr, delimiters, &base, NULL))
		return np_edit_refuse(edit, "%s: a mailbox has no tag, use %s",
				      text, np_address_key(&base, base_key));
	(void)np_address_key(&addr, out);
	if (name_is_ascii(text) && strcmp(text, out) != 0)
		return np_edit_refuse(edit, "%s: use %s", text, out);
	(void)memcpy(key, out, strlen(out) + 1);
	return NP_EDIT_DONE;
}

enum np_edit_result
np_edit_key(struct np_edit *edit, const char *text, char *key)
{
	enum np_edit_result result;
	struct np_address addr;

	if (text[0] == '@')
		return name_domain_key(edit, text, false, key);
	result = name_parse(edit, text, false, &addr);
	if (result == NP_EDIT_DONE)
		(void)np_address_key(&addr, key);
	return result;
}
