import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { ThreadData } from '../../pipeline/workerThread.ts';
import type { Piece } from '../fixtures/work.ts';

const at = (path: string): URL => new URL(`../../dist/${path}`, import.meta.url);
const piece = (byte: number): Piece => ({ id: 'p', epoch: 0, position: 0, index: 0, bytes: Uint8Array.of(byte) });

async function start(options: Record<string, unknown>): Promise<{ thread: Worker; first: unknown }> {
  const workerData: ThreadData = { module: at('tests/fixtures/work.js').href, options, stage: 'work', seed: 1 };
  const thread = new Worker(at('pipeline/workerThread.js'), { workerData });
  const [first] = (await once(thread, 'message')) as [unknown];
  return { thread, first };
}

describe('worker thread', () => {
  it('says when it is ready and answers every chunk with its ticket', async () => {
    const { thread, first } = await start({ broken: 5 });
    expect(first).toEqual({ kind: 'ready' });
    thread.postMessage({ ticket: 7, items: [piece(1), piece(5)] });
    const [answer] = (await once(thread, 'message')) as [unknown];
    expect(answer).toEqual({
      kind: 'results',
      ticket: 7,
      results: [{ value: piece(2) }, { fault: { stage: 'work', file: 'p.jpg', index: 0, reason: 'broken' } }],
    });
    await thread.terminate();
  });

  it('goes on after a chunk that threw, and sends errors with their fields', async () => {
    const { thread } = await start({ throws: 5 });
    thread.postMessage({ ticket: 1, items: [piece(5)] });
    const [failed] = (await once(thread, 'message')) as [unknown];
    expect(failed).toMatchObject({ kind: 'failed', ticket: 1, error: { message: 'a mistake in the module' } });
    thread.postMessage({ ticket: 2, items: [piece(1)] });
    const [answer] = (await once(thread, 'message')) as [unknown];
    expect(answer).toMatchObject({ kind: 'results', ticket: 2 });
    await thread.terminate();
    const refused = await start({ wait: -1 });
    expect(refused.first).toMatchObject({ kind: 'failed', error: { name: 'OptionError', fields: { option: 'wait' } } });
    await refused.thread.terminate();
  });
});
