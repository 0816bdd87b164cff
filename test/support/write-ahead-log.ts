import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** How many transactions a write-ahead log holds: a frame that ends one says how large the database is then (sqlite.org/fileformat2.html#walformat). */
export function countCommits(databaseFile: string): number {
  const log = readFileSync(`${databaseFile}-wal`);
  const pageBytes = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER_BYTES; at < log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    // Frames of the time before the last reset have another salt.
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

/** How often a write-ahead log has begun anew: its header counts (sqlite.org/fileformat2.html#walformat). */
export function readSequence(databaseFile: string): number {
  const header = Buffer.alloc(HEADER_BYTES);
  const log = openSync(`${databaseFile}-wal`, 'r');
  readSync(log, header);
  closeSync(log);
  return header.readUInt32BE(12);
}
