/** The page about a new property, followed to the letter in a copy of the repository. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createSend, type Send } from '../support/client.js';
import { pause } from '../support/faults.js';
import { ROOT, start, startService, type Running } from '../support/run.js';
import { idsIn, refusalOf, seed } from '../support/seed.js';
import { startTestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const PAGE = 'docs/adding-a-property.md';
const SOURCES = ['src', 'ormconfig.ts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** What the page has done to one file. Without an anchor, it is a new one. */
interface Step {
  file: string;
  place: 'above' | 'below' | 'instead of' | undefined;
  anchor: string;
  block: string;
}

const STEPS: readonly Step[] = [
  ...readFileSync(join(ROOT, PAGE), 'utf8').matchAll(
    /^(?:In|The new file) `([^`]+)`(?:, (above|below|instead of) the line `([^`]+)`)?:\n\n```ts\n(.*?)^```$/gms,
  ),
].map(([, file = '', place, anchor = '', block = '']) => {
  return { file, place: place as Step['place'], anchor, block };
});

const [SET, ENTITY, DTO, MIGRATION] = STEPS as [Step, Step, Step, Step];

/** A property, and what is tried with it. */
interface Tried {
  name: string;
  /** What a create that leaves it out stores, and the rows have that were there before. */
  absent: string | number | null;
  /** Two values in their order. */
  first: string | number;
  second: string | number;
  /** The second as `$filter` writes it. */
  literal: string;
  wrong: unknown;
}

const OF_THE_PAGE: Tried = {
  name: 'region',
  absent: null,
  first: 'Nord & "Süd"',
  second: 'Ost',
  literal: "'Ost'",
  wrong: 1,
};

/** One of each other kind, by the same steps. */
const OTHERS: readonly (Tried & { set: string; entity: string; dto: string; sql: string })[] = [
  {
    name: 'retriesCount',
    absent: 0,
    first: 1,
    second: 3,
    literal: '3',
    wrong: '3',
    set: `type: 'integer', edmType: 'Edm.Int32', comparable: 'retriesCount', isNullable: false, defaultValue: 0,`,
    entity: `@Column('integer', { name: 'retries_count' }) retriesCount!: number;`,
    dto: 'retriesCount: number | undefined;',
    sql: '"retries_count" INTEGER NOT NULL DEFAULT 0',
  },
  {
    name: 'attemptsCount',
    absent: null,
    first: -4,
    second: 3,
    literal: '3',
    wrong: 1.5,
    set: `type: 'integer', edmType: 'Edm.Int32', comparable: 'attemptsCount', isNullable: true, defaultValue: null,`,
    entity: `@Column('integer', { name: 'attempts_count', nullable: true }) attemptsCount!: number | null;`,
    dto: 'attemptsCount: number | null | undefined;',
    sql: '"attempts_count" INTEGER',
  },
  {
    name: 'resolvedDateTime',
    absent: null,
    first: '2026-01-02T03:04:05.123456789012+05:30',
    second: '2026-01-03T03:04Z',
    literal: '2026-01-03T03:04:00Z',
    wrong: '2026-01-03',
    set: `type: 'dateTimeOffset', edmType: 'Edm.DateTimeOffset', jsonType: '#DateTimeOffset', comparable: 'resolvedInstant', isNullable: true, defaultValue: null,`,
    entity: `@Column('text', { name: 'resolved_date_time', nullable: true }) resolvedDateTime!: string | null;
  @Column('text', { name: 'resolved_instant', nullable: true }) resolvedInstant!: string | null;`,
    dto: 'resolvedDateTime: string | null | undefined;',
    sql: '"resolved_date_time" TEXT; "resolved_instant" TEXT',
  },
  {
    name: 'previousStatus',
    absent: null,
    first: 'unknown',
    second: 'notAssigned',
    literal: "'notAssigned'",
    wrong: 2,
    set: `type: COMPLIANCE_STATUS, edmType: 'microsoft.graph.complianceStatus', jsonType: '#microsoft.graph.complianceStatus', comparable: 'previousStatus', isNullable: true, defaultValue: null,`,
    entity: `@Column('integer', { name: 'previous_status', nullable: true }) previousStatus!: number | null;`,
    dto: 'previousStatus: ComplianceStatus | null | undefined;',
    sql: '"previous_status" INTEGER',
  },
];

