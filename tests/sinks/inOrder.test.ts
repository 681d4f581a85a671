import { describe, expect, it } from 'vitest';
import type { Sink } from '../../pipeline/contracts.ts';
import { inOrder } from '../../sinks/inOrder.ts';
import { CONTEXT, writeAll } from '../fixtures/checkpoint.ts';

function noting(name: string, said: string[], failing: 'open' | 'close' | '' = ''): Sink<number> {
  const note = async (what: string): Promise<void> => {
    await Promise.resolve();
    said.push(`${name} ${what}`);
    if (failing === what) throw new Error(`${name} cannot ${what}`);
  };
  return { open: () => note('open'), write: (item) => note(String(item)), close: () => note('close') };
}

describe('inOrder', () => {
  it('gives each item to the first sink, then to the second, and closes in reverse', async () => {
    const said: string[] = [];
    await writeAll(inOrder(noting('a', said), noting('b', said)), [1, 2]);
    expect(said).toEqual(['a open', 'b open', 'a 1', 'b 1', 'a 2', 'b 2', 'b close', 'a close']);
  });

  it('closes the others where one fails', async () => {
    const said: string[] = [];
    const sink = inOrder(noting('a', said), noting('b', said, 'close'));
    await sink.open(CONTEXT);
    await expect(sink.close({ kind: 'complete' })).rejects.toThrow('b cannot close');
    expect(said.at(-1)).toBe('a close');
  });

  it('closes only what it has opened', async () => {
    const said: string[] = [];
    const sink = inOrder(noting('a', said), noting('b', said, 'open'), noting('c', said));
    await expect(sink.open(CONTEXT)).rejects.toThrow('b cannot open');
    await sink.close({ kind: 'failed', error: undefined });
    expect(said).toEqual(['a open', 'b open', 'a close']);
  });
});
