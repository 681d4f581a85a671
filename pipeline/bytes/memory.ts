import { MessageChannel } from 'node:worker_threads';

/** Freed buffers kept of one length: the one to be filled while others are under way. */
const MOST_OF_A_LENGTH = 2;
/** Lengths of which freed buffers are kept, the last ones asked for: batches of training and of an evaluation, some sizes of reads. */
const MOST_LENGTHS = 8;
const kept = new Map<number, ArrayBuffer[]>();

/** What is posted here arrives nowhere: buffers handed over with it are gone. */
const { port1: nowhere, port2: end } = new MessageChannel();
nowhere.close();
end.close();

/**
 * Memory for something large whose every byte will be written: what lies in it is whatever did before.
 *
 * In plain words: one freed before, of the same length, if there is one. Megabytes fresh from the system cost more than what is
 * copied into them: a page of 4 KB at a time they are found, cleared and taken back.
 */
export function allocate(bytes: number): ArrayBuffer {
  const own = kept.get(bytes) ?? [];
  kept.delete(bytes);
  kept.set(bytes, own);
  for (const [length, unused] of kept) {
    if (kept.size <= MOST_LENGTHS) break;
    kept.delete(length);
    nowhere.postMessage(null, unused);
  }
  return own.pop() ?? unset(bytes);
}

/** A new buffer that nobody has set to zero. */
export function unset(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
}

/**
 * Gives a buffer's memory back at once, to the next batch of the same length or to the system, and not when the garbage
 * collector comes by; views of it are empty from here on.
 *
 * In plain words: megabytes that come and go by the thousand are the collector's alarm although it has nothing to do with them. Whoever
 * uses batches up at some hundred megabytes a second frees each when he has looked at it: a sink of his own, a step that has its pixels
 * in a tensor. After a process has been idle for some seconds V8 collects at so little that it costs a third of two processors.
 *
 * @example
 * const pixels = new Uint8Array(128 * 112 * 112 * 3);
 * free(pixels.buffer);
 * pixels.length; // 0
 */
export function free(buffer: ArrayBuffer): void {
  const own = kept.get(buffer.byteLength);
  if (own === undefined || own.length === MOST_OF_A_LENGTH) nowhere.postMessage(null, [buffer]);
  else own.push(structuredClone(buffer, { transfer: [buffer] }));
}