const OF_OTHERS: readonly Step[] = OTHERS.flatMap(({ name, set, entity, dto, sql }) => [
  { ...SET, block: `{ name: '${name}', ${set} isSearchable: false, description: 'Another.' },\n` },
  { ...ENTITY, block: `${entity}\n` },
  { ...DTO, block: `@PropertyOf(USER_STATUS) ${dto}\n` },
  ...sql.split('; ').map((column): Step => {
    const statement = `ALTER TABLE "user_status" ADD COLUMN ${column}`;
    const anchor = 'async up(queryRunner: QueryRunner): Promise<void> {';
    const block = `await queryRunner.query('${statement}');\n`;
    return { file: MIGRATION.file, place: 'below', anchor, block };
  }),
]);

const TRIED: readonly Tried[] = [OF_THE_PAGE, ...OTHERS];

let copy: string;
let dataDir: string;
let compiler: Running;
/** What the compiler said after the first step alone, and after all of them. */
let afterTable: string;
let afterAllSteps: string;
let service: Running & { url: string };
let send: Send;

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'property-'));
  for (const name of SOURCES) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  apply(SET);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];
  compiler = start('node', [tsc, ...options], {}, copy);
  afterTable = await compiled(/Found \d+ errors?\. Watching/);
  for (const step of [...STEPS.slice(1), ...OF_OTHERS]) apply(step);
  afterAllSteps = await compiled(/Found 0 errors\. Watching/);
  compiler.child.kill();

  // The data are those of the service as it was.
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  const before = await startTestApp({ DATA_DIR: dataDir });
  await seed(before, { old: {} });
  await before.stop();
  service = await startService({ DATA_DIR: dataDir }, copy, ['dist/src/main.js']);
  send = createSend(service.url, before.token);
}, 300_000);

afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.finished;
  rmSync(copy, { recursive: true });
  rmSync(dataDir, { recursive: true });
});

function apply({ file, place, anchor, block }: Step): void {
  const path = join(copy, file);
  if (place === undefined) {
    writeFileSync(path, block);
    return;
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.flatMap((line, i) => (line.trim() === anchor ? [i] : []));
  expect([file, anchor, at.length]).toEqual([file, anchor, 1]);
  const start = place === 'below' ? at[0]! + 1 : at[0]!;
  lines.splice(start, place === 'instead of' ? 1 : 0, block.replace(/\n$/, ''));
  writeFileSync(path, lines.join('\n'));
}

/** What the compiler has said when it says this, since it last began; or when it says nothing more for long. */
async function compiled(end: RegExp): Promise<string> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    const said = compiler
      .stdout()
      .split(/Starting .*compilation/)
      .at(-1)!;
    if (end.test(said)) return said;
    await pause(50);
  }
  return compiler.stdout() + compiler.stderr();
}

async function read(id: string): Promise<unknown> {
  return (await send('GET', `${COLLECTION}/${id}`)).body;
}

describe('the page about a new property', () => {
  it('is where ARCHITECTURE.md sends to', () => {
    expect(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).toMatch(
      new RegExp(`^\\| a property +\\| .*\\(${PAGE}\\)`, 'm'),
    );
    expect(STEPS.length).toBe(readFileSync(join(ROOT, PAGE), 'utf8').split('```ts').length - 1);
  });

  it('has the compiler name each class that lacks the property, and no other place', () => {
    const files = [...afterTable.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file]) => file);

    expect(files.sort()).toEqual([DTO.file, ENTITY.file]);
    expect(afterTable.match(/Property 'region' is missing in type/g)).toHaveLength(2);
  });

  it('leaves nothing for the compiler to refuse', () => {
    expect(afterAllSteps).toContain('Found 0 errors.');
  });
});

