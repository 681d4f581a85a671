import type { EvaluateBenchOptions } from './bench/evaluate.ts';
import type { IjbBenchOptions } from './bench/ijb.ts';
import { shown, withPeer } from './benchShown.ts';
import { say, wholeNumber, type Command } from './program.ts';

/** `rxface bench evaluate|ijb`: what scoring takes, once the embeddings are there. */
export function benchEvaluate(add: (name: string, description: string) => Command): void {
  withPeer(add('evaluate', 'the scoring of a verification protocol from its embeddings, in turns with numpy'))
    .option('--pairs <n>', 'pairs of the protocol', wholeNumber(20), 6000)
    .option('--dimension <n>', 'numbers in an embedding', wholeNumber(1), 512)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 7)
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: EvaluateBenchOptions & { json?: boolean }) => {
      const { scoringRate } = await import('./bench/evaluate.ts');
      await shown(json, async () => [await scoringRate(options, say)]);
    });
  withPeer(
    add(
      'ijb',
      "IJB 1:1 at IJB-C's size, lists and embeddings drawn for the while, with the memory it takes, in turns with Python",
    ),
    'numpy and scikit-learn',
  )
    .option('--images <n>', 'embeddings', wholeNumber(1), 469_375)
    .option('--templates <n>', 'templates that they are of', wholeNumber(20), 23_124)
    .option('--genuine <n>', 'trials of one person', wholeNumber(1), 19_557)
    .option('--impostors <n>', 'trials of two', wholeNumber(1), 15_638_932)
    .option('--dimension <n>', 'numbers in an embedding', wholeNumber(1), 512)
    .option('--rounds <n>', "everybody's turns", wholeNumber(1), 1)
    .option('--alone <dir>', 'score the set that was drawn there, and nothing else')
    .option('--json', 'print one JSON object')
    .action(async ({ json, ...options }: IjbBenchOptions & { json?: boolean }) => {
      const { ijbTimes } = await import('./bench/ijb.ts');
      await shown(json, () => ijbTimes(options, say));
    });
}
