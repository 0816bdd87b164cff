/** Where the service, and what it is measured against, keep their rows. */
import { type BaselineName, type Installation } from '../target.js';

export interface SeededCollection {
  configuration: string;
  rows: number;
}

export interface Engine {
  name: EngineName;
  /** What there is to measure the service against. */
  baselines: readonly BaselineName[];
  /** The service as it is deployed, on a database of its own that is empty. */
  installService: () => Promise<Installation>;
  /** The same on a database that has these rows. */
  installSeeded: (name: string, collections: readonly SeededCollection[]) => Promise<Installation>;
  installBaseline: (name: BaselineName) => Promise<Installation>;
  /** Which it is, to be shown beside the machine: names and values. */
  describe: () => Promise<[string, string][]>;
}

export type EngineName = 'sqlite' | 'postgres';
