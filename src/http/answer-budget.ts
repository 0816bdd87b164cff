import { Injectable } from '@nestjs/common';

import { MAX_PAGE_CHARACTERS } from '../odata/protocol/paging.js';
import { serviceBusy } from '../scheduling/overload.js';
import { ByteBudget } from './byte-budget.js';

/** What answers may take while their readers have not taken them, beside the small ones. One is 1 MiB for a page, about 5 for a batch. */
const ANSWER_LIMITS = { perCallerBytes: 16_777_216, inAllBytes: 67_108_864 };

/** Whoever does not read the answers that there are gets no more of the large ones. */
@Injectable()
export class AnswerBudget extends ByteBudget {
  constructor() {
    super(ANSWER_LIMITS);
  }

  /** Throws `ServiceUnavailable` where there is no room for another, before it is made. */
  requireRoom(caller: string): void {
    if (!this.hasRoom(caller, MAX_PAGE_CHARACTERS)) throw serviceBusy();
  }
}
