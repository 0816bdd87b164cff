import type { Logger } from '@nestjs/common';

import { Moment } from './moment.js';

const INTERVAL_MS = 60_000;
const MAX_IN_INTERVAL = 16;

/** Warnings whose cause may come with every token: each is told once a minute, and not many are. */
export class RareWarnings {
  private readonly told = new Map<string, Moment>();

  constructor(private readonly logger: Logger) {}

  tell(message: string): void {
    for (const [earlier, at] of this.told) {
      if (at.elapsedMs() >= INTERVAL_MS) this.told.delete(earlier);
    }
    if (this.told.has(message) || this.told.size >= MAX_IN_INTERVAL) return;
    this.told.set(message, new Moment());
    this.logger.warn(message);
  }
}
