import { memory, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { graph, parallel, run, startEngine, until, type Flow } from 'rxface';
import { map, take } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 60 }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const dispose = (tensor: Tensor): void => tensor.dispose();

beforeAll(async () => {
  vi.stubEnv('RXFACE_ENGINE', 'cpu');
  await startEngine();
});

interface Case {
  /** A last stage, given the switch that the sink throws at its eighth item. */
  last?: (flow: Flow<Tensor>, stop: AbortSignal) => Flow<Tensor>;
  /** Item at which the sink fails. */
  fails?: number;
  /** The switch aborts the run. */
  aborts?: boolean;
}

/** Tensors made one by one, some passed on by a stage that takes its time; the sink uses them up. */
async function through({ last = (flow) => flow, fails, aborts = false }: Case) {
  const before = memory().numTensors;
  const stop = new AbortController();
  let made = 0;
  const make = map((n: number): Tensor => (made++, tensor1d([n])));
  const later = parallel(async (tensor: Tensor) => (await turn(), tensor), { concurrency: 3 });
  const sink = collect<Tensor>(async (tensor, n) => {
    await turn();
    dispose(tensor);
    if (n === fails) throw new Error('the disk is full');
    if (n === 7) stop.abort(new Error('enough'));
  });
  const flow = graph('tensors')
    .source('numbers', listSource(numbers), { capacity: 16 })
    .pipe('make', make, { capacity: 8, discard: dispose })
    .pipe('later', later, { capacity: 8, discard: dispose });
  const ended = run(last(flow, stop.signal).sink('out', sink), aborts ? { signal: stop.signal } : {});
  const error = await ended.then(() => undefined, String);
  return { left: memory().numTensors - before, made, used: sink.items.length, error };
}

describe('tensors in links', () => {
  it('are used up in a run that completes', async () => {
    expect(await through({})).toEqual({ left: 0, made: 60, used: 60, error: undefined });
  });

  it.each<[string, Case, string | undefined]>([
    ['fails', { fails: 5 }, "StageError: stage 'out': the disk is full"],
    ['is aborted', { aborts: true }, 'Error: enough'],
    ['wants no more', { last: (flow) => flow.pipe('some', take(4), { discard: dispose }) }, undefined],
    ['is switched off', { last: (flow, stop) => flow.pipe('some', until(stop), { discard: dispose }) }, undefined],
  ])('are released where the run %s', async (_, given, message) => {
    const { left, made, used, error } = await through(given);
    expect(left).toBe(0);
    expect(made).toBeGreaterThan(used);
    expect(error).toBe(message);
  });
});
