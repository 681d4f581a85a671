import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Threads } from '../../pipeline/threads.ts';
import type { Piece } from '../fixtures/work.ts';

const MODULE = new URL('../../dist/tests/fixtures/work.js', import.meta.url).href;
const piece = (byte: number): Piece => ({ id: 'p', epoch: 0, position: 0, index: 0, bytes: Uint8Array.of(byte) });

function threads(count: number, options: Record<string, unknown> = {}): Threads<Piece, Piece> {
  return new Threads({ module: MODULE, options, stage: 'work', seed: 0 }, count);
}

describe('threads', () => {
  it('share chunks out to whoever has the least to do', async () => {
    const three = threads(3, { tell: 1 });
    await three.open();
    // Two for the first, then one each for the others, one more each, and the next for whoever comes first.
    const chunks = [[1, 2], [3], [4], [5], [6], [7]];
    const results = await Promise.all(chunks.map((bytes) => three.run(bytes.map(piece))));
    await three.close();
    const values = results.map((chunk) => chunk.map((result) => ('value' in result ? result.value : piece(0))));
    expect(values.flat().map(({ bytes }) => bytes[0])).toEqual([2, 3, 4, 5, 6, 7, 8]);
    const [a, b, c] = values.map(([first]) => first!.id);
    expect(new Set([a, b, c]).size).toBe(3);
    expect(values.map(([first]) => first!.id)).toEqual([a, b, c, b, c, a]);
  });

  it('start also in a process that was given its program by -e', async () => {
    const entry = new URL('../../dist/pipeline/threads.js', import.meta.url).href;
    const program = `
      const { Threads } = await import(${JSON.stringify(entry)});
      const one = new Threads({ module: ${JSON.stringify(MODULE)}, options: {}, stage: 'work', seed: 0 }, 1);
      await one.open();
      await one.close();
      console.log('opened');`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect((await run).stdout).toBe('opened\n');
  });

  it('reject what is under way when they are closed, and what comes after', async () => {
    const one = threads(1);
    await one.open();
    const under = one.run([piece(1)]);
    const closed = one.close();
    await expect(under).rejects.toThrow('have been closed');
    await closed;
    await expect(one.run([piece(1)])).rejects.toThrow('have been closed');
    expect(process.getActiveResourcesInfo()).not.toContain('Worker');
  });

  it('reject what is under way when one of them dies', async () => {
    const one = threads(1, { crash: 9 });
    await one.open();
    await expect(Promise.all([one.run([piece(9)]), one.run([piece(1)])])).rejects.toThrow('ended with code 3');
    await one.close();
  });

  it('do not open where the module refuses its options', async () => {
    const two = threads(2, { wait: -1 });
    await expect(two.open()).rejects.toThrow('work: wait must be 0 or more, received -1');
    await two.close();
  });
});
