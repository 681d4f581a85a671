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

  it('prints items on their own lines where nobody says how they count', async () => {
    const progress = recorder();
    await writeAll(toConsole({ progress }), [{ a: 1 }, 'b']);
    expect(progress.said).toEqual(['{"a":1}', "'b'", 'end']);
  });
});
