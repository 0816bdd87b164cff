import { readFileSync } from 'node:fs';

import autocannon, { type Request } from 'autocannon';

import { type Load, type LoadResult } from './load.js';
import { createBody, updateBody } from './user-status-bodies.js';

const TIMEOUT_SECONDS = 20;
const TRIAL_SECONDS = 1;
const BATCH_REQUESTS = 20;

/** No run repeats a body of another. */
let made = 0;

/**
 * autocannon cuts what is not answered when its time is over, so that stored rows could not be compared with answers. So a short trial
 * says how many requests fill the time, and these are counted. Of creates the trial makes rows too.
 */
export async function loadByAutocannon(load: Load): Promise<Omit<LoadResult, 'perSecond'>> {
  const { target, connections, seconds } = load;
  const options = {
    url: target.url,
    connections,
    timeout: TIMEOUT_SECONDS,
    requests: [toRequest(load)],
  };
  const trial = await autocannon({ ...options, duration: TRIAL_SECONDS });
  await load.onTrialDone?.();
  const amount = Math.max(connections, Math.round((trial['2xx'] / trial.duration) * seconds));
  const result = await autocannon({ ...options, amount });
  return {
    answers: result['2xx'] + result.non2xx,
    failed: result.non2xx,
    broken: result.errors,
    seconds: result.duration,
    meanMs: result.latency.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

function toRequest({ target, kind, path, collections = 1, keysFile }: Load): Request {
  const keys = keysFile === undefined ? [] : readFileSync(keysFile, 'utf8').trim().split('\n');
  const headers = {
    'Content-Type': 'application/json',
    ...(target.token !== undefined && { Authorization: `Bearer ${target.token}` }),
  };

  function collectionPath(): string {
    const number = Math.floor(Math.random() * collections);
    return path.replace('{n}', String(number).padStart(4, '0'));
  }

  function key(): string {
    return keys[Math.floor(Math.random() * keys.length)]!;
  }

  function body(): string {
    made += 1;
    return createBody(target.firstMember, made);
  }

  function report(): string {
    made += 1;
    return updateBody(made);
  }

  function batch(): string {
    const items = Array.from({ length: BATCH_REQUESTS }, (_, index) => {
      const url = collectionPath();
      return `{"id":"${index + 1}","method":"POST","url":"${url}","headers":{"Content-Type":"application/json"},"body":${body()}}`;
    });
    return `{"requests":[${items.join(',')}]}`;
  }

  function next(): Request {
    switch (kind) {
      case 'create':
        return { method: 'POST', path: collectionPath(), body: body() };
      case 'batch':
        return { method: 'POST', path: '/v1.0/$batch', body: batch() };
      case 'list':
        return { method: 'GET', path: `${collectionPath()}?$top=100` };
      case 'get':
        return { method: 'GET', path: key() };
      case 'update':
        return { method: 'PATCH', path: key(), body: report() };
    }
  }

  return { headers, setupRequest: (request) => ({ ...request, ...next() }) };
}
