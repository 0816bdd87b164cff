import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runProgram, type Findings } from '../support/run-program.js';
import { startTlsApp, type TlsApp } from '../support/tls-app.js';
import { PUBLISHED_EXAMPLE } from '../support/user-status.js';

const COUNT = 500;
const STOP_AFTER = 234;
const IDS = Array.from({ length: COUNT }, (_, i) => `user-${String(i).padStart(4, '0')}`);

let tls: TlsApp;
let seen: Findings;

beforeAll(async () => {
  tls = await startTlsApp();
  seen = await runProgram('graph-pages', {
    ...tls.env,
    COLLECTION: '/deviceManagement/deviceConfigurations/a&b=c/rootCertificate/userStatuses',
    EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
    COUNT: String(COUNT),
    STOP_AFTER: String(STOP_AFTER),
    FOR_SOME: 'R&D = 100% + more',
  });
});

afterAll(async () => {
  await tls.close();
});

describe("the unmodified graph-client's PageIterator, over TLS", () => {
  it.each([
    ['all', IDS],
    ['byTop', IDS],
    ['byPreference', IDS],
    ['backwards', IDS.toReversed()],
    ['filtered', IDS.filter((_, i) => i % 10 === 0)],
  ])('meets every id exactly once, in order: %s', (name, ids) => {
    expect(seen[name]).toEqual({ ids, isComplete: true });
  });

  it('resumes where it was stopped', () => {
    expect(seen.stopped).toEqual({
      stopped: { after: STOP_AFTER, isComplete: false },
      ids: IDS,
      isComplete: true,
    });
  });
});
