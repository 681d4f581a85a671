import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import { toCheckpoints } from '../../sinks/checkpoints.ts';
import { CONTEXT, FACTS, freshFolder, stepItem, writeAll } from '../fixtures/checkpoint.ts';

afterEach(() => injectWriteFault(undefined));

describe('toCheckpoints', () => {
  it('writes the steps that bring a snapshot, keeps the newest and the spared', async () => {
    const folder = join(freshFolder(), 'checkpoints');
    const written: string[] = [];
    const options = { facts: FACTS, keep: 2, spare: () => [2], written: (path: string) => written.push(path) };
    const items = [1, 2, 3, 4, 5, 6].map((step) => stepItem(step, step !== 3));
    await writeAll(toCheckpoints(folder, options), items);
    expect(readdirSync(folder)).toEqual(['step-00000002', 'step-00000005', 'step-00000006']);
    expect(readdirSync(join(folder, 'step-00000006'))).toEqual([
      'manifest.json',
      'model.safetensors',
      'state.safetensors',
    ]);
    expect(written).toHaveLength(5);
  });

  it('does not let a damaged checkpoint of a later step push out the one just written', async () => {
    const folder = join(freshFolder(), 'checkpoints');
    mkdirSync(join(folder, 'step-00000009'), { recursive: true });
    await writeAll(toCheckpoints(folder, { facts: FACTS, keep: 1 }), [stepItem(4), stepItem(5)]);
    expect(readdirSync(folder)).toEqual(['step-00000005', 'step-00000009']);
  });

  it.each(['mkdir', 'open', 'write', 'sync', 'rename'])(
    'leaves nothing half-written where the disk is full at %s, and the older checkpoint as it was',
    async (operation) => {
      const folder = join(freshFolder(), 'checkpoints');
      const sink = toCheckpoints(folder, { facts: FACTS, keep: 1 });
      await writeAll(sink, [stepItem(1)]);
      injectWriteFault((now, path) => {
        if (now === operation && path.includes('step-00000002'))
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      });
      await sink.open(CONTEXT);
      await expect(Promise.resolve(sink.write(stepItem(2)))).rejects.toThrow(/\/step-00000002[^:]*: the disk is full/);
      expect(readdirSync(folder)).toEqual(['step-00000001']);
    },
  );
});
