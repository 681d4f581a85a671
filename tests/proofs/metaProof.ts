import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { warmUpStep } from '../../operators/steps/warmUpStep.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import type { Sample, StepItem } from '../../pipeline/items.ts';
import { readConfig } from '../../pipeline/recipes/config.ts';
import { fillMetaPool } from '../../pipeline/recipes/metaCandidates.ts';
import { drawing, metaGraph, warmUpGraph } from '../../pipeline/recipes/metaGraph.ts';
import { classifiersOf, metaStepOptions, poolOf, type MetaTrainingConfig } from '../../pipeline/recipes/metaParts.ts';
import { planOf } from '../../pipeline/recipes/plan.ts';
import { train } from '../../pipeline/recipes/train.ts';
import { newLearner } from '../../pipeline/recipes/training.ts';
import { run } from '../../pipeline/run.ts';
import { toEach } from '../../sinks/each.ts';
import { gist, LEAST_PROMISE, watchedMetaStep, type Fall } from './meta.ts';
import type { Proof } from './prove.ts';

const DATA = '../shared/data';
const RECIPES = 'pipeline/recipes';
/** Less than the recipes, so that it ends within minutes: faces of half the side, two epochs before, a shorter warm-up, a smaller pool. */
const SMALLER = ['model.size=[56,56]', 'evaluate=[]', 'checkpoint={}'];
const EPOCHS = 2;
const WARM_UP = 200;
const POOL = 2048;
const RESIDUAL_MAX = 0.02;
/** Iterations that count, and how many are taken at most until there are so many. */
const COUNTED = 60;
const MOST = 240;
/** What is claimed of them. */
const LOWER = 0.9;
const RATIO = [0.5, 2] as const;

/** The long form of meta.test.ts: on real faces, where they are at hand, and as the recipes train. */
export const metaProof: Proof = {
  claim:
    `MvCoM as celeba-mvcom.yaml says, with residuals up to ${RESIDUAL_MAX}, on faces of 56 pixels after ${EPOCHS} epochs of ` +
    'celeba-bollywood.yaml: each step is taken twice from the same weights and momentum, with residuals and without, by SGD of rate 0.001, ' +
    'momentum 0.9, weight decay and clipping as in training, and the meta batch it was judged by is asked after both. Over the ' +
    `${COUNTED} iterations that promise a fall of the meta loss above ${LEAST_PROMISE} it is lower with residuals in at least ` +
    `${100 * LOWER} %, and the median of the fall over the promise is ${RATIO.join(' to ')}.`,
  async run(say) {
    if (!existsSync(DATA)) throw new Error(`this proof needs ${DATA}`);
    const root = mkdtempSync(join(tmpdir(), 'rxface-prove-meta-'));
    try {
      const sets = [`data.root=${resolve(DATA)}`, ...SMALLER];
      const before = await readConfig(join(RECIPES, 'celeba-bollywood.yaml'), [...sets, `train.epochs=${EPOCHS}`]);
      const progress = { show() {}, note: say, end() {} };
      await train({ config: before, run: join(root, 'pretrain'), progress });
      const config = await readConfig(join(RECIPES, 'celeba-mvcom.yaml'), [
        ...sets,
        `init=${join(root, 'pretrain')}`,
        // A fall of 1e-5 is below what bfloat16 tells apart.
        'train.precision=float32',
        `meta.rule.residualMax=${RESIDUAL_MAX}`,
        `meta.variation.warmup=${WARM_UP}`,
        `meta.pool.most=${POOL}`,
        'meta.logPerVariationEvery=0',
      ]);
      const falls = await fallsOf(config as MetaTrainingConfig, say);
      const { counted, lower, ratio, quartiles } = gist(falls);
      const exact = (what: string, measured: number) => ({ what, expected: 0, measured, sigma: 0 });
      const [least, most] = RATIO;
      return {
        findings: [
          exact(`iterations short of ${COUNTED} that count`, Math.max(0, COUNTED - counted)),
          exact(`share short of ${LOWER} whose meta loss is lower with residuals`, Math.max(0, LOWER - lower)),
          exact(
            `median of fall over promise, below ${least} or above ${most}`,
            Math.max(0, least - ratio, ratio - most),
          ),
        ],
        notes: [
          `${counted} of ${falls.length} iterations promise a fall above ${LEAST_PROMISE}; the meta loss is lower with residuals in ${(100 * lower).toFixed(1)} % of them.`,
          // The first step without residuals is the pseudo step but for the decay: what is asked is what the step asked.
          `Before there is momentum the meta loss without residuals is ${Math.abs(falls[0]!.loss / falls[0]!.reported - 1).toExponential(1)} of itself off that of the pseudo step.`,
          `Fall over promise: median ${ratio.toFixed(3)}, half of them ${quartiles.map((x) => x.toFixed(3)).join(' to ')}.`,
        ],
      };
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** The first iterations of the meta phase, until enough of them count. */
async function fallsOf(config: MetaTrainingConfig, say: (line: string) => void): Promise<Fall[]> {
  const engine = await startEngine();
  const plan = await planOf(config, say);
  const { faces, people, images, counts, perEpoch, schedule } = plan;
  const meta = plan.meta!;
  const make = () => newLearner({ config, engine, people, images, counts, say });
  const [learner, twin] = [await make(), await make()];
  const classifiers = classifiersOf(config);
  const pool = poolOf(config, meta.candidates.length!);
  const { seed } = config.train;
  const falls: Fall[] = [];
  const enough = new AbortController();
  const teaching = new WeakSet<Sample>();
  const { stage, dispose } = watchedMetaStep({
    step: { ...metaStepOptions(config, learner, { schedule, classifiers, pool, teaching }), seed },
    twin,
    onFall(fall) {
      falls.push(fall);
      const { promised, given, loss } = fall;
      say(`iteration ${falls.length}: ${given.toExponential(2)} lower, promised ${promised.toExponential(2)}, of ${loss.toFixed(3)}`); // prettier-ignore
      if (falls.length === MOST || gist(falls).counted === COUNTED) enough.abort();
    },
  });
  const sinks = { files: toEach<StepItem>(() => {}), console: toEach<StepItem>(() => {}) };
  try {
    const learning = warmUpStep({ model: learner.model, classifiers, learningRate: config.meta.variation.lr, seed });
    const first = { faces, meta, done: 0, ...sinks };
    await run(warmUpGraph(config, { ...first, perEpoch, step: learning }));
    await fillMetaPool(pool, learner.model, { ...drawing(config), faces: meta.candidates });
    for (let epoch = 0; !enough.signal.aborted; epoch++) {
      const place = { ...first, done: epoch * perEpoch, epoch, position: 0, from: pool.taken, teaching, step: stage };
      await run(metaGraph(config, place), { stop: enough.signal });
    }
  } finally {
    dispose();
    for (const owner of [learner, twin, ...classifiers]) owner.dispose();
    await plan.close();
  }
  return falls;
}
