import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import { toJsonl } from '../../sinks/jsonLines.ts';
import { CONTEXT, freshFolder, stepItem, writeAll } from '../fixtures/checkpoint.ts';

afterEach(() => injectWriteFault(undefined));

describe('toJsonl', () => {
  it('appends a line for each item, without its snapshot', async () => {
    const file = join(freshFolder(), 'steps.jsonl');
    await writeAll(toJsonl(file), [stepItem(1)]);
    await writeAll(toJsonl(file), [stepItem(2)]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([stepItem(1, false), stepItem(2, false)]);
  });

  it('writes numbers that read back bit for bit', async () => {
    const file = join(freshFolder(), 'n.jsonl');
    const values = [Math.fround(0.1), 1 / 3, 5e-324, -0.00001];
    await writeAll(toJsonl(file), [values]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(values);
  });

  it('names the file where the disk is full and keeps whole lines only', async () => {
    const file = join(freshFolder(), 'steps.jsonl');
    const sink = toJsonl(file);
    await sink.open(CONTEXT);
    await sink.write(stepItem(1));
    injectWriteFault((operation) => {
      if (operation === 'write') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    await expect(Promise.resolve(sink.write(stepItem(2)))).rejects.toThrow(`${file}: the disk is full`);
    await sink.close({ kind: 'failed', error: undefined });
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  });
});
