/** A browser with nothing in it, as whoever opens a page for the first time has it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A page at this address. The browser ends behind the last test of the file. `faults` gathers what
 * the page complains of: throws, and errors on its console.
 */
export async function openPage(url, options = {}) {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no ${CHROMIUM}: run 'apt-get install --no-install-recommends chromium', ` +
        'or set CHROMIUM to the browser that there is.',
    );
  }
  const profile = mkdtempSync(join(tmpdir(), 'user-statuses-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    ...options,
  });
  after(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });

  const [page = await context.newPage()] = context.pages();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}
