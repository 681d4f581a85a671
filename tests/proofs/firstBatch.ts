import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import type { Sample, StepItem } from '../../pipeline/items.ts';
import { run as runGraph } from '../../pipeline/run.ts';
import { toShards } from '../../sinks/shards.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { trainOnce } from './resume.ts';

const IMAGES = 20_000;
const PEOPLE = 1000;
/** Pictures that are drawn; the shard has each of them many times. */
const DRAWN = 200;

const CONFIG = `data: { sources: [{ path: many }] }
model: { name: ir18 }
head: { name: adaface }
schedule: { name: cosine, lr: 0.1, warmupSteps: 10 }
augment: { flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2 }
train: { batch: 64, epochs: 2, seed: 7 }
checkpoint: { everySteps: 1, keep: 2 }
`;

/**
 * Seconds from the engine being loaded to the first batch's being at the step, where an IR-18 at batch 64 is resumed over a
 * shard of 20,000 images: opening the shard, reading and checking the checkpoint, making the network, threads, 64 faces.
 */
export async function secondsToFirstBatch(root: string): Promise<number> {
  await runGraph(
    graph('many')
      .source('faces', many())
      .sink('shards', toShards(join(root, 'many'))),
  );
  const config = join(root, 'many.yaml');
  writeFileSync(config, CONFIG);
  const run = join(root, 'first-batch');
  const threads = 2;
  await trainOnce(root, { config }, run, { threads, kill: { moment: 'after', step: 1 } });
  const { said } = await trainOnce(root, { config }, run, {
    resume: true,
    threads,
    kill: { moment: 'within', step: 2 },
  });
  const loaded = Number(/^engine loaded at (\d+)$/m.exec(said)![1]);
  const lines = readFileSync(join(run, 'steps.jsonl'), 'utf8').trimEnd().split('\n');
  const { iteration, time } = JSON.parse(lines.at(-1)!) as StepItem;
  if (iteration !== 2) throw new Error(`the resumed run's first step is ${iteration}, not 2`);
  return (time.at - 1000 * time.seconds - loaded) / 1000;
}

/** As many samples as asked for, of few pictures. */
function many(): Source<Sample> {
  return {
    name: 'many',
    async *[Symbol.asyncIterator]() {
      const drawn = await drawnFaces({ people: DRAWN, perPerson: 1 }).read(Int32Array.from({ length: DRAWN }, (_, i) => i)); // prettier-ignore
      for (let first = 0; first < IMAGES; first += DRAWN) {
        yield drawn.map((face, i) => ({ ...face, id: `${first + i}`, label: (first + i) % PEOPLE }));
      }
    },
  };
}
