/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A store's verdict on one recipient, in our words: its texts name the mailbox
 * behind the alias, and an MTA puts what it is told into bounces. What came
 * before: store-reply.c took the reply apart.
 */
#include "aliasmap/local-part.h"
#include "aliasmap/text.h"
#include "lmtp/reply-line.h"

#include <string.h>

/* What a store's verdict means in our words, by its enhanced code without the
   class. The first row that fits; "" fits all. */
static const struct {
	const char *subject;
	const char *later;	/* 4xx */
	const char *never;	/* 5xx */
} reply_verdicts[] = {
	{ "1.1", "User not known now, try again later", "User unknown" },
	{ "2.1", "Mailbox disabled, try again later", "Mailbox disabled" },
	{ "2.2", "Mailbox is full, try again later", "Mailbox is full" },
	{ "2.3", "Message too large", "Message too large" },
	{ "3.4", "Message too large", "Message too large" },
	{ "7.1", "Delivery not allowed now", "Delivery not allowed" },
	{ "", "Mail store says try again later", "Recipient refused" },
};

/* RFC 3463 by RFC 5321 code, where the store gave none. 5.1.1 is not among
   them: "user unknown" opens the way to the catch-all, so only the store's own
   word counts. */
static const char *reply_default_enhanced(int code)
{
	switch (code) {
	case 450:
		return "4.2.0";
	case 451:
		return "4.3.0";
	case 452:
		return "4.3.1";
	case 551:
	case 553:
		return "5.1.0";
	case 552:
		return "5.2.0";
	default:
		return code < 500 ? "4.0.0" : "5.0.0";
	}
}

/* Codes that say something about our own dialogue with the store and nothing
   about the recipient: none of them may become a bounce. */
bool np_store_reply_trouble(const struct np_store_reply *reply)
{
	int code = reply->code;

	switch (code) {
	case 421:
	case 500:	/* unknown command, or line too long */
	case 502:
	case 503:	/* bad sequence */
	case 504:
	case 530:	/* wants STARTTLS or a login first */
	case 555:	/* does not know a parameter of ours */
		return true;
	default:
		return code < 200 || code > 599 || code / 100 == 3;
	}
}

static const char *reply_verdict(const char *enhanced)
{
	size_t i = 0;

	while (*reply_verdicts[i].subject != '\0' &&
	       strcmp(reply_verdicts[i].subject, enhanced + 2) != 0)
		i++;
	return *enhanced == '4' ? reply_verdicts[i].later :
				  reply_verdicts[i].never;
}

/* The mailbox that a text must not show. */
struct reply_secret {
	char written[NP_MAX_LOCAL_PART + 1];	/* the local part as it came */
	char content[NP_MAX_LOCAL_PART + 1];	/* without quotes */
	size_t len;				/* of content */
	const char *domain;			/* "@company.com" */
};

static bool reply_secret_init(struct reply_secret *secret, const char *mailbox)
{
	const char *domain = strrchr(mailbox, '@');
	size_t len = domain != NULL ? (size_t)(domain - mailbox) : 0;

	if (len == 0 || len > NP_MAX_LOCAL_PART)
		return false;
	memcpy(secret->written, mailbox, len);
	secret->written[len] = '\0';
	secret->len = np_local_content(secret->written, secret->content);
	secret->domain = domain;
	return true;
}

/* Compares what is left of text with len octets of word, without case, and
   moves on behind them. */
static bool reply_take(const char **text, const char *end, const char *word,
		       size_t len)
{
	if ((size_t)(end - *text) < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (np_ascii_lower((*text)[i]) != np_ascii_lower(word[i]))
			return false;
	}
	*text += len;
	return true;
}

/* Whether a tag could begin at i. Which delimiters are in force is not known
   here, and a store may have one of its own; hiding too much does no harm. */
static bool reply_ends_name(const struct reply_secret *secret, size_t i)
{
	char c = np_ascii_lower(secret->content[i]);

	return i == secret->len ||
	       !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
}

/* The octets of text that spell the mailbox: as it came, or its content with
   or without tag, bare or in quotes. 0 where text begins with none. */
