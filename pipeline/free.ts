import { MessageChannel } from 'node:worker_threads';

/** What is posted here arrives nowhere: buffers handed over with it are gone. */
const { port1: nowhere, port2: end } = new MessageChannel();
nowhere.close();
end.close();

/**
 * Gives a buffer's memory back at once, and not when the garbage collector comes by; views of it are empty from here on.
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
  nowhere.postMessage(null, [buffer]);
}
