/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Berkeley DB writer: the second and last file with db.h. map-write.c has
 * made the file a private copy; map-publish.c sums and renames it afterwards.
 */
#include "aliasmap/map-edit-db.h"

#include "aliasmap/map-meta.h"
#include "aliasmap/generation.h"
#include "aliasmap/alias.h"

#include <db.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Memory is only taken as pages are used. Enough for a million entries in some
   order, and within the 256 MB that Dovecot gives a process. */
#define EDIT_CACHE_MB 128
/* The same on every host, whatever its file system and octet order. */
#define EDIT_PAGE_SIZE 4096
#define EDIT_BYTE_ORDER 1234

struct np_edit {
	DB_ENV *env;
	DB *primary, *owner;
	struct np_db *reader;
	char *name;
};

/* The owner of a record for the index. libdb calls it at each put and delete,
   also with the record that was there before. */
static int edit_owner(DB *owner, const DBT *key, const DBT *data, DBT *result)
{
	struct np_alias alias;

	(void)owner;
	if (key->size == NP_META_KEY_LEN &&
	    memcmp(key->data, NP_META_KEY, NP_META_KEY_LEN) == 0)
		return DB_DONOTINDEX;
	/* Failing leaves the map as it was; not indexing would leave entries
	   behind that lead nowhere. */
	if (np_alias_decode(key->data, key->size, data->data, data->size,
			    &alias, NULL) < 0)
		return EINVAL;
	memset(result, 0, sizeof(*result));
	result->data = strdup(alias.mailbox);
	if (result->data == NULL)
		return ENOMEM;
	result->size = (u_int32_t)strlen(alias.mailbox);
	result->flags = DB_DBT_APPMALLOC;
	return 0;
}

/* A private environment takes each page from malloc, and libdb writes the gaps
   in a page out as they are: without this, pieces of whatever the program had
   in memory before, passwords in doveadm's case, would stand in a file that
   all may read. */
static void *edit_malloc(size_t size)
{
	return calloc(1, size);
}

static int edit_open_one(struct np_edit *edit, const char *path,
			 const char *which, bool create, u_int32_t flags,
			 DB **handle_r)
{
	DB *handle;
	int ret = db_create(handle_r, edit->env, 0);

	if (ret != 0) {
		*handle_r = NULL;
		return ret;
	}
	handle = *handle_r;
	if (flags != 0)
		ret = handle->set_flags(handle, flags);
	if (ret == 0 && create)
		ret = handle->set_pagesize(handle, EDIT_PAGE_SIZE);
	if (ret == 0 && create)
		ret = handle->set_lorder(handle, EDIT_BYTE_ORDER);
	if (ret == 0)
		ret = handle->open(handle, NULL, path, which, DB_BTREE,
				   create ? DB_CREATE : 0, 0600);
	return ret;
}

static int edit_open_all(struct np_edit *edit, const char *path, bool create)
{
	void *env;
	int ret = db_env_set_func_malloc(edit_malloc);

	if (ret == 0)
		ret = np_db_env_open(EDIT_CACHE_MB, &env);
	if (ret != 0)
		return ret;
	edit->env = env;
	ret = edit_open_one(edit, path, "alias", create, 0, &edit->primary);
	if (ret == 0)
		ret = edit_open_one(edit, path, "owner", create, DB_DUPSORT,
				    &edit->owner);
	if (ret == 0)
		ret = edit->primary->associate(edit->primary, NULL,
					       edit->owner, edit_owner, 0);
	return ret;
}

static enum np_error_kind edit_kind(int error, enum np_error_kind otherwise)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EIO:
	case EROFS:
		return NP_ERROR_WRITE;
	default:
		return otherwise;
	}
}

/* name is the map's link. */
static int edit_fail(struct np_error *err, enum np_error_kind kind,
		     const char *name, const char *what, int error)
{
	(void)np_db_fail(err, kind, name, what, error);
	np_generation_say_room(err, name, error);
	return -1;
}

int np_edit_open(const char *path, bool create, const char *name,
		 struct np_edit **edit_r, struct np_error *err)
{
	struct np_edit *edit = calloc(1, sizeof(*edit));
	int ret = ENOMEM;

	if (edit != NULL && (edit->name = strdup(name)) != NULL)
		ret = edit_open_all(edit, path, create);
	if (ret != 0) {
		np_edit_abandon(&edit);
		return edit_fail(err, edit_kind(ret, NP_ERROR_NOT_A_MAP),
				 name, "the copy cannot be opened for a "
				 "change", ret);
	}
	if (np_db_wrap(edit->env, edit->primary, edit->owner, name,
		       &edit->reader, err) < 0) {
		np_edit_abandon(&edit);
		return -1;
	}
	*edit_r = edit;
	return 1;
}

struct np_db *np_edit_reader(struct np_edit *edit)
{
	return edit->reader;
}

static void edit_dbt(DBT *dbt, const void *data, size_t len)
{
	memset(dbt, 0, sizeof(*dbt));
	dbt->data = (void *)(uintptr_t)data;
	dbt->size = (u_int32_t)len;
}

static int edit_failed(struct np_edit *edit, int ret, struct np_error *err)
{
	/* Only the owner callback says so. */
	if (ret == EINVAL)
		return np_error_set(err, NP_ERROR_VERSION,
				    "%s: the record that is there was written "
				    "by a newer nameplate: update this one",
				    edit->name);
	return edit_fail(err, edit_kind(ret, NP_ERROR_INTERNAL), edit->name,
			 "the change failed", ret);
}

int np_edit_put(struct np_edit *edit, const void *key, size_t key_len,
		const unsigned char *record, size_t len,
		struct np_error *err)
{
	DBT k, d;
	int ret;

	edit_dbt(&k, key, key_len);
	edit_dbt(&d, record, len);
	ret = edit->primary->put(edit->primary, NULL, &k, &d, 0);
	return ret == 0 ? 1 : edit_failed(edit, ret, err);
}

int np_edit_delete(struct np_edit *edit, const void *key, size_t key_len,
		   struct np_error *err)
{
	DBT k;
	int ret;

	edit_dbt(&k, key, key_len);
	ret = edit->primary->del(edit->primary, NULL, &k, 0);
	if (ret == DB_NOTFOUND)
		return 0;
	return ret == 0 ? 1 : edit_failed(edit, ret, err);
}

/* Closes all that is open and returns the first failure. */
static int edit_close(struct np_edit *edit, u_int32_t flags)
{
	int ret = 0, closed;

	np_db_close(&edit->reader);
	if (edit->owner != NULL)
		ret = edit->owner->close(edit->owner, flags);
	if (edit->primary != NULL) {
		closed = edit->primary->close(edit->primary, flags);
		if (ret == 0)
			ret = closed;
	}
	if (edit->env != NULL) {
		closed = edit->env->close(edit->env, 0);
		if (ret == 0)
			ret = closed;
	}
	(void)db_env_set_func_malloc(NULL);
	return ret;
}

int np_edit_close(struct np_edit **_edit, struct np_error *err)
{
	struct np_edit *edit = *_edit;
	int ret = edit_close(edit, 0);

	if (ret != 0)
		(void)edit_fail(err, edit_kind(ret, NP_ERROR_WRITE),
				edit->name, "the change cannot be written",
				ret);
	free(edit->name);
	free(edit);
	*_edit = NULL;
	return ret == 0 ? 1 : -1;
}

void np_edit_abandon(struct np_edit **_edit)
{
	struct np_edit *edit = *_edit;

	if (edit == NULL)
		return;
	*_edit = NULL;
	(void)edit_close(edit, DB_NOSYNC);
	free(edit->name);
	free(edit);
}
