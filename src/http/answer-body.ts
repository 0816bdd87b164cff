import { Readable } from 'node:stream';

/**
 * How much of an answer is given to its connection at a time, and what counts as a small answer. It
 * is what one who reads slowly makes the kernel's side and ours hold beside the answer itself, and
 * what progress is measured in.
 */
export const SLICE_BYTES = 65_536;

/** A body that is not small, slice by slice, as the reader takes it. */
export function toSlices(body: Buffer): Readable {
  let sent = 0;
  return new Readable({
    read() {
      this.push(sent < body.length ? body.subarray(sent, (sent += SLICE_BYTES)) : null);
    },
  });
}
