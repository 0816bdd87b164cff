import type { FastifyRequest } from 'fastify';

/** Who has a share: the caller, or else whoever shares the address. */
export function payerOf({ caller, raw }: FastifyRequest): string {
  return caller?.id ?? `address ${raw.socket.peer!.address.text}`;
}

/** How many bytes may be held at once: for one caller, and for all of them. */
export interface ByteLimits {
  perCallerBytes: number;
  inAllBytes: number;
}

/** Bytes that are held on behalf of callers, until they are given back. */
export class ByteBudget {
  private inAll = 0;
  private readonly byCaller = new Map<string, number>();

  constructor(private readonly limits: ByteLimits) {}

  hold(caller: string): Holding {
    return new Holding(this, caller);
  }

  /** Whether so many more fit. */
  hasRoom(caller: string, bytes: number): boolean {
    const { perCallerBytes, inAllBytes } = this.limits;
    return this.inAll + bytes <= inAllBytes && this.heldBy(caller) + bytes <= perCallerBytes;
  }

  add(caller: string, bytes: number): void {
    this.inAll += bytes;
    const held = this.heldBy(caller) + bytes;
    // Who holds nothing is forgotten, or whoever makes up callers would fill the memory.
    if (held === 0) this.byCaller.delete(caller);
    else this.byCaller.set(caller, held);
  }

  private heldBy(caller: string): number {
    return this.byCaller.get(caller) ?? 0;
  }
}

/** What one request holds. It grows, and is given back whole. */
export class Holding {
  private bytes = 0;

  constructor(
    private readonly budget: ByteBudget,
    private readonly caller: string,
  ) {}

  /** Takes so many more, whether they fit or not. */
  take(bytes: number): void {
    this.bytes += bytes;
    this.budget.add(this.caller, bytes);
  }

  /** Takes so many more where they fit. */
  tryTake(bytes: number): boolean {
    if (!this.budget.hasRoom(this.caller, bytes)) return false;
    this.take(bytes);
    return true;
  }

  giveBack(): void {
    this.budget.add(this.caller, -this.bytes);
    this.bytes = 0;
  }
}
