import { Worker } from 'node:worker_threads';
import { describe } from './describe.ts';
import { OptionError, RxfaceError, StageError } from './errors.ts';
import { parcel } from './parcel.ts';
import type { Result } from './work.ts';
import type { Answer, Failure, Order, ThreadData } from './workerThread.ts';

/** Threads replaced in one run before it is given up: what keeps killing them is not one chunk. */
const REPLACEMENTS = 16;
/** Items of a chunk an error names one by one. */
const NAMED = 32;

interface Ticket<I, O> {
  thread: Thread;
  items: I[];
  /** Threads that ended while they were at this chunk. */
  kills: number;
  crashed(reason: string): void;
  resolve(results: Result<O>[]): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  /** Its module is set up: from now on what ends it is the chunk it is at. */
  ready: boolean;
  /** Items it has been given and not answered. */
  load: number;
}

/**
 * A number of worker threads with one module set up in each. Chunks are posted ahead, as many as the caller has credit for:
 * the threads go on while the main thread is inside a long training step and cannot hand out work.
 *
 * A thread that ends (process.exit, an uncaught throw, no memory left) is replaced, and what it had not answered is done
 * again by others: items stay with the caller, threads have copies. A chunk that ends two threads in a row is an error.
 */
export class Threads<I, O> {
  readonly #data: ThreadData;
  readonly #count: number;
  readonly #threads = new Set<Thread>();
  /** In the order in which they were posted; a thread answers its own in that order. */
  readonly #tickets = new Map<number, Ticket<I, O>>();
  #last = 0;
  #replaced = 0;
  /** Ends of threads that had nothing to do: told with the next chunk. */
  #owed: string[] = [];
  #broken: unknown;

  constructor(data: ThreadData, count: number) {
    this.#data = data;
    this.#count = count;
  }

  /** Starts the threads; resolves once all are set up, rejects with what the module's `setup` threw. */
  async open(): Promise<void> {
    await Promise.all(Array.from({ length: this.#count }, () => this.#start()));
  }

  /**
   * One chunk, on the thread that has the least to do. The items stay the caller's and must stay as they are until it resolves.
   *
   * @param crashed told of each thread that ended over this chunk and was replaced
   * @throws StageError with the items of a chunk that ended two threads
   */
  run(items: I[], crashed: (reason: string) => void = () => undefined): Promise<Result<O>[]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#post(++this.#last, { items, kills: 0, crashed, resolve, reject });
      for (const reason of this.#owed.splice(0)) crashed(reason);
    });
  }

  async close(): Promise<void> {
    this.#break(new RxfaceError('the workers have been closed'));
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #post(number: number, chunk: Omit<Ticket<I, O>, 'thread'>): void {
    const thread = [...this.#threads].reduce((least, other) => (other.load < least.load ? other : least));
    const packed = parcel(chunk.items, true);
    thread.worker.postMessage({ ticket: number, items: packed.items } satisfies Order, packed.transfer);
    thread.load += chunk.items.length;
    this.#tickets.delete(number);
    this.#tickets.set(number, { ...chunk, thread });
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
      const thread: Thread = { worker, ready: false, load: 0 };
      this.#threads.add(thread);
      const broke = (error: unknown): void => {
        reject(error);
        this.#break(error);
      };
      let thrown: NodeJS.ErrnoException | undefined;
      worker.on('error', (error: NodeJS.ErrnoException) => (thrown = error));
      worker.on('messageerror', broke);
      // Comes after `error`, and after everything the thread had still sent.
      worker.on('exit', (code) => {
        this.#threads.delete(thread);
        const reason = endOf(code, thrown);
        if (this.#broken !== undefined || !thread.ready)
          return broke(new RxfaceError(`a worker thread of '${this.#data.stage}' ${reason}`));
        this.#replace(thread, reason);
      });
      worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') {
          thread.ready = true;
          return resolve();
        }
        const ticket = answer.ticket === undefined ? undefined : this.#settle(answer.ticket);
        if (answer.kind === 'results') ticket?.resolve(answer.results as Result<O>[]);
        else (ticket?.reject ?? broke)(revive(answer.error));
      });
    });
  }

  /** Puts a new thread in the place of one that ended, and has its chunks done again, oldest first: that is the one it was at. */
  #replace(ended: Thread, reason: string): void {
    const chunks = [...this.#tickets].filter(([, { thread }]) => thread === ended);
    const culprit = chunks[0]?.[1];
    const told = `a worker thread ${reason}`;
    const give = (what: string): void =>
      this.#break(new StageError(this.#data.stage, culprit && named(culprit.items), new Error(what)));
    if (culprit === undefined) this.#owed.push(told);
    else if (++culprit.kills > 1) return give(`two worker threads have ended over these items: the last ${reason}`);
    if (++this.#replaced > REPLACEMENTS)
      return give(`more than ${REPLACEMENTS} worker threads have ended in this run: the last ${reason}`);
    this.#start().catch((error: unknown) => this.#break(error));
    // Without a thread to post to, its start has failed and every chunk with it.
    if (this.#threads.size > 0) for (const [number, chunk] of chunks) this.#post(number, chunk);
    culprit?.crashed(told);
  }

  #settle(number: number): Ticket<I, O> | undefined {
    const ticket = this.#tickets.get(number);
    if (ticket === undefined) return undefined;
    this.#tickets.delete(number);
    ticket.thread.load -= ticket.items.length;
    return ticket;
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    for (const ticket of this.#tickets.values()) ticket.reject(error);
    this.#tickets.clear();
  }
}

/** What ended a thread, in words. */
function endOf(code: number, thrown: NodeJS.ErrnoException | undefined): string {
  if (thrown?.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'ran out of memory';
  return thrown === undefined ? `ended with code ${code}` : `ended over an error nobody caught: ${thrown.message}`;
}

function named(items: readonly unknown[]): string | undefined {
  const names = items.slice(0, NAMED).flatMap((item) => describe(item) ?? []);
  if (names.length === 0) return undefined;
  return names.join(', ') + (items.length > NAMED ? ` and ${items.length - NAMED} more` : '');
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