describe.each(TRIED)(
  'the new property $name',
  ({ name, absent, first, second, literal, wrong }) => {
    const id = `of-${name}`;

    it('has its default where it was not, and where it is left out', async () => {
      const created = await send('POST', COLLECTION, userStatus({ id: `${id}-absent` }));

      expect(await read('old')).toMatchObject({ id: 'old', [name]: absent });
      expect(created).toMatchObject({ status: 201, body: { [name]: absent } });
      expect(await read(`${id}-absent`)).toEqual(created.body);
    });

    it('is stored, patched, replaced and shown', async () => {
      const url = `${COLLECTION}/${id}`;
      const shown = async (method: string, path: string, body: unknown): Promise<unknown> => {
        const answer = await send(method, path, body);
        expect(await read(id)).toEqual(answer.body);
        return (answer.body as Record<string, unknown>)[name];
      };

      expect(await shown('POST', COLLECTION, userStatus({ id, [name]: first }))).toBe(first);
      expect(await shown('PATCH', url, { devicesCount: 1 })).toBe(first);
      expect(await shown('PATCH', url, { [name]: second })).toBe(second);
      expect(await shown('PUT', url, userStatus())).toBe(absent);
      expect(await shown('PUT', url, userStatus({ [name]: second }))).toBe(second);
    });

    it('is filtered, sorted, selected, and has a path', async () => {
      const place = COLLECTION.replace(CONFIGURATION, name);
      await seed({ send }, { one: { [name]: first }, none: {}, two: { [name]: second } }, place);
      const page = async (query: string): Promise<string> =>
        idsIn(await send('GET', `${place}?${query}`));
      const read = async (path: string): Promise<unknown> =>
        (await send('GET', `${place}/${path}`)).body;

      expect(await page(`$filter=${name} eq ${literal}`)).toBe('two');
      expect(await page(`$filter=${name} ge ${literal}&$orderby=${name} desc`)).toBe('two');
      expect(await page(`$orderby=${name}`)).toBe('none one two');
      expect(await page(`$orderby=${name} desc&$top=2`)).toBe('two one');
      expect(await read(`one?$select=${name}`)).toMatchObject({ [name]: first });
      expect(await read(`one/${name}`)).toMatchObject({ value: first });
      expect((await send('GET', `${place}/one/${name}/$value`)).text).toBe(String(first));
    });

    it('takes null where it can be null, and nothing that is wrong', async () => {
      const url = `${COLLECTION}/old`;
      const toNull = await send('PATCH', url, { [name]: null });

      expect(toNull.status).toBe(absent === null ? 200 : 400);
      expect(await read('old')).toMatchObject({ [name]: absent });
      expect(refusalOf(await send('PATCH', url, { [name]: wrong }))).toBe(
        `400 ModelValidationFailure ${name}`,
      );
      expect((await send('GET', `${url}/${name}`)).status).toBe(absent === null ? 204 : 200);
    });

    it('is declared, and no create has to have it', async () => {
      const { text: metadata } = await send('GET', '/v1.0/$metadata?$format=json');
      const { body } = await send('GET', '/openapi.json');
      const { schemas } = (body as { components: { schemas: Record<string, Schema> } }).components;

      expect(metadata).toContain(`"${name}":{`);
      expect(metadata).not.toMatch(new RegExp(`"RequiredProperties":\\[[^\\]]*"${name}"`));
      expect(schemas.createUserStatus!.properties).toHaveProperty(name);
      expect(schemas.createUserStatus!.required).not.toContain(name);
      expect(schemas['microsoft.graph.deviceConfigurationUserStatus']!.properties).toHaveProperty(
        name,
      );
    });
  },
);

interface Schema {
  properties: object;
  required: string[];
}
