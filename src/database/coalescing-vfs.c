/*
** A loadable extension of SQLite: a VFS that brings a transaction to the write-ahead log in few large writes. SQLite makes two for every
** page, one of them for the 24 bytes of the frame's header (sqlite.org/fileformat2.html#walformat). All else is left to the VFS that
** was the default before.
**
** What waits is written in the order in which it came, and before anything else is done to the log. Only frames of a transaction that
** holds the lock for writing and has not ended wait: the write that brings its last page brings all. The sync, and the index of the
** log by which others find the frames, come later still. Where the lock is not asked for, as with locking_mode=EXCLUSIVE, nothing waits.
*/
#include <string.h>

#include "sqlite3ext.h"
/* Static, because SQLite loads extensions with their names global (RTLD_GLOBAL), and all of them have this one. */
static SQLITE_EXTENSION_INIT1

/* The VFS of Unix writes no more at once (SQLite, os_unix.c, seekAndWriteFd). The largest frame has half of it. */
#define BUFFER_BYTES 0x1ffff

/* A sync of so much takes little longer than a transaction's. */
#define SYNC_BYTES (1024 * 1024)

#define FRAME_HEADER_BYTES 24

/* Held by who writes to the log (sqlite.org/walformat.html#the_wal_index_file_format). */
#define WRITE_LOCK 0

/* What stands behind each file of the VFS below, in the memory that SQLite keeps for it. */
typedef struct Extra {
  const sqlite3_io_methods *below;
  sqlite3_io_methods methods; /* those below, with some of ours in their place */
  sqlite3_file *other;        /* of a database its log, of a log its database */
  int mayWait;                /* of a log: whether what comes belongs to a transaction that has not ended */
  sqlite3_int64 offset;       /* where what waits belongs */
  int length;                 /* how much waits; of a database how much was written since it was synced */
  unsigned char *buffer;      /* made for the first write */
} Extra;

static sqlite3_vfs *below;
static sqlite3_vfs coalescing;

static int roundUp(int bytes) { return (bytes + 7) & ~7; }

static Extra *extraOf(sqlite3_file *file) {
  return (Extra *)((char *)file + roundUp(below->szOsFile));
}

/*
** What cannot be written still waits: SQLite was told that it is taken, and may go on with the transaction. The end of it either
** brings all, or fails.
*/
static int flush(sqlite3_file *file) {
  Extra *log = extraOf(file);
  int rc = log->length == 0 ? SQLITE_OK
                            : log->below->xWrite(file, log->buffer, log->length, log->offset);
  if (rc == SQLITE_OK) log->length = 0;
  return rc;
}

/* Only the last frame of a transaction tells the size of the database; its page comes next. */
static int isLastHeader(const unsigned char *bytes, int amount) {
  return amount == FRAME_HEADER_BYTES && (bytes[4] | bytes[5] | bytes[6] | bytes[7]) != 0;
}

static int writeLog(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset) {
  Extra *log = extraOf(file);
  int waits = log->mayWait;
  int rc = SQLITE_OK;
  /* What comes behind the last page, as SQLite's padding, is none of the transaction's and does not wait. */
  if (isLastHeader(bytes, amount)) log->mayWait = 0;
  if (log->buffer == NULL) log->buffer = sqlite3_malloc(BUFFER_BYTES);
  if (offset != log->offset + log->length || amount > BUFFER_BYTES - log->length) {
    rc = flush(file);
    if (rc != SQLITE_OK) return rc;
    log->offset = offset;
  }
  if (log->buffer == NULL || amount > BUFFER_BYTES || (log->length == 0 && !waits)) {
    return log->below->xWrite(file, bytes, amount, offset);
  }
  memcpy(log->buffer + log->length, bytes, amount);
  log->length += amount;
  if (!waits) rc = flush(file);
  if (rc != SQLITE_OK) log->length -= amount;
  return rc;
}

/* Whatever else is read does not have to wait for the disk, so that a transaction can be undone where that is full. */
static int readLog(sqlite3_file *file, void *bytes, int amount, sqlite3_int64 offset) {
  Extra *log = extraOf(file);
  int isApart = offset + amount <= log->offset || log->offset + log->length <= offset;
  int rc = isApart ? SQLITE_OK : flush(file);
  return rc == SQLITE_OK ? log->below->xRead(file, bytes, amount, offset) : rc;
}

static int truncateLog(sqlite3_file *file, sqlite3_int64 size) {
  int rc = flush(file);
  return rc == SQLITE_OK ? extraOf(file)->below->xTruncate(file, size) : rc;
}

