/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Socket addresses and networks as nameplate.conf writes them:
 *
 *   endpoint = "unix:" absolute-path / "inet:" host ":" port
 *   host     = name / IPv4 / "[" IPv6 "]"
 *   network  = ( IPv4 / IPv6 ) [ "/" prefix-length ]
 *
 * No name is looked up here.
 */
#include "conf/settings.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Decimal digits only: strtoul would take blanks, signs and 0x. */
static bool endpoint_number(const char *text, unsigned int max,
			    unsigned int *number_r)
{
	unsigned int number = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (unsigned int)(*text - '0');
		if (number > max)
			return false;
	}
	*number_r = number;
	return true;
}

static int endpoint_unix(const char *path, struct np_endpoint *endpoint_r,
			 struct np_error *err)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"unix:%.100s\": the path must start with /", path);
	if (len >= sizeof(endpoint_r->path))
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"unix:%.100s...\": a socket's path has at most %zu "
			"octets", path, sizeof(endpoint_r->path) - 1);
	memset(endpoint_r, 0, sizeof(*endpoint_r));
	endpoint_r->is_unix = true;
	memcpy(endpoint_r->path, path, len + 1);
	return 1;
}

static bool endpoint_is_name(const char *host, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = host[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return len > 0;
}

/* Takes "host:port" apart. An IPv6 address needs its brackets, or its last
   group would be read as the port. */
static int endpoint_inet(const char *text, struct np_endpoint *endpoint_r,
			 struct np_error *err)
{
	const char *colon = strrchr(text, ':');
	const char *host = text;
	struct np_endpoint endpoint = { .is_unix = false };
	struct in6_addr addr;
	size_t len;
	unsigned int port;

	if (colon == NULL ||
	    !endpoint_number(colon + 1, 65535, &port) || port == 0)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"inet:%.100s\": a port from 1 to 65535 must stand "
			"at the end, inet:HOST:PORT", text);
	len = (size_t)(colon - text);
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
		if (len < sizeof(endpoint.host))
			memcpy(endpoint.host, host, len);
		if (len >= sizeof(endpoint.host) ||
		    inet_pton(AF_INET6, endpoint.host, &addr) != 1)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"inet:%.100s\": no IPv6 address between the "
				"brackets", text);
	} else if (len >= sizeof(endpoint.host) ||
		   !endpoint_is_name(host, len)) {
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"inet:%.100s\": the host must be a name, an IPv4 "
			"address, or an IPv6 address in brackets", text);
	} else {
		memcpy(endpoint.host, host, len);
	}
	/* Written anew, so that 0025 is seen to be 25. */
	for (size_t at = port > 9999 ? 5 : port > 999 ? 4 : port > 99 ? 3 :
			 port > 9 ? 2 : 1; at > 0; at--, port /= 10)
		endpoint.port[at - 1] = (char)('0' + port % 10);
	*endpoint_r = endpoint;
	return 1;
}

int np_endpoint_parse(const char *text, struct np_endpoint *endpoint_r,
		      struct np_error *err)
{
	if (strncmp(text, "unix:", 5) == 0)
		return endpoint_unix(text + 5, endpoint_r, err);
	if (strncmp(text, "inet:", 5) == 0)
		return endpoint_inet(text + 5, endpoint_r, err);
	return np_error_set(err, NP_ERROR_SETTINGS,
		"\"%.100s\" is neither unix:PATH nor inet:HOST:PORT", text);
}

bool np_endpoint_is_local(const struct np_endpoint *endpoint)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (endpoint->is_unix || strcmp(endpoint->host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, endpoint->host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, endpoint->host, &v6) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&v6);
}

/* Whether the octets agree in their first bits bits. */
static bool network_prefix_equal(const unsigned char *a, const unsigned char *b,
				 unsigned int bits)
{
	unsigned int octets = bits / 8, rest = bits % 8;

	if (memcmp(a, b, octets) != 0)
		return false;
	return rest == 0 || ((a[octets] ^ b[octets]) >> (8 - rest)) == 0;
}

static bool network_has_host_bits(const struct np_network *network)
{
	unsigned int size = network->is_v6 ? 128 : 32;

	for (unsigned int bit = network->bits; bit < size; bit++) {
		if ((network->addr[bit / 8] & (0x80 >> bit % 8)) != 0)
			return true;
	}
	return false;
}

int np_network_parse(const char *text, struct np_network *network_r,
		     struct np_error *err)
{
	struct np_network network = { .is_v6 = strchr(text, ':') != NULL };
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char host[INET6_ADDRSTRLEN] = "";

	network.bits = network.is_v6 ? 128 : 32;
	if (len < sizeof(host))
		memcpy(host, text, len);
	if (inet_pton(network.is_v6 ? AF_INET6 : AF_INET, host,
		      network.addr) != 1 ||
	    (slash != NULL &&
	     !endpoint_number(slash + 1, network.bits, &network.bits)))
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" is not a network like 192.0.2.0/24 or "
			"2001:db8::/32", text);
	/* 10.0.0.5/8 is one host or 16 million: ask rather than guess. */
	if (network_has_host_bits(&network))
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" has bits set behind its prefix length",
			text);
	*network_r = network;
	return 1;
}

bool np_network_has(const struct np_network *network,
		    const struct sockaddr *addr)
{
	const unsigned char *octets;
	bool is_v6 = addr->sa_family == AF_INET6;

	if (is_v6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, addr, sizeof(in6));
		octets = in6.sin6_addr.s6_addr;
		/* An IPv4 client of a socket that listens on [::]. */
		if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
			octets += 12;
			is_v6 = false;
		}
		return network->is_v6 == is_v6 &&
		       network_prefix_equal(network->addr, octets,
					    network->bits);
	}
	if (addr->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, addr, sizeof(in));
		octets = (const unsigned char *)&in.sin_addr;
		return !network->is_v6 &&
		       network_prefix_equal(network->addr, octets,
					    network->bits);
	}
	return false;
}
