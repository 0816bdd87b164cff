/*
** A loadable extension of SQLite for tests: a VFS that counts the writes to logs and the syncs of databases, and makes believe that the disk is full, or that what
** lies beside a write is not safe when the power fails. Who loads it has functions to ask and to tell it.
*/
#include <string.h>

#include "sqlite3ext.h"
static SQLITE_EXTENSION_INIT1

typedef struct Extra {
  const sqlite3_io_methods *below;
  sqlite3_io_methods methods;
} Extra;

static sqlite3_vfs *below;
static sqlite3_vfs watched;
static int writes;
static int syncedWrites;
static int databaseSyncs;
static char disk[16];

static Extra *extraOf(sqlite3_file *file) {
  return (Extra *)((char *)file + ((below->szOsFile + 7) & ~7));
}

static int writeLog(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset) {
  writes += 1;
  if (strcmp(disk, "full") == 0) return SQLITE_FULL;
  return extraOf(file)->below->xWrite(file, bytes, amount, offset);
}

static int syncLog(sqlite3_file *file, int flags) {
  syncedWrites = writes;
  return extraOf(file)->below->xSync(file, flags);
}

static int syncDatabase(sqlite3_file *file, int flags) {
  databaseSyncs += 1;
  return extraOf(file)->below->xSync(file, flags);
}

/* SQLite asks it of the database, and pads what it writes to the log to whole sectors then (sqlite.org/psow.html). */
static int characterize(sqlite3_file *file) {
  int characteristics = extraOf(file)->below->xDeviceCharacteristics(file);
  return strcmp(disk, "coarse") == 0 ? characteristics & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE
                                     : characteristics;
}

static int openFile(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags) {
  int rc = below->xOpen(below, name, file, flags, outFlags);
  (void)vfs;
  if (rc == SQLITE_OK && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0) {
    Extra *extra = extraOf(file);
    extra->below = file->pMethods;
    extra->methods = *file->pMethods;
    extra->methods.xDeviceCharacteristics = characterize;
    if ((flags & SQLITE_OPEN_WAL) != 0) {
      extra->methods.xWrite = writeLog;
      extra->methods.xSync = syncLog;
    } else {
      extra->methods.xSync = syncDatabase;
    }
    file->pMethods = &extra->methods;
  }
  return rc;
}

static void count(sqlite3_context *context, int amount, sqlite3_value **values) {
  (void)amount;
  (void)values;
  sqlite3_result_int(context, *(int *)sqlite3_user_data(context));
}

static void setDisk(sqlite3_context *context, int amount, sqlite3_value **values) {
  (void)context;
  (void)amount;
  sqlite3_snprintf(sizeof(disk), disk, "%s", (const char *)sqlite3_value_text(values[0]));
}

int sqlite3_extension_init(sqlite3 *connection, char **error, const sqlite3_api_routines *api) {
  SQLITE_EXTENSION_INIT2(api);
  (void)error;
  sqlite3_create_function(connection, "writes", 0, SQLITE_UTF8, &writes, count, NULL, NULL);
  sqlite3_create_function(connection, "synced_writes", 0, SQLITE_UTF8, &syncedWrites, count, NULL, NULL);
  sqlite3_create_function(connection, "database_syncs", 0, SQLITE_UTF8, &databaseSyncs, count, NULL, NULL);
  sqlite3_create_function(connection, "set_disk", 1, SQLITE_UTF8, NULL, setDisk, NULL, NULL);
  below = sqlite3_vfs_find(NULL);
  watched = *below;
  watched.zName = "watched";
  watched.szOsFile = ((below->szOsFile + 7) & ~7) + (int)sizeof(Extra);
  watched.xOpen = openFile;
  sqlite3_vfs_register(&watched, 1);
  return SQLITE_OK_LOAD_PERMANENTLY;
}
