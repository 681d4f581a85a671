import { scalar } from '@tensorflow/tfjs-core';
import { filter, map, mergeMap, Observable, type OperatorFunction, take, tap } from 'rxjs';
import type { Label, Source } from '../../pipeline/contracts.ts';
import { type Flow, graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { type Collector, collect, listSource, type ListSource } from '../contracts/doubles.ts';
import type { Ledger, Token } from './spineLedger.ts';
import type { JunctionPlan, Pace, Plan, SourcePlan, StagePlan } from './spinePlan.ts';

/** What a planned failure says. */
export const PLANNED = 'as planned';
/** Ids of one source begin here times its number. */
const APART = 1000;
const COUNTED = { keeps: 'order, count' };

/** A random graph, and what its check looks at. */
export interface Built {
  flow: Flow<Token>;
  sources: ListSource<Token>[];
  sinks: Collector<Token>[];
  /** Name of the first of them: the one that fails, aborts and stops. */
  first: string;
  /** Items of all sources. */
  total: number;
  /** Items that sources which can only be walked hold besides. */
  walked: number;
  /** Nothing in it may change the order of a lane. */
  ordered: boolean;
  abort: AbortController;
  stop: AbortController;
}

/** The planned graph, every item of which is followed by the ledger. */
export function build(plan: Plan, ledger: Ledger, hurry = false): Built {
  const paced = (pace: Pace): Pace => (hurry ? 'now' : pace);
  const { end } = plan;
  const built = {
    sources: [] as ListSource<Token>[],
    sinks: [] as Collector<Token>[],
    first: '',
    total: 0,
    walked: 0,
    ordered: true,
    abort: new AbortController(),
    stop: new AbortController(),
  };

  const from = (p: SourcePlan): Flow<Token> => {
    const n = built.sources.length;
    const items = Array.from({ length: p.items }, (_, i): Token => ({ ids: [n * APART + i], lane: `${n}`, at: i }));
    const source = listSource(items, p);
    built.sources.push(source);
    built.total += p.items;
    if (!p.randomAccess) built.walked += p.chunk;
    const enter = (chunk: Token[]): Token[] => {
      if (end.kind === 'read' && n === 0 && chunk.some(({ at }) => at === end.at)) throw new Error(PLANNED);
      for (const token of chunk) ledger.enter(token.ids[0]!);
      return chunk;
    };
    const entering: Source<Token> = {
      ...source,
      open: () => source.open!(),
      close: () => source.close!(),
      ...(source.read && {
        read: (at) => {
          const tokens = () => enter(Array.from(at, (i) => items[i]!));
          return paced(p.pace) === 'now' ? tokens() : ledger.during(p.pace, tokens);
        },
      }),
      async *[Symbol.asyncIterator]() {
        for (let at = 0; at < items.length; at += p.chunk)
          yield await ledger.during(paced(p.pace), () => enter(items.slice(at, at + p.chunk)));
      },
    };
    return graph(`random ${n}`).source(`source ${n}`, entering, { ...p, discard: dropped }) as unknown as Flow<Token>;
  };

  const dropped = (token: Token): void => ledger.end(token, 'discarded');
  const bothDropped = ([left, right]: [Token, Token[]]): void => [left, ...right].forEach(dropped);
  const sink = (name: string, pace: Pace): [string, Collector<Token>] => {
    const first = built.sinks.length === 0;
    if (first) built.first = name;
    const one = collect<Token>((token, n) => {
      if (first && n === end.at && end.kind === 'abort') built.abort.abort(new Error(PLANNED));
      if (first && n === end.at && end.kind === 'stop') built.stop.abort(new Error(PLANNED));
      const done = (): void => {
        const failing = first && n === end.at && end.kind === 'write';
        ledger.end(token, failing ? 'failed' : 'written');
        if (failing) throw new Error(PLANNED);
      };
      return paced(pace) === 'now' ? done() : ledger.during(pace, done);
    });
    built.sinks.push(one);
    return [name, one];
  };

  const pipe = (flow: Flow<Token>, p: StagePlan, name: string): Flow<Token> => {
    if (p.kind === 'parallel') {
      built.ordered &&= p.ordered;
      const slow = (token: Token): Promise<Token> =>
        // Not every item takes the same: results are ready in another order than their items.
        ledger.during(token.at % 3 === 0 ? 'now' : paced(p.pace), () => token);
      return flow.pipe(name, parallel(slow, p), { capacity: p.capacity, discard: dropped });
    }
    const [operator, label] = stages[p.kind](p as never, ledger);
    return flow.pipe(name, operator, { capacity: Math.max(p.capacity, label.gives ?? 1), label, discard: dropped });
  };

  const meet = (flow: Flow<Token>, p: JunctionPlan, name: string): Flow<Token> => {
    if (p.kind === 'aside') return twice(flow, name).sink(...sink(`${name} sink`, p.pace));
    if (p.kind === 'join') return pairs(flow.join(name, from(p.source), { ...p, discard: bothDropped }), name, dropped);
    if (p.kind === 'merge') {
      built.ordered &&= p.ordered;
      return flow.merge(name, [from(p.source)], { ...p, discard: dropped });
    }
    const forked = twice(flow, name);
    const [left, right] = p.branches.map((stages, b) => {
      const lane = map((token: Token) => ({ ...token, lane: `${token.lane}${'lr'[b]}` }));
      const begun = forked.pipe(`${name} ${'lr'[b]}`, lane, { label: COUNTED, capacity: p.capacity, discard: dropped });
      return stages.reduce((way, one, i) => pipe(way, one, `${name} ${'lr'[b]} ${one.kind} ${i}`), begun);
    });
    if (p.meet === 'join') return pairs(left!.join(name, right!, { ...p, discard: bothDropped }), name, dropped);
    built.ordered &&= p.meet === 'merge';
    return left!.merge(name, [right!], { ordered: p.meet === 'merge', capacity: p.capacity, discard: dropped });
  };

  const twice = (flow: Flow<Token>, name: string): Flow<Token> =>
    flow.pipe(`${name} twice`, tap((token: Token) => ledger.copy(token, 1)), { capacity: 2, label: COUNTED, discard: dropped }); // prettier-ignore

  let flow = from(plan.source);
  plan.steps.forEach((step, i) => {
    const name = `${step.kind} ${i}`;
    flow =
      'branches' in step || 'source' in step || step.kind === 'aside' ? meet(flow, step, name) : pipe(flow, step, name);
  });
  if (end.kind === 'stage') {
    const failing = map((token: Token, n: number) => {
      if (n !== end.at) return token;
      ledger.end(token, 'failed');
      throw new Error(PLANNED);
    });
    flow = flow.pipe('failing', failing, { capacity: 2, discard: dropped });
  }
  if (end.kind === 'take') flow = flow.pipe('take', take(end.at), { capacity: 2, discard: dropped });
  return Object.assign(built, { flow: flow.sink(...sink('sink', plan.sink)) });
}

/** What a join gives as one item, which stands where its left side stood. */
function pairs(flow: Flow<[Token, Token[]]>, name: string, discard: (token: Token) => void): Flow<Token> {
  const one = map(([left, right]: [Token, Token[]]) => ({ ...left, ids: [left, ...right].flatMap(({ ids }) => ids) }));
  return flow.pipe(`${name} as one`, one, { capacity: 1, label: COUNTED, discard });
}

type Put<P> = (p: P, ledger: Ledger) => [OperatorFunction<Token, Token>, Partial<Label>];
type Of<K extends StagePlan['kind']> = Extract<StagePlan, { kind: K }>;

const stages: { [K in Exclude<StagePlan['kind'], 'parallel'>]: Put<Of<K>> } = {
  map: () => [map((token) => ({ ...token })), COUNTED],
  drop: ({ every }, ledger) => [filter((token, n) => n % every !== 0 || (ledger.end(token, 'dropped'), false)), {}],
  copy: ({ times }, ledger) => [
    mergeMap((token) => {
      ledger.copy(token, times - 1);
      return Array.from({ length: times }, () => token);
    }),
    { gives: times },
  ],
  group: ({ size }, ledger) => [
    gathering(ledger, size, (held) => [{ ...held[0]!, ids: held.flatMap(({ ids }) => ids) }]),
    { ...COUNTED, holds: size - 1, items: size },
  ],
  late: ({ by }, ledger) => [gathering(ledger, by + 1, (held) => held.splice(0, 1), true), { ...COUNTED, holds: by }],
  tensor: () => [
    (source) =>
      new Observable((subscriber) => {
        const held = scalar(1);
        const inner = source.subscribe(subscriber);
        return () => {
          held.dispose();
          inner.unsubscribe();
        };
      }),
    COUNTED,
  ],
};

/** Gathers n, and gives what `give` makes of them; when it completes the rest, and what it cannot give any more it drops. */
function gathering(
  ledger: Ledger,
  n: number,
  give: (held: Token[]) => Token[],
  slide = false,
): OperatorFunction<Token, Token> {
  // prettier-ignore
  return (source) =>
    new Observable((subscriber) => {
      const held: Token[] = [];
      const emit = (): void => {
        const given = give(held);
        if (!slide) held.length = 0;
        for (const token of given) subscriber.next(token);
      };
      const inner = source.subscribe({
        next: (token) => {
          held.push(token);
          if (held.length === n) emit();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          while (held.length > 0) emit();
          subscriber.complete();
        },
      });
      return () => {
        inner.unsubscribe();
        for (const token of held) ledger.end(token, 'discarded');
      };
    });
}
