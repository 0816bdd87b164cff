import type { PostgresSettings } from '../../config/postgres-url.js';
import type { Judging, RowLimit, Statement } from '../query.js';

/** What a thread that judges is started with. */
export interface JudgeData {
  settings: PostgresSettings;
}

/** What PostgreSQL selects, and what SQLite makes of it. */
export interface JudgeTask extends Pick<Judging, 'table' | 'parts' | 'skip'> {
  sources: readonly Statement[];
  statements: readonly Statement[];
  limit: RowLimit;
}
