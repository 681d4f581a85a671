import { Worker } from 'node:worker_threads';
import { OptionError, RxfaceError } from './errors.ts';
import { parcel } from './parcel.ts';
import type { Result } from './work.ts';
import type { Answer, Failure, Order, ThreadData } from './workerThread.ts';

interface Ticket<O> {
  thread: Thread;
  weight: number;
  resolve(results: Result<O>[]): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  /** Items it has been given and not answered. */
  load: number;
}

/**
 * A fixed number of worker threads with one module set up in each. Chunks are posted ahead, as many as the caller has credit for:
 * the threads go on while the main thread is inside a long training step and cannot hand out work.
 */
export class Threads<I, O> {
  readonly #data: ThreadData;
  readonly #count: number;
  #threads: Thread[] = [];
  readonly #tickets = new Map<number, Ticket<O>>();
  #last = 0;
  #broken: unknown;

  constructor(data: ThreadData, count: number) {
    this.#data = data;
    this.#count = count;
  }

  /** Starts the threads; resolves once all are set up, rejects with what the module's `setup` threw. */
  async open(): Promise<void> {
    await Promise.all(Array.from({ length: this.#count }, () => this.#start()));
  }

  /** One chunk, on the thread that has the least to do. The items stay the caller's. */
  run(items: I[]): Promise<Result<O>[]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const thread = this.#threads.reduce((least, other) => (other.load < least.load ? other : least));
    return new Promise((resolve, reject) => {
      const ticket = ++this.#last;
      const packed = parcel(items, true);
      thread.worker.postMessage({ ticket, items: packed.items } satisfies Order, packed.transfer);
      thread.load += items.length;
      this.#tickets.set(ticket, { thread, weight: items.length, resolve, reject });
    });
  }

  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    this.#break(new RxfaceError('the workers have been closed'));
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      let worker: Worker;
      try {
        worker = new Worker(entry(), { workerData: this.#data, ...flags() });
      } catch (error) {
        // What cannot be cloned for another thread, a function for one, is found here.
        return reject(
          new OptionError(this.#data.stage, 'options', `plain data (${(error as Error).message})`, this.#data.options),
        );
      }
      const thread = { worker, load: 0 };
      this.#threads.push(thread);
      const broke = (error: unknown): void => {
        reject(error);
        this.#break(error);
      };
      worker.on('error', broke);
      worker.on('exit', (code) =>
        broke(new RxfaceError(`a worker thread of '${this.#data.stage}' ended with code ${code}`)),
      );
      worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') return resolve();
        const ticket = answer.ticket === undefined ? undefined : this.#settle(answer.ticket);
        if (answer.kind === 'results') ticket?.resolve(answer.results as Result<O>[]);
        else (ticket?.reject ?? broke)(revive(answer.error));
      });
    });
  }

  #settle(number: number): Ticket<O> | undefined {
    const ticket = this.#tickets.get(number);
    if (ticket === undefined) return undefined;
    this.#tickets.delete(number);
    ticket.thread.load -= ticket.weight;
    return ticket;
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    for (const ticket of this.#tickets.values()) ticket.reject(error);
    this.#tickets.clear();
  }
}

/** The thread's own file. A thread runs compiled code: from the sources it is the one that `npm run build` made of it. */
function entry(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? '../dist/pipeline/workerThread.js' : './workerThread.js', here);
}

/** A thread starts with the flags of its process; with --input-type, which is for `node -e`, it would not run a file. */
function flags(): { execArgv?: string[] } {
  return process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {};
}

/** An error from a thread, in the class the caller may look for. */
function revive({ name, message, stack, fields }: Failure): Error {
  if (name === 'OptionError')
    return new OptionError(
      String(fields['stage']),
      String(fields['option']),
      String(fields['expected']),
      fields['received'],
    );
  const error = new RxfaceError(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, fields);
}
