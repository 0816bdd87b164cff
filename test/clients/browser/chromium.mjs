/** A browser with nothing in it, as whoever opens a page for the first time has it. */
import { existsSync } from 'node:fs';
import { after } from 'node:test';

import { chromium } from 'playwright-core';

import { newFolder } from '../support/new-folder.mjs';

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
  const profile = newFolder('chromium');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    ...options,
  });
  after(() => context.close());

  const [page = await context.newPage()] = context.pages();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}