static size_t reply_spelled(const struct reply_secret *secret,
			    const char *text, size_t len)
{
	const char *end = text + len, *p = text;
	size_t domain_len = strlen(secret->domain);

	if (reply_take(&p, end, secret->written, strlen(secret->written)) &&
	    reply_take(&p, end, secret->domain, domain_len))
		return (size_t)(p - text);
	for (size_t i = secret->len; i > 0; i--) {
		if (!reply_ends_name(secret, i))
			continue;
		p = text;
		if (reply_take(&p, end, secret->content, i) &&
		    reply_take(&p, end, secret->domain, domain_len))
			return (size_t)(p - text);
		p = text;
		if (reply_take(&p, end, "\"", 1) &&
		    reply_take(&p, end, secret->content, i) &&
		    reply_take(&p, end, "\"", 1) &&
		    reply_take(&p, end, secret->domain, domain_len))
			return (size_t)(p - text);
	}
	return 0;
}

/* Adds text with every spelling of the mailbox replaced by address. */
static void reply_add_replaced(struct np_reply_line *line, const char *text,
			       const struct reply_secret *secret,
			       const char *address)
{
	size_t len = strlen(text), plain = 0, found;

	for (size_t i = 0; i < len; ) {
		found = reply_spelled(secret, text + i, len - i);
		if (found == 0) {
			i++;
			continue;
		}
		np_reply_line_add(line, text + plain, i - plain);
		np_reply_line_text(line, address);
		i += found;
		plain = i;
	}
	np_reply_line_add(line, text + plain, len - plain);
}

/* Whether the mailbox can still be read in the line, other than inside the
   address (the alias bob-sales@x may well end like the mailbox sales@x).
   Replacing alone does not rule it out: what stood around a spelling can make
   a new one together with the address, and '?' is a letter of names. */
static bool reply_shows_mailbox(const struct np_reply_line *line, size_t start,
				const struct reply_secret *secret,
				const char *address)
{
	size_t len = strlen(address), covered = start;

	for (size_t i = start; i < line->len; i++) {
		size_t found;

		if (line->len - i >= len &&
		    strncmp(line->out + i, address, len) == 0)
			covered = i + len;
		found = reply_spelled(secret, line->out + i, line->len - i);
		if (found > 0 && i + found > covered)
			return true;
	}
	return false;
}

/* A user's own words (a Sieve reject): passed on, unless they would show the
   mailbox. Returns false where our words have to do. */
static bool reply_add_users_text(struct np_reply_line *line, const char *text,
				 const char *address, const char *mailbox)
{
	struct reply_secret secret;
	size_t start = line->len;

	if (*text == '\0' || mailbox == NULL ||
	    !reply_secret_init(&secret, mailbox))
		return false;
	reply_add_replaced(line, text, &secret, address);
	if (!reply_shows_mailbox(line, start, &secret, address))
		return true;
	line->len = start;
	line->end = NP_REPLY_END;
	return false;
}

static size_t reply_delivered(const char *address, const char *id, bool utf8,
			      char *out)
{
	size_t len = np_reply_print(NP_REPLY_DELIVERED, address, utf8, out);
	struct np_reply_line line = { out, len - 2, NP_REPLY_END, utf8 };

	/* Whole or not at all: half an id helps nobody. */
	if (id != NULL && *id != '\0' && line.len + strlen(id) + 3 < NP_REPLY_END) {
		np_reply_line_text(&line, " (");
		np_reply_line_text(&line, id);
		np_reply_line_text(&line, ")");
	}
	return np_reply_line_finish(&line);
}

size_t np_reply_relay(const struct np_store_reply *reply, bool final,
		      const char *address, const char *mailbox,
		      const char *id, bool utf8, char *out)
{
	const char *enhanced = reply->enhanced;
	struct np_reply_line line;
	const char *text;

	if (np_store_reply_trouble(reply))
		return np_reply_print(NP_REPLY_STORE_TROUBLE, address, utf8,
				      out);
	if (reply->code < 300)
		return final ? reply_delivered(address, id, utf8, out) :
			np_reply_print(NP_REPLY_RECIPIENT_OK, address, utf8,
				       out);
	if (*enhanced == '\0')
		enhanced = reply_default_enhanced(reply->code);
	text = reply_verdict(enhanced);
	np_reply_line_begin(&line, out, utf8, reply->code, enhanced);
	np_reply_line_address(&line, address, strlen(text));
	if (!final || reply->code < 500 || strcmp(enhanced, "5.1.1") == 0 ||
	    strcmp(enhanced, "5.2.2") == 0 ||
	    !reply_add_users_text(&line, reply->text, address, mailbox))
		np_reply_line_text(&line, text);
	return np_reply_line_finish(&line);
}
