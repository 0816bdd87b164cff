/** What a service has acknowledged to those who write to it, and so has to have for ever. */
import { COMPLIANCE_STATUSES } from '../../../src/user-statuses/model/compliance-status.js';

/** The step of an entity that there is not, or no more. */
export const ABSENT = 0;

/** An entity that one writer alone makes, changes step by step, and deletes. */
export class Entity {
  /** The steps that it may be at: one, unless the outcome of a write is not known. */
  steps: ReadonlySet<number> = new Set([ABSENT]);
  /** Of the step that it is at, where the writer was told. */
  entityTag: string | undefined;
  /** Whether a create of it may still be on its way: it could come again behind a delete. */
  isDoubtful = false;
  private latest = ABSENT;

  constructor(
    readonly collection: string,
    readonly id: string,
    /** What its content is made of. */
    readonly name = id,
  ) {}

  get path(): string {
    return `${this.collection}/${this.id}`;
  }

  next(): number {
    this.latest += 1;
    return this.latest;
  }

  acknowledge(step: number, entityTag?: string): void {
    this.steps = new Set([step]);
    this.entityTag = entityTag;
  }

  /** It may have come to be at this step, and may not. */
  doubt(step: number): void {
    this.steps = new Set([...this.steps, step]);
    this.entityTag = undefined;
  }
}

/** What a change set makes of an entity. */
export interface Member {
  entity: Entity;
  before: number;
  after: number;
}

export class Ledger {
  readonly entities: Entity[] = [];
  /** Change sets that nobody knows the outcome of. */
  readonly unsettled: Member[][] = [];
  /** Creates without an id that nobody knows the outcome of: each may be there once. */
  readonly anonymous = new Set<string>();
  /** Answers that no service should give. */
  readonly faults: string[] = [];
  acknowledged = 0;

  entity(collection: string, id: string, name?: string): Entity {
    const entity = new Entity(collection, id, name);
    this.entities.push(entity);
    return entity;
  }
}

/** All of it changes with the step: what is half of one step and half of another is seen. */
export function contentOf(name: string, step: number) {
  return {
    userDisplayName: `${name} ${String(step)}`,
    userPrincipalName: `${name}@contoso.example`,
    devicesCount: step,
    status: COMPLIANCE_STATUSES[step % COMPLIANCE_STATUSES.length]!,
    lastReportedDateTime: `2026-01-01T00:00:00.${String(step).padStart(3, '0')}Z`,
  };
}
