/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * same-parts SENT DELIVERED: an independent judge of delivered mail. GMime
 * parses both messages; the fields of the first must be the last ones of the
 * second (stamps and trace stand above), and every part must have the same
 * type and the same decoded content. Line ends are not compared: Dovecot
 * makes CRLF of bare LF. Exit status 0 same, 1 different, 2 not readable.
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

/* Where in the tree of parts, "1.2", for the line that names a difference. */
struct place {
	char text[200];
};

static int place_differs(const struct place *place, const char *what,
			 const char *sent, const char *delivered)
{
	printf("part %s: %s differs: sent \"%s\", delivered \"%s\"\n",
	       place->text, what, sent == NULL ? "(none)" : sent,
	       delivered == NULL ? "(none)" : delivered);
	return 0;
}

static char *text_without_cr(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; text != NULL && *text != '\0'; text++) {
		if (*text != '\r')
			g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

static int text_same(const struct place *place, const char *what,
		     const char *sent, const char *delivered)
{
	char *a = text_without_cr(sent);
	char *b = text_without_cr(delivered);
	int same = strcmp(a, b) == 0;

	if (!same)
		(void)place_differs(place, what, sent, delivered);
	g_free(a);
	g_free(b);
	return same;
}

/* With extra, the delivered object may have more fields, on top. */
static int headers_same(const struct place *place, GMimeObject *sent,
			GMimeObject *delivered, gboolean extra)
{
	GMimeHeaderList *a = g_mime_object_get_header_list(sent);
	GMimeHeaderList *b = g_mime_object_get_header_list(delivered);
	int count_a = g_mime_header_list_get_count(a);
	int count_b = g_mime_header_list_get_count(b);
	int skip = count_b - count_a;

	if (skip < 0 || (skip > 0 && !extra)) {
		printf("part %s: %d fields sent, %d delivered\n", place->text,
		       count_a, count_b);
		return 0;
	}
	for (int i = 0; i < count_a; i++) {
		GMimeHeader *x = g_mime_header_list_get_header_at(a, i);
		GMimeHeader *y = g_mime_header_list_get_header_at(b, i + skip);

		if (!text_same(place, "field name", g_mime_header_get_name(x),
			       g_mime_header_get_name(y)) ||
		    !text_same(place, g_mime_header_get_name(x),
			       g_mime_header_get_raw_value(x),
			       g_mime_header_get_raw_value(y)))
			return 0;
	}
	return 1;
}

/* The decoded content of a leaf, without CR; NULL where there is none. */
static GByteArray *content_of(GMimePart *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream;

	if (wrapper == NULL)
		return bytes;
	stream = g_mime_stream_mem_new();
	(void)g_mime_data_wrapper_write_to_stream(wrapper, stream);
	GByteArray *raw =
		g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));

	for (guint i = 0; i < raw->len; i++) {
		if (raw->data[i] != '\r')
			g_byte_array_append(bytes, &raw->data[i], 1);
	}
	g_object_unref(stream);
	return bytes;
}

static int content_same(const struct place *place, GMimePart *sent,
			GMimePart *delivered)
{
	GByteArray *a = content_of(sent);
	GByteArray *b = content_of(delivered);
	int same = a->len == b->len &&
		   (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);

	if (!same)
		printf("part %s: content differs: %u octets sent, %u "
		       "delivered\n",
		       place->text, a->len, b->len);
	g_byte_array_unref(a);
	g_byte_array_unref(b);
	return same;
}

static int part_same(const struct place *place, GMimeObject *sent,
		     GMimeObject *delivered, gboolean top);

static int multipart_same(const struct place *place, GMimeMultipart *sent,
			  GMimeMultipart *delivered)
{
	int count = g_mime_multipart_get_count(sent);

	if (count != g_mime_multipart_get_count(delivered))
		return place_differs(place, "number of parts", "", "");
	for (int i = 0; i < count; i++) {
		struct place below;

		(void)snprintf(below.text, sizeof(below.text), "%.180s.%d",
			       place->text, i + 1);
		if (!part_same(&below, g_mime_multipart_get_part(sent, i),
			       g_mime_multipart_get_part(delivered, i), FALSE))
			return 0;
	}
	return 1;
}

static int message_same(const struct place *place, GMimeMessage *sent,
			GMimeMessage *delivered, gboolean top)
{
	if (sent == NULL || delivered == NULL)
		return sent == delivered;
	return headers_same(place, GMIME_OBJECT(sent), GMIME_OBJECT(delivered),
			    top) &&
	       part_same(place, g_mime_message_get_mime_part(sent),
			 g_mime_message_get_mime_part(delivered), top);
}

static int part_same(const struct place *place, GMimeObject *sent,
		     GMimeObject *delivered, gboolean top)
{
	char *a, *b;
	int same;

	if (sent == NULL || delivered == NULL)
		return sent == delivered;
	if (G_OBJECT_TYPE(sent) != G_OBJECT_TYPE(delivered))
		return place_differs(place, "kind", G_OBJECT_TYPE_NAME(sent),
				     G_OBJECT_TYPE_NAME(delivered));
	a = g_mime_content_type_get_mime_type(
		g_mime_object_get_content_type(sent));
	b = g_mime_content_type_get_mime_type(
		g_mime_object_get_content_type(delivered));
	same = text_same(place, "type", a, b) &&
	       (top || headers_same(place, sent, delivered, FALSE));
	g_free(a);
	g_free(b);
	if (!same)
		return 0;
	if (GMIME_IS_MULTIPART(sent))
		return multipart_same(place, GMIME_MULTIPART(sent),
				      GMIME_MULTIPART(delivered));
	if (GMIME_IS_MESSAGE_PART(sent))
		return message_same(place,
				    g_mime_message_part_get_message(
					    GMIME_MESSAGE_PART(sent)),
				    g_mime_message_part_get_message(
					    GMIME_MESSAGE_PART(delivered)),
				    FALSE);
	return !GMIME_IS_PART(sent) ||
	       content_same(place, GMIME_PART(sent), GMIME_PART(delivered));
}

static GMimeMessage *message_read(const char *file)
{
	GMimeStream *stream = g_mime_stream_fs_open(file, 0, 0, NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	if (stream == NULL) {
		printf("cannot read %s\n", file);
		return NULL;
	}
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message == NULL)
		printf("no message in %s\n", file);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

int main(int argc, char **argv)
{
	struct place top = {"1"};
	GMimeMessage *sent, *delivered;
	int same;

	if (argc != 3) {
		fprintf(stderr, "usage: same-parts SENT DELIVERED\n");
		return 2;
	}
	g_mime_init();
	sent = message_read(argv[1]);
	delivered = message_read(argv[2]);
	if (sent == NULL || delivered == NULL)
		return 2;
	same = message_same(&top, sent, delivered, TRUE);
	g_object_unref(sent);
	g_object_unref(delivered);
	g_mime_shutdown();
	return same ? 0 : 1;
}
