import type { Result } from './bench/result.ts';
import { sayJson, sayResult, type Command } from './program.ts';

/**
 * A benchmark that takes turns with Python.
 *
 * @param has what a python must have for it
 */
export function withPeer(command: Command, has = 'PyTorch, numpy, OpenCV and Pillow'): Command {
  return command
    .option('--peer <python>', `a python that has ${has} (default: python3, if it has)`)
    .option('--no-peer', 'no turns with others');
}

/**
 * Measures, and shows where and what.
 *
 * @param measure gives all results; those that it hands to `done` before are shown at once
 */
export async function shown(
  json: boolean | undefined,
  measure: (done: (results: readonly Result[]) => void) => Promise<Result[]>,
): Promise<void> {
  const [{ machineText, thisMachine }, { resultsText }] = await Promise.all([
    import('./bench/machine.ts'),
    import('./bench/result.ts'),
  ]);
  const show = (results: readonly Result[]): void => {
    if (!json && results.length > 0) sayResult(resultsText(results));
  };
  let before = 0;
  const results = await measure((some) => {
    before += some.length;
    show(some);
  });
  show(results.slice(before));
  const machine = await thisMachine();
  if (json) sayJson({ machine, results });
  else sayResult(machineText(machine));
}
