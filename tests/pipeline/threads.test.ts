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

const shared = (value: number): Int32Array => new Int32Array(new SharedArrayBuffer(4)).fill(value);

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

  it.each([
    ['exit', 'ended with code 3'],
    ['throw', 'ended over an error nobody caught: nobody catches this'],
  ])('are replaced where one dies by %s, and its chunks are done again', async (way, reason) => {
    const one = threads(1, { crash: 9, way, times: shared(1), tell: 1 });
    await one.open();
    const crashes: [number, string][] = [];
    const bytes = [1, 9, 2, 3];
    const told = (n: number) => (why: string) => void crashes.push([n, why]);
    const results = await Promise.all(bytes.map((n) => one.run([piece(n)], told(n))));
    const values = results.map(([first]) => (first as { value: Piece }).value);
    expect(values.map((value) => value.bytes[0])).toEqual([2, 10, 3, 4]);
    // The one before the crash was answered by the first thread, the rest by the second.
    expect(values.map(({ id }) => id === values[0]!.id)).toEqual([true, false, false, false]);
    expect(crashes).toEqual([[9, `a worker thread ${reason}`]]);
    await one.close();
    expect(process.getActiveResourcesInfo()).not.toContain('Worker');
  });

  it('are replaced where one runs out of memory', async () => {
    const entry = new URL('../../dist/pipeline/threads.js', import.meta.url).href;
    const program = `
      const { Threads } = await import(${JSON.stringify(entry)});
      const options = { crash: 9, way: 'memory', times: new Int32Array(new SharedArrayBuffer(4)).fill(1) };
      const one = new Threads({ module: ${JSON.stringify(MODULE)}, options, stage: 'work', seed: 0 }, 1);
      await one.open();
      const [{ value }] = await one.run([{ id: 'p', bytes: Uint8Array.of(9) }], console.log);
      await one.close();
      console.log(value.bytes[0]);`;
    const flags = ['--max-old-space-size=40', '--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)(process.execPath, flags);
    expect(stdout).toBe('a worker thread ran out of memory\n10\n');
  });

  it('give up over a chunk that ends two of them, and name its items', async () => {
    const two = threads(2, { crash: 9 });
    await two.open();
    const items = [1, 9, 2].map((byte) => ({ ...piece(byte), id: `p${byte}` }));
    await expect(Promise.all([two.run(items), two.run([piece(1)])])).rejects.toMatchObject({
      name: 'StageError',
      stage: 'work',
      item: "'p1' (epoch 0, position 0), 'p9' (epoch 0, position 0), 'p2' (epoch 0, position 0)",
      message: expect.stringMatching(/two worker threads have ended over these items: the last ended with code 3$/),
    });
    await two.close();
  });

  it('give up once too many have ended, each over another chunk', async () => {
    const times = shared(0);
    const one = threads(1, { crash: 9, times });
    await one.open();
    let done = 0;
    const all = async (): Promise<void> => {
      for (; done < 40; done++) {
        Atomics.store(times, 0, 1);
        await one.run([piece(9)]);
      }
    };
    await expect(all()).rejects.toThrow('more than 16 worker threads have ended in this run');
    expect(done).toBe(16);
    await one.close();
  });

  it('do not open where the module refuses its options', async () => {
    const two = threads(2, { wait: -1 });
    await expect(two.open()).rejects.toThrow('work: wait must be 0 or more, received -1');
    await two.close();
  });
});
