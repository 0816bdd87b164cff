/** The most that one group takes: the next is not held up for long by it. */
const MAX_ITEMS_PER_GROUP = 1000;

interface Waiting<Item, Outcome> {
  item: Item;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

export interface GroupWork<Item, Outcome> {
  /** How many groups may be under way at once: as many as there are connections for them. */
  groups: number;
  /**
   * Begins a group. What it returns is asked, for all that wait and in their order, whether they
   * belong to it.
   */
  begin: () => (item: Item) => boolean;
  /** Does a group in one go, and says how each of it fared. */
  run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
}

/**
 * What is asked for in one turn of the event loop is done in one go, and while as many groups are
 * under way as may be, the next gathers by itself. What is asked for alone is not held back.
 */
export class TurnGroups<Item, Outcome> {
  private waiting: Waiting<Item, Outcome>[] = [];
  private isScheduled = false;
  private underWay = 0;

  constructor(private readonly work: GroupWork<Item, Outcome>) {}

  get length(): number {
    return this.waiting.length;
  }

  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.start();
    });
  }

  private start(): void {
    while (this.underWay < this.work.groups) {
      const group = this.take();
      if (group.length === 0) return;
      void this.run(group);
    }
  }

  private take(): Waiting<Item, Outcome>[] {
    const belongs = this.work.begin();
    const group: Waiting<Item, Outcome>[] = [];
    const left: Waiting<Item, Outcome>[] = [];
    for (const each of this.waiting) {
      const isTaken = group.length < MAX_ITEMS_PER_GROUP && belongs(each.item);
      (isTaken ? group : left).push(each);
    }
    this.waiting = left;
    return group;
  }

  private async run(group: readonly Waiting<Item, Outcome>[]): Promise<void> {
    this.underWay += 1;
    try {
      const outcomes = await this.work.run(group.map(({ item }) => item));
      group.forEach(({ resolve }, i) => {
        resolve(outcomes[i]!);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.underWay -= 1;
    this.schedule();
  }
}
