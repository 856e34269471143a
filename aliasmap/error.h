/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One failure, said once: what kind it is (so that a caller can choose a reply
 * or an exit code) and one line of text that names the thing and the way out.
 * The library only fills it in; whoever called decides where it is logged.
 */
#ifndef ALIASMAP_ERROR_H
#define ALIASMAP_ERROR_H

enum np_error_kind {
	NP_ERROR_NONE = 0,
	NP_ERROR_MISSING,	/* no map under that name */
	NP_ERROR_UNREADABLE,	/* permission, I/O error */
	NP_ERROR_NOT_A_LINK,	/* a file or folder where it belongs */
	NP_ERROR_BAD_LINK,	/* the link does not name a generation */
	NP_ERROR_EMPTY,		/* zero bytes */
	NP_ERROR_TRUNCATED,	/* another size than its name says */
	NP_ERROR_DAMAGED,	/* another checksum than its name says */
	NP_ERROR_NOT_A_MAP,	/* checked, but no map inside */
	NP_ERROR_VERSION,	/* format of another major version */
	NP_ERROR_RECORD,	/* one record cannot be decoded */
	NP_ERROR_BUSY,		/* another writer holds the lock */
	NP_ERROR_WRITE,		/* disk full, failed fsync or rename */
	NP_ERROR_MEMORY,
	NP_ERROR_INTERNAL,	/* the store library reports something unexpected */
	NP_ERROR_CHANGED,	/* the map's settings differ from the caller's */
	NP_ERROR_SETTINGS	/* a line of nameplate.conf or of a key file */
};

#define NP_MAX_ERROR_TEXT 1024	/* octets with the final NUL */

/* Filled by the caller with zeroes, by the library only on failure. */
struct np_error {
	enum np_error_kind kind;
	char text[NP_MAX_ERROR_TEXT];
};

/* Sets kind and a printf-formatted text (cut at the buffer's end). Always
   returns -1, so that a failing function can end in "return np_error_set(..)".
   err may be NULL. */
int np_error_set(struct np_error *err, enum np_error_kind kind,
		 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
