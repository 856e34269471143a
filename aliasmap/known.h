/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host can say about an address: nameplate(1) asks the store by LMTP,
   doveadm asks Dovecot's userdb. */
#ifndef ALIASMAP_KNOWN_H
#define ALIASMAP_KNOWN_H

enum np_known {
	NP_KNOWN_YES,		/* is a mailbox, be it full */
	NP_KNOWN_NO,
	NP_KNOWN_ANYTHING,	/* whatever is asked in this domain is taken */
	NP_KNOWN_LATER,		/* cannot tell now */
	NP_KNOWN_UNASKED	/* nobody can be asked */
};

/* Whether address (a key: lower case) is a mailbox. */
typedef enum np_known np_known_function(void *context, const char *address);

#endif
