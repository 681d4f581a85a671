import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginRun, holdRun, readLines, rewindRun } from '../../../pipeline/recipes/runFolder.ts';
import type { Config } from '../../../pipeline/recipes/schema.ts';
import { freshFolder } from '../../fixtures/checkpoint.ts';

const CONFIG = { train: { batch: 2 } } as Config;

describe('beginRun', () => {
  it('makes the folder with its config, and refuses one that holds a run', async () => {
    const path = join(freshFolder(), 'a', 'run');
    const run = await beginRun(path, CONFIG);
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toEqual(CONFIG);
    expect(existsSync(run.checkpoints)).toBe(true);
    await expect(beginRun(path, CONFIG)).rejects.toThrow(
      new RegExp(
        `--run must be a folder in which no other process trains, received '${path}: process ${process.pid} does'`,
      ),
    );
    await run.letGo();
    writeFileSync(run.steps, '');
    await expect(beginRun(path, CONFIG)).rejects.toThrow(/--run must be a new folder \(or --resume/);
  });
});

describe('holdRun', () => {
  it('takes over from a process that is gone, and takes away what it left half-written', async () => {
    const { path, checkpoints, letGo } = await beginRun(join(freshFolder(), 'run'), CONFIG);
    await letGo();
    const gone = 2 ** 22 + 1; // above the largest process id there can be
    writeFileSync(join(path, '.lock'), JSON.stringify({ id: gone, host: hostname() }));
    writeFileSync(join(path, `.report.html.aside-${gone}-1`), '');
    mkdirSync(join(checkpoints, `.step-00000004.aside-${gone}-2`));
    await (
      await holdRun(path)
    )();
    expect([readdirSync(path), readdirSync(checkpoints)]).toEqual([['checkpoints', 'config.json'], []]);
  });
});

describe('rewindRun', () => {
  const lines = (field: string, ...values: number[]): string => values.map((n) => `{"${field}":${n}}\n`).join('');

  it('cuts both logs after the step of the checkpoint, and a line that was cut off', async () => {
    const run = await beginRun(freshFolder(), CONFIG);
    writeFileSync(run.steps, `${lines('iteration', 1, 2, 3, 4)}{"iter`);
    writeFileSync(run.evaluations, lines('step', 2, 2, 4));
    await rewindRun(run.path, 2);
    expect(readFileSync(run.steps, 'utf8')).toBe(lines('iteration', 1, 2));
    expect(await readLines(run.evaluations)).toEqual([{ step: 2 }, { step: 2 }]);
    await rewindRun(run.path, 2);
    expect(readFileSync(run.steps, 'utf8')).toBe(lines('iteration', 1, 2));
  });

  it('takes later checkpoints away: damaged ones, which would count as the newest', async () => {
    const run = await beginRun(freshFolder(), CONFIG);
    writeFileSync(run.steps, lines('iteration', 1, 2));
    for (const step of [1, 2, 3]) mkdirSync(join(run.checkpoints, `step-0000000${step}`));
    await rewindRun(run.path, 2);
    expect(readdirSync(run.checkpoints)).toEqual(['step-00000001', 'step-00000002']);
  });

  it('takes a run that was killed before its first checkpoint to its start, whether it has a log or not', async () => {
    const run = await beginRun(freshFolder(), CONFIG);
    await rewindRun(run.path, 0);
    writeFileSync(run.steps, lines('iteration', 1, 2));
    await rewindRun(run.path, 0);
    expect(readFileSync(run.steps, 'utf8')).toBe('');
  });

  it('says where the log ends too early', async () => {
    const run = await beginRun(freshFolder(), CONFIG);
    writeFileSync(run.steps, lines('iteration', 1));
    await expect(rewindRun(run.path, 2)).rejects.toThrow(/steps\.jsonl, byte 16: expected the line of step 2/);
  });
});
