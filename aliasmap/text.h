/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Octets and UTF-8 as mail grammar sees them, independent of any locale: what
 * <ctype.h> calls a letter depends on the environment of the program.
 */
#ifndef ALIASMAP_TEXT_H
#define ALIASMAP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* ASCII letters in lower case, everything else as it is. */
char np_ascii_lower(char c);

/* Lower-cases the ASCII letters of a string in place. Returns text. */
char *np_ascii_lower_string(char *text);

/* The octets (1-4) of the UTF-8 character at the start of text; 0 where it is
   none (RFC 3629: no overlong form, no surrogate) or where it is a control
   character, C0 or C1: those would reach terminals and logs. */
size_t np_utf8_octets(const char *text, size_t len);

/* Whether all of text is made of such characters. */
bool np_utf8_valid(const char *text, size_t len);

#endif
