import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lastValueFrom, map, Observable, range } from 'rxjs';
import type { Sink, Source } from '../../contracts.ts';
import { graph, type Flow } from '../../graph.ts';
import { run } from '../../run.ts';
import { spread, type Spread } from './result.ts';

export interface LinkBenchOptions {
  /** Numbers sent through in a round. Default 200,000. */
  items?: number;
  /** Stages one behind another, each adding 1. Default 8. */
  stages?: number;
  /** Times that everybody takes his turn. Default 7. */
  rounds?: number;
}

/** One way to pass items on. */
export interface LinkRow {
  way: string;
  /** Whether a slow end holds the beginning back. */
  bounded: boolean;
  nanosecondsPerHop: Spread;
}

/** Capacities that are measured. */
const CAPACITIES = [16, 256];

/**
 * Measures what it costs to hand an item to the next stage: nanoseconds an item and hop, the stage's own addition included.
 *
 * A hop is one of the `stages` + 1 ways between source, stages and sink. Everybody sends the same numbers through the same
 * additions and sums what arrives; the sums must be equal.
 *
 * @throws Error where somebody loses or doubles an item
 */
export async function linkCosts(options: LinkBenchOptions = {}): Promise<LinkRow[]> {
  const { items = 200_000, stages = 8, rounds = 7 } = options;
  const work = { items, stages };
  const ways: { way: string; bounded: boolean; send: () => Promise<number> }[] = [
    ...CAPACITIES.map((capacity) => ({
      way: `rxface, links of ${capacity}`,
      bounded: true,
      send: () => throughLinks(work, capacity),
    })),
    { way: 'RxJS alone, map behind map', bounded: false, send: () => throughRxJS(work) },
    { way: 'async generators, one in another', bounded: true, send: () => throughGenerators(work) },
    ...CAPACITIES.map((capacity) => ({
      way: `Node streams of objects, highWaterMark ${capacity}`,
      bounded: true,
      send: () => throughStreams(work, capacity),
    })),
  ];
  const expected = (items * (items - 1)) / 2 + items * stages;
  const times: number[][] = ways.map(() => []);
  // The first round is the compiler's.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { way, send }] of ways.entries()) {
      const began = performance.now();
      const sum = await send();
      if (sum !== expected) throw new Error(`bench links: ${way} gave the sum ${sum}, not ${expected}`);
      if (round > 0) times[i]!.push(((performance.now() - began) * 1e6) / (items * (stages + 1)));
    }
  }
  return ways.map(({ way, bounded }, i) => ({ way, bounded, nanosecondsPerHop: spread(times[i]!) }));
}

interface Work {
  items: number;
  stages: number;
}

const add = (x: number): number => x + 1;

async function throughLinks({ items, stages }: Work, capacity: number): Promise<number> {
  let sum = 0;
  const sink: Sink<number> = {
    open: () => Promise.resolve(),
    write: (x) => void (sum += x),
    close: () => Promise.resolve(),
  };
  let flow: Flow<number> = graph('bench').source('numbers', numbers(items), { capacity });
  for (let i = 0; i < stages; i++) flow = flow.pipe(`add ${i}`, map(add), { capacity });
  await run(flow.sink('sum', sink));
  return sum;
}

function numbers(length: number): Source<number> {
  return {
    name: 'numbers',
    length,
    read: (at) => Array.from(at),
    async *[Symbol.asyncIterator]() {},
  };
}

async function throughRxJS({ items, stages }: Work): Promise<number> {
  let stream: Observable<number> = range(0, items);
  for (let i = 0; i < stages; i++) stream = stream.pipe(map(add));
  let sum = 0;
  await lastValueFrom(stream.pipe(map((x) => (sum += x))));
  return sum;
}

async function throughGenerators({ items, stages }: Work): Promise<number> {
  async function* first(): AsyncGenerator<number> {
    for (let i = 0; i < items; i++) yield i;
  }
  async function* next(before: AsyncGenerator<number>): AsyncGenerator<number> {
    for await (const x of before) yield add(x);
  }
  let stream = first();
  for (let i = 0; i < stages; i++) stream = next(stream);
  let sum = 0;
  for await (const x of stream) sum += x;
  return sum;
}

async function throughStreams({ items, stages }: Work, highWaterMark: number): Promise<number> {
  let next = 0;
  const first = new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      // 0 and null have meanings of their own in a stream: a number travels one higher.
      this.push(next < items ? ++next : null);
    },
  });
  const adding = Array.from(
    { length: stages },
    () =>
      new Transform({
        objectMode: true,
        highWaterMark,
        transform: (x: number, _encoding, done) => done(null, add(x)),
      }),
  );
  let sum = 0;
  const last = new Writable({
    objectMode: true,
    highWaterMark,
    write(x: number, _encoding, done) {
      sum += x - 1;
      done();
    },
  });
  await pipeline([first, ...adding, last]);
  return sum;
}
