import { expect, it } from 'vitest';
import type { Result } from '../../../../pipeline/cli/bench/result.ts';
import { measureAll, SUITE, type SuiteOptions } from '../../../../pipeline/cli/bench/suite.ts';
import { EngineError } from '../../../../pipeline/errors.ts';

const result: Result = { benchmark: 'a', work: 'w', unit: 'u', median: 1, min: 1, max: 1, peers: [] };

it('measures one after the other, and says what cannot run here', async () => {
  const told: SuiteOptions[] = [];
  const [said, done]: [string[], string[]] = [[], []];
  const piece = (name: string, error?: Error) => ({
    name,
    measure: async (options: SuiteOptions) => {
      told.push(options);
      if (error) throw error;
      return [{ ...result, benchmark: name }];
    },
  });
  const given = { rounds: 2, peer: false } as const;
  const listen = {
    say: (line: string) => said.push(line),
    done: (some: readonly Result[]) => done.push(some[0]!.benchmark),
  };
  const suite = [piece('a'), piece('b', new EngineError('no bfloat16 here', 'Use float32.')), piece('c')];
  expect((await measureAll(given, listen, suite)).map(({ benchmark }) => benchmark)).toEqual(['a', 'c']);
  expect(told).toEqual([given, given, given]);
  expect(done).toEqual(['a', 'c']);
  expect(said).toEqual(['b: not here: no bfloat16 here. Use float32.']);
  await expect(measureAll(given, listen, [piece('d', new Error('broken'))])).rejects.toThrow('broken');
});

it('holds what the project promises of its speed', () => {
  const names = new Set(SUITE.map(({ name }) => name));
  for (const name of ['train', 'embed', 'memory', 'whole', 'load', 'links', 'evaluate']) expect(names).toContain(name);
});
