import assert from 'node:assert/strict';
import { memory } from '@tensorflow/tfjs-core';
import { StageError, WiringError } from '../../pipeline/errors.ts';
import { run } from '../../pipeline/run.ts';
import { build, type Built, PLANNED } from './spineGraph.ts';
import { Ledger } from './spineLedger.ts';
import type { Plan } from './spinePlan.ts';

/** Milliseconds after which a run counts as one that waits for ever. */
const PATIENCE = 20_000;

/** How a random graph went. */
export interface Shown {
  end: 'refused' | 'complete' | 'early' | 'failed' | 'aborted';
  items: number;
  /** Of the bound, the share that was ever in flight. */
  used: number;
}

/** Runs a random graph and asserts all that a run promises, however it ends. */
export async function showSpine(plan: Plan): Promise<Shown> {
  const ledger = new Ledger();
  const built = build(plan, ledger);
  const before = { tensors: memory().numTensors, resources: process.getActiveResourcesInfo() };
  const { flow, sources, sinks, abort, stop } = built;
  if (flow.validate().length > 0) return refused(built);
  const outcome = await patiently(run(flow, { signal: abort.signal, stop: stop.signal }));

  // Promise 1: bounded, whatever the speeds.
  const bound = flow.bound() + built.walked;
  assert.ok(ledger.peak <= bound, `${ledger.peak} in flight, over the bound of ${bound}`);
  // Nothing is left: no call, tensor, timer or handle; what was opened is closed, once, with the outcome.
  assert.equal(ledger.working, 0);
  assert.equal(memory().numTensors, before.tensors);
  assert.deepEqual(newSince(before.resources), []);
  for (const source of sources) assert.equal(source.closed, source.opened);
  for (const sink of sinks) {
    assert.equal(sink.opened, 1);
    assert.ok(sink.end !== undefined && sink.writing <= 1);
  }
  if (built.ordered) for (const sink of sinks) inOrder(sink.items);
  account(ledger);

  const used = ledger.peak / bound;
  const { kind } = plan.end;
  if (outcome instanceof Error) {
    assert.ok(outcome.message.includes(PLANNED), outcome.message);
    if (kind === 'abort') return { end: 'aborted', items: ledger.entered, used };
    assert.ok(outcome instanceof StageError, String(outcome));
    assert.equal(outcome.stage, { read: 'source 0', stage: 'failing', write: built.first }[kind as 'stage']);
    return { end: 'failed', items: ledger.entered, used };
  }
  assert.equal(outcome.outcome?.kind, stop.signal.aborted ? 'aborted' : 'complete');
  if (stop.signal.aborted || kind === 'take') return { end: 'early', items: ledger.entered, used };
  // A join drops what is left of its longer side, and so ends what feeds it; nothing else may drop anything.
  if (!plan.steps.some((step) => step.kind === 'join' || (step.kind === 'diamond' && step.meet === 'join'))) {
    assert.equal(ledger.ended.discarded, 0);
    assert.equal(ledger.entered, built.total);
  }
  // A failure that this run ended before may come first in another.
  if (built.ordered && kind === 'complete') await sameInAHurry(plan, built);
  return { end: 'complete', items: ledger.entered, used };
}

/** Every copy of every item ended once, in one way: the ledger refuses a second end. */
function account({ ended, live, copies }: Ledger): void {
  assert.deepEqual([...live.keys()], [], 'items that nobody accounts for');
  assert.equal(ended.written + ended.dropped + ended.failed + ended.discarded, copies);
}

/** Promise 2: what comes out does not depend on how fast anything is. */
async function sameInAHurry(plan: Plan, { sinks }: Built): Promise<void> {
  const again = build(plan, new Ledger(), true);
  await patiently(run(again.flow));
  assert.deepEqual(
    again.sinks.map(({ items }) => items),
    sinks.map(({ items }) => items),
  );
}

/** A diamond that might wait for ever is refused with the numbers, and nothing is opened. */
async function refused({ flow, sources }: Built): Promise<Shown> {
  for (const problem of flow.validate()) assert.match(problem, /needs \d+ items of|takes \d+ items of|may drop/);
  await assert.rejects(run(flow), WiringError);
  for (const source of sources) assert.equal(source.opened, 0);
  return { end: 'refused', items: 0, used: 0 };
}

function inOrder(items: readonly { lane: string; at: number }[]): void {
  const last = new Map<string, number>();
  for (const { lane, at } of items) {
    assert.ok(at >= (last.get(lane) ?? 0), `${at} of lane ${lane} after ${last.get(lane)}`);
    last.set(lane, at);
  }
}

/** Timers and handles that there were not before. */
function newSince(before: readonly string[]): string[] {
  const left = [...before];
  return process.getActiveResourcesInfo().filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

async function patiently<T>(running: Promise<T>): Promise<T | Error> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the graph waits for ever')), PATIENCE);
  });
  const settled = running.catch((error: unknown) => error as Error);
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}
