/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log lines; see log.h. */
#include "lmtp/log.h"

#include "lmtp/agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#define LOG_LINE 4096

static const char *const level_names[] = {"error", "warning", "info", "debug"};
static const int level_priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO,
				       LOG_DEBUG};

/* C0 controls and DEL become '?'; UTF-8 stays as it is. */
static void log_tidy(char *line)
{
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < 0x20 || *line == 0x7f)
			*line = '?';
}

void np_log(const struct agent *agent, enum np_log_level level, const char *id,
	    const char *format, ...)
{
	const struct np_settings *settings =
		agent == NULL ? NULL : agent->settings;
	char line[LOG_LINE];
	va_list args;
	int len = 0;

	if (level > (settings == NULL ? NP_LOG_INFO : settings->log_level))
		return;
	if (id != NULL)
		len = snprintf(line, sizeof(line), "%s: ", id);
	va_start(args, format);
	(void)vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
	va_end(args);
	log_tidy(line);
	if (settings != NULL && settings->log_target == NP_LOG_SYSLOG)
		syslog(level_priorities[level], "%s", line);
	else
		fprintf(stderr, "nameplate-lmtpd: %s: %s\n", level_names[level],
			line);
}
