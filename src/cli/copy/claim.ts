/** Which data set may be copied over which other. */
import { COPY_MARK, type CopyMark } from '../../database/copy-mark.js';
import type { DataSet, TargetDataSet } from '../../database/data-set.js';

/** A secret of the data set's own, random and as old as itself, tells it from every other. */
const IDENTITY = 'page_token_key';

/**
 * Makes the target a copy that has begun: with the source's secrets, and its mark. Throws, with
 * nothing written, where it holds another data set, or what may be missing in the source.
 */
export async function claim(
  source: DataSet,
  target: TargetDataSet,
  mayOverwrite: boolean,
): Promise<void> {
  const { [COPY_MARK]: sourceMark, ...secrets } = await source.secrets();
  if (sourceMark === 'begun') {
    throw new Error(`${source.place} is itself a copy that is not complete`);
  }
  if (!(await isEmpty(target))) {
    const { [COPY_MARK]: mark, [IDENTITY]: identity } = await target.secrets();
    if (identity !== secrets[IDENTITY]) {
      throw new Error(
        `${target.place} holds another data set than ${source.place}: copy to a database that is ` +
          'empty, or to an earlier copy',
      );
    }
    if (mark === undefined && !mayOverwrite) {
      throw new Error(
        `${target.place} has been served since it was a copy, or never was one: what was written ` +
          'to it would be lost. Where that is meant, say --overwrite',
      );
    }
  }
  await target.replaceSecrets({ ...secrets, [COPY_MARK]: 'begun' satisfies CopyMark });
}

export async function complete(target: TargetDataSet): Promise<void> {
  await target.replaceSecrets({
    ...(await target.secrets()),
    [COPY_MARK]: 'complete' satisfies CopyMark,
  });
}

async function isEmpty({ tables }: DataSet): Promise<boolean> {
  for (const table of tables) if (!(await table.isEmpty())) return false;
  return true;
}
