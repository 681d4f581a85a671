import { parentPort, workerData } from 'node:worker_threads';
import { RxfaceError } from './errors.ts';
import { loadWork } from './loadWork.ts';
import { parcel } from './parcel.ts';
import type { Result, Work } from './work.ts';

/** What the main thread sends: a chunk. */
export interface Order {
  ticket: number;
  items: unknown[];
}
/** What a thread sends back: ready, or what became of a chunk. */
export type Answer =
  | { kind: 'ready' }
  | { kind: 'results'; ticket: number; results: Result<unknown>[] }
  | { kind: 'failed'; ticket: number | undefined; error: Failure };
/** An error as it crosses: its class is lost on the way, its fields are not. */
export interface Failure {
  name: string;
  message: string;
  stack: string | undefined;
  fields: Record<string, unknown>;
}

export interface ThreadData {
  module: string;
  options: Record<string, unknown>;
  stage: string;
  seed: number;
}

const { module, options, stage, seed } = workerData as ThreadData;
const port = parentPort!;

function failed(ticket: number | undefined, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const fields = error instanceof RxfaceError ? { ...error } : {};
  port.postMessage({ kind: 'failed', ticket, error: { name, message, stack, fields } } satisfies Answer);
}

async function answer(work: Work<unknown, unknown>, ticket: number, items: unknown[]): Promise<void> {
  try {
    const results = await work(items);
    const values = results.map((result) => ('value' in result ? result.value : undefined));
    const { items: packed, transfer } = parcel(values, false);
    const sent = results.map((result, i) => ('value' in result ? { value: packed[i] } : result));
    port.postMessage({ kind: 'results', ticket, results: sent } satisfies Answer, transfer);
  } catch (error) {
    failed(ticket, error);
  }
}

try {
  const work = await loadWork<unknown, unknown>(module, options, { stage, seed });
  // One chunk at a time, in the order they came.
  let last = Promise.resolve();
  port.on('message', (order: Order) => {
    last = last.then(() => answer(work, order.ticket, order.items));
  });
  port.postMessage({ kind: 'ready' } satisfies Answer);
} catch (error) {
  failed(undefined, error);
}
