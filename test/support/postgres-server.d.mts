export interface PostgresOptions {
  /** Whether commits reach the disk: without, they outlive the server, but not the machine. */
  readonly fsync?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** A data folder, made where it is empty; it stays. Without it one is made and taken away. */
  readonly dataDir?: string;
  /** The lines of `pg_hba.conf`; without them whoever connects is trusted. */
  readonly hba?: readonly string[];
  readonly port?: number;
  /** The folder of its programs, where they are not those of the run. */
  readonly programs?: string;
}

export interface PostgresServer {
  /** The database `postgres` as its superuser `postgres`. */
  readonly url: string;
  readonly port: number;
  /** The process that all others of the server come from. */
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  /** Again, with the same data, port and settings. */
  start(): Promise<void>;
  /** Without a mode, `fast`: it ends its sessions. */
  stop(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
  /** All of its processes at once. Linux alone tells which they are. */
  kill9(): Promise<void>;
  restart(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
  /** Stops it, and takes its data away unless the test gave the folder. */
  close(): Promise<void>;
}

export function startPostgres(options?: PostgresOptions): Promise<PostgresServer>;
export function findFreePort(): Promise<number>;
