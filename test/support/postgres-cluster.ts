/** A primary of PostgreSQL and its standbys, each a server of its own. */
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pause } from './faults.js';
import { query, startPostgres, type PostgresServer } from './postgres.js';

const DATABASE = 'user_statuses';
const NAMES = ['n0', 'n1', 'n2'] as const;

const SETTINGS = {
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '200ms',
  max_wal_senders: '8',
};

export interface ClusterOptions {
  /** 1 or 2. */
  standbys: number;
  /** Whether a commit waits until one of the standbys has it. */
  isSynchronous: boolean;
}

interface Node extends PostgresServer {
  name: string;
}

export class PostgresCluster {
  private readonly killed = new Set<Node>();

  private constructor(
    private readonly folder: string,
    private readonly nodes: readonly Node[],
    private primary: Node,
  ) {}

  /** Resolves when every standby streams. */
  static async start({ standbys, isSynchronous }: ClusterOptions): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'user-statuses-cluster-'));
    // The servers may run as another user.
    chmodSync(folder, 0o711);
    const [first, ...others] = NAMES.slice(0, standbys + 1);
    // As they are where nothing may be lost: with fsync.
    const options = (name: string) => ({
      dataDir: join(folder, name),
      settings: SETTINGS,
      fsync: true,
    });
    const primary = Object.assign(await startPostgres(options(first!)), { name: first! });
    await query(primary.url, `CREATE DATABASE ${DATABASE}`);
    await primary.stop();
    for (const name of others) copyAsStandby(primary, join(folder, name));
    await primary.start();
    const nodes: Node[] = [primary];
    for (const name of others) {
      nodes.push(Object.assign(await startPostgres(options(name)), { name }));
    }
    const cluster = new PostgresCluster(folder, nodes, primary);
    await cluster.follow(primary, nodes.slice(1), isSynchronous);
    return cluster;
  }

  /** Names all of its servers. */
  get url(): string {
    const hosts = this.nodes.map(({ port }) => `127.0.0.1:${String(port)}`).join(',');
    return `postgres://postgres@${hosts}/${DATABASE}?target_session_attrs=read-write`;
  }

  /** A statement on the primary. */
  query(text: string): Promise<Record<string, unknown>[]> {
    return query(databaseOf(this.primary), text);
  }

  /** The processes of the primary, all at once. */
  async killPrimary(): Promise<void> {
    this.killed.add(this.primary);
    await this.primary.kill9();
  }

  /** From now on no standby is told anything. */
  async stopReceivers(): Promise<void> {
    await Promise.all(this.standbys.map((standby) => receiveFrom(standby, undefined)));
    for (const standby of this.standbys) {
      while ((await query(standby.url, 'SELECT 1 FROM pg_stat_wal_receiver')).length > 0) {
        await pause(10);
      }
    }
  }

  /** The standby that has the most becomes the primary, and the others follow it. */
  async promote(): Promise<void> {
    const { standbys } = this;
    const received = await Promise.all(standbys.map(receivedBytes));
    const most = received.reduce((one, other) => (other > one ? other : one));
    const next = standbys[received.indexOf(most)]!;
    await query(next.url, 'SELECT pg_promote(true)');
    this.primary = next;
    const rest = standbys.filter((standby) => standby !== next);
    await this.follow(next, rest, rest.length > 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    rmSync(this.folder, { recursive: true });
  }

  private get standbys(): Node[] {
    return this.nodes.filter((node) => node !== this.primary && !this.killed.has(node));
  }

  private async follow(
    primary: Node,
    standbys: readonly Node[],
    isSynchronous: boolean,
  ): Promise<void> {
    const names = isSynchronous ? `ANY 1 (${standbys.map(({ name }) => name).join(', ')})` : '';
    await Promise.all(standbys.map((standby) => receiveFrom(standby, primary)));
    await set(primary, 'synchronous_standby_names', names);
    const streaming = `SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`;
    while ((await query(primary.url, streaming)).length < standbys.length) await pause(10);
  }
}

/** Of a primary that is stopped: what both have of the past is the same. */
function copyAsStandby(primary: PostgresServer, dataDir: string): void {
  cpSync(primary.dataDir, dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'standby.signal'), '');
  writeFileSync(join(dataDir, 'postgresql.auto.conf'), '');
  writeFileSync(join(dataDir, 'server.log'), '');
}

async function receiveFrom(standby: Node, primary: PostgresServer | undefined): Promise<void> {
  const conninfo =
    primary === undefined
      ? ''
      : `host=127.0.0.1 port=${String(primary.port)} user=postgres application_name=${standby.name}`;
  await set(standby, 'primary_conninfo', conninfo);
}

async function set({ url }: PostgresServer, setting: string, value: string): Promise<void> {
  await query(url, `ALTER SYSTEM SET ${setting} = '${value}'`);
  await query(url, 'SELECT pg_reload_conf()');
}

async function receivedBytes({ url }: PostgresServer): Promise<bigint> {
  const [row] = await query(
    url,
    `SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::text AS bytes`,
  );
  return BigInt(row!.bytes as string);
}

function databaseOf({ url }: PostgresServer): string {
  return url.replace(/postgres$/, DATABASE);
}
