/**
 * When something was. How long ago that is, the longer of two clocks says: that of the day may be
 * set back, and the steady one stands still while the machine sleeps.
 */
export class Moment {
  private readonly steady = performance.now();
  private readonly day = Date.now();

  elapsedMs(): number {
    return Math.max(performance.now() - this.steady, Date.now() - this.day);
  }
}
