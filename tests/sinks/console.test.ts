import { describe, expect, it } from 'vitest';
import type { Progress } from '../../pipeline/progress.ts';
import { toConsole } from '../../sinks/console.ts';
import { writeAll } from '../fixtures/checkpoint.ts';

function recorder(): Progress & { said: unknown[] } {
  const said: unknown[] = [];
  return { said, show: (s) => said.push(s), note: (line) => said.push(line), end: () => said.push('end') };
}

describe('toConsole', () => {
  it('moves the progress line by each item and ends it', async () => {
    const progress = recorder();
    await writeAll(toConsole({ progress, standing: (n: number) => ({ unit: 'steps', done: n }) }), [1, 2]);
    expect(progress.said).toEqual([{ unit: 'steps', done: 1 }, { unit: 'steps', done: 2 }, 'end']);
  });

  it('prints items as lines of JSON where nobody says how they count: whole, without the snapshot', async () => {
    const progress = recorder();
    const long = 'x'.repeat(200);
    await writeAll(toConsole({ progress }), [{ a: 1, snapshot: { weights: {} } }, long]);
    expect(progress.said).toEqual(['{"a":1}', `"${long}"`, 'end']);
  });
});
