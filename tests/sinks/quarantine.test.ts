import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../pipeline/contracts.ts';
import { rewindQuarantine, toQuarantine } from '../../sinks/quarantine.ts';
import { freshFolder, writeAll } from '../fixtures/checkpoint.ts';

const met = (epoch: number, position: number, stage = 'prepare'): Fault => ({
  stage, file: 'a.faces', offset: 16, index: 3, epoch, position, substitute: 7, reason: 'its CRC does not match',
}); // prettier-ignore
const indexed: Fault = { stage: 'faces', file: 'a.faces', offset: 9, reason: 'the index is damaged' };
const read = (file: string): unknown[] =>
  readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore

describe('toQuarantine', () => {
  it('appends a line for each fault, and makes no file without one', async () => {
    const file = join(freshFolder(), 'quarantine.jsonl');
    await writeAll(toQuarantine(file), []);
    expect(existsSync(file)).toBe(false);
    await writeAll(toQuarantine(file), [met(0, 5), met(1, 5)]);
    expect(read(file)).toEqual([met(0, 5), met(1, 5)]);
    expect(Object.keys(read(file)[0] as object)).toEqual(['stage', 'file', 'offset', 'index', 'epoch', 'position', 'substitute', 'reason']); // prettier-ignore
  });

  it('lists once what is wrong with an index, however often the source is opened', async () => {
    const file = join(freshFolder(), 'quarantine.jsonl');
    await writeAll(toQuarantine(file), [indexed, indexed, met(0, 1)]);
    await writeAll(toQuarantine(file), [indexed, met(0, 1)]);
    expect(read(file)).toEqual([indexed, met(0, 1), met(0, 1)]);
  });

  it('is taken back to a place, line by line, with what a killed process left of a line', async () => {
    const file = join(freshFolder(), 'quarantine.jsonl');
    await rewindQuarantine(file, { epoch: 0, position: 0 });
    await writeAll(toQuarantine(file), [indexed, met(0, 9), met(1, 8), met(1, 3, 'align'), met(2, 1, 'align')]);
    appendFileSync(file, '{"stage":"pre');
    await rewindQuarantine(file, { epoch: 1, position: 8 });
    expect(read(file)).toEqual([indexed, met(0, 9), met(1, 3, 'align')]);
    await writeAll(toQuarantine(file), [met(1, 8)]);
    expect(read(file)).toHaveLength(4);
  });
});
