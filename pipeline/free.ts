import { MessageChannel } from 'node:worker_threads';

/** What is posted here arrives nowhere: buffers handed over with it are gone. */
const { port1: nowhere, port2: end } = new MessageChannel();
nowhere.close();
end.close();

/**
 * Gives a buffer's memory back at once, and not when the garbage collector comes by; views of it are empty from here on.
 *
 * In plain words: megabytes that come and go by the thousand are the collector's alarm although it has nothing to do with them.
 */
export function free(buffer: ArrayBuffer): void {
  nowhere.postMessage(null, [buffer]);
}