static int syncLog(sqlite3_file *file, int flags) {
  int rc = flush(file);
  return rc == SQLITE_OK ? extraOf(file)->below->xSync(file, flags) : rc;
}

static int sizeOfLog(sqlite3_file *file, sqlite3_int64 *size) {
  int rc = flush(file);
  return rc == SQLITE_OK ? extraOf(file)->below->xFileSize(file, size) : rc;
}

/* SQLite closes the log before its database. */
static int closeLog(sqlite3_file *file) {
  Extra *log = extraOf(file);
  extraOf(log->other)->other = NULL;
  sqlite3_free(log->buffer);
  return log->below->xClose(file);
}

/* What waits when the lock is given back is of a transaction that did not end: the next one, of whichever process, writes to its place. */
static int lockDatabase(sqlite3_file *file, int first, int count, int flags) {
  Extra *database = extraOf(file);
  int isWriter = first == WRITE_LOCK && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  Extra *log = isWriter && database->other != NULL ? extraOf(database->other) : NULL;
  int rc;
  if (log != NULL) log->mayWait = log->length = 0;
  rc = database->below->xShmLock(file, first, count, flags);
  if (log != NULL && rc == SQLITE_OK) log->mayWait = (flags & SQLITE_SHM_LOCK) != 0;
  return rc;
}

/* Checkpoints write here, and the sync of a log waits for what the disk was given before. So that is never much at once. */
static int writeDatabase(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset) {
  Extra *database = extraOf(file);
  int rc = database->below->xWrite(file, bytes, amount, offset);
  if (rc != SQLITE_OK) return rc;
  database->length += amount;
  if (database->length < SYNC_BYTES) return SQLITE_OK;
  database->length = 0;
  return database->below->xSync(file, SQLITE_SYNC_NORMAL);
}

/* PRAGMA sync_database brings to the disk what checkpoints have copied so far. SQLite itself syncs when all is copied, and writers wait. */
static int controlDatabase(sqlite3_file *file, int operation, void *argument) {
  const sqlite3_io_methods *methods = extraOf(file)->below;
  char **pragma = argument;
  if (operation == SQLITE_FCNTL_PRAGMA && sqlite3_stricmp(pragma[1], "sync_database") == 0) {
    return methods->xSync(file, SQLITE_SYNC_NORMAL);
  }
  return methods->xFileControl(file, operation, argument);
}

static Extra *extend(sqlite3_file *file) {
  Extra *extra = extraOf(file);
  memset(extra, 0, sizeof(Extra));
  extra->below = file->pMethods;
  extra->methods = *file->pMethods;
  file->pMethods = &extra->methods;
  return extra;
}

static int openFile(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags) {
  int rc = below->xOpen(below, name, file, flags, outFlags);
  (void)vfs;
  if (rc != SQLITE_OK) return rc;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    Extra *database = extend(file);
    database->methods.xWrite = writeDatabase;
    database->methods.xShmLock = lockDatabase;
    database->methods.xFileControl = controlDatabase;
  }
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    Extra *log = extend(file);
    log->other = sqlite3_database_file_object(name);
    log->methods.xWrite = writeLog;
    log->methods.xRead = readLog;
    log->methods.xTruncate = truncateLog;
    log->methods.xSync = syncLog;
    log->methods.xFileSize = sizeOfLog;
    log->methods.xClose = closeLog;
    extraOf(log->other)->other = file;
  }
  return rc;
}

int sqlite3_extension_init(sqlite3 *connection, char **error, const sqlite3_api_routines *api) {
  (void)connection;
  (void)error;
  /* Of two libraries of SQLite in one process, each has an allocator and a list of VFSs of its own. */
  if (sqlite3_api != NULL && sqlite3_api != api) return SQLITE_ERROR;
  SQLITE_EXTENSION_INIT2(api);
  /* Two threads that load it at once; the second must not find the VFS of the first below its own. */
  sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS2);
  int rc = SQLITE_OK;
  sqlite3_mutex_enter(mutex);
  if (below == NULL) {
    below = sqlite3_vfs_find(NULL);
    coalescing = *below;
    coalescing.zName = "coalescing";
    coalescing.szOsFile = roundUp(below->szOsFile) + (int)sizeof(Extra);
    coalescing.xOpen = openFile;
    rc = sqlite3_vfs_register(&coalescing, 1);
  }
  sqlite3_mutex_leave(mutex);
  return rc == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : rc;
}
