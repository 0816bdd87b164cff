/**
 * What a number of rows asks of the database and of the service, from what one row costs. An estimate: each assumption is
 * a constant here, and a line of docs/scaling.md.
 */

/** Of one row or one report, as `measures/costs.ts` measures them. */
export interface Costs {
  tableBytes: number;
  indexBytes: number;
  /** Indexes, the key's with them: a report makes an entry in each. */
  indexes: number;
  logBytes: number;
  serviceMicroseconds: number;
  databaseMicroseconds: number;
}

export interface Fleet {
  rows: number;
  /** How often the status of each is reported anew in a day. */
  reportsADay: number;
}

const DAY_SECONDS = 86_400;
const PAGE_BYTES = 8192;

/** A working day has hours in which four times as much is reported as on average. */
const PEAK = 4;

/** Of a processor, so that peaks find room. */
const PROCESSOR_USE = 0.6;

/** A primary and two standbys, one of which has each commit. */
const COPIES = 3;
const LEAST_REPLICAS = 2;

/** Rows are changed by new versions: the part of them that may be dead before a partition is vacuumed. */
const DEAD_ROWS = 0.05;

/** A checkpoint begins when two thirds of `max_wal_size` are full. */
const LOG_ROOM = 1.5;

/** Between checkpoints; after each, the first change of a page logs the page. */
const CHECKPOINT_SECONDS = 1800;

/** What `wal_compression` leaves of a page; without it, 0.77 are left. */
const COMPRESSED = 0.4;

/** A report ends one version of its row; many new ones share a page. */
const TABLE_PAGES_OF_REPORT = 1;

/** One partition, so that its indexes are vacuumed and rebuilt in minutes. */
const PARTITION_BYTES = 8e9;

/** One server, so that its indexes fit into memory that can be had, and a copy is made within an hour. */
const SERVER_BYTES = 150e9;

export interface Sizing {
  tableBytes: number;
  indexBytes: number;
  allCopiesBytes: number;
  reportsPerSecond: number;
  peakReportsPerSecond: number;
  databaseProcessors: number;
  serviceProcessors: number;
  replicas: number;
  /** At the peak, images of whole pages included. */
  logBytesPerSecond: number;
  logBytesPerDay: number;
  /** Pages that change between two checkpoints, and the log that may lie between them. */
  dirtyBytes: number;
  maxLogBytes: number;
  /** Pages that are read from the disk in a second at the peak, where half or a tenth of the pages is in memory. */
  readsPerSecond: { half: number; tenth: number };
  partitions: number;
  servers: number;
  /** How often each partition is vacuumed in a day, and what is read for all of them, on average. */
  vacuumsPerDay: number;
  vacuumedBytesPerSecond: number;
}

export function toSizing({ rows, reportsADay }: Fleet, costs: Costs): Sizing {
  const tableBytes = rows * costs.tableBytes * (1 + DEAD_ROWS);
  const indexBytes = rows * costs.indexBytes * (1 + DEAD_ROWS);
  const bytes = tableBytes + indexBytes;
  const reportsPerSecond = (rows * reportsADay) / DAY_SECONDS;
  const peak = reportsPerSecond * PEAK;
  const log = (rate: number) =>
    rate * costs.logBytes +
    (touchedPages(rate, tableBytes, indexBytes, costs.indexes) * PAGE_BYTES * COMPRESSED) /
      CHECKPOINT_SECONDS;
  const pagesOfReport = TABLE_PAGES_OF_REPORT + costs.indexes;
  const vacuumsPerDay = reportsADay / DEAD_ROWS;
  const serviceProcessors = (peak * costs.serviceMicroseconds) / 1e6 / PROCESSOR_USE;
  return {
    tableBytes,
    indexBytes,
    allCopiesBytes: bytes * COPIES,
    reportsPerSecond,
    peakReportsPerSecond: peak,
    databaseProcessors: (peak * costs.databaseMicroseconds) / 1e6 / PROCESSOR_USE,
    serviceProcessors,
    replicas: Math.max(LEAST_REPLICAS, Math.ceil(serviceProcessors)),
    logBytesPerSecond: log(peak),
    logBytesPerDay: log(reportsPerSecond) * DAY_SECONDS,
    dirtyBytes: touchedPages(peak, tableBytes, indexBytes, costs.indexes) * PAGE_BYTES,
    maxLogBytes: log(peak) * CHECKPOINT_SECONDS * LOG_ROOM,
    readsPerSecond: { half: peak * pagesOfReport * 0.5, tenth: peak * pagesOfReport * 0.9 },
    partitions: 2 ** Math.max(0, Math.ceil(Math.log2(bytes / PARTITION_BYTES))),
    servers: Math.ceil(bytes / SERVER_BYTES),
    vacuumsPerDay,
    // Indexes are read whole; of the table, what has dead rows, which is nearly all of it.
    vacuumedBytesPerSecond: (vacuumsPerDay * bytes) / DAY_SECONDS,
  };
}

/** How many different pages the reports between two checkpoints come to: each comes to pages at random. */
function touchedPages(
  perSecond: number,
  tableBytes: number,
  indexBytes: number,
  indexes: number,
): number {
  const reports = perSecond * CHECKPOINT_SECONDS;
  const distinct = (bytes: number, touches: number): number => {
    const pages = bytes / PAGE_BYTES;
    return pages * (1 - Math.exp(-touches / pages));
  };
  return (
    distinct(tableBytes, reports * TABLE_PAGES_OF_REPORT) + distinct(indexBytes, reports * indexes)
  );
}
