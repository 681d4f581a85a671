import type { StepItem } from 'rxface';
import { linePlot, thin, type Section, type Series, type Table } from 'rxface/sinks';
import { duration } from '../progress.ts';
import type { EvaluationLine } from './evaluations.ts';
import { PHASES } from './metaPhases.ts';
import { metaSection } from './metaSection.ts';
import type { RunRecord } from './report.ts';
import type { Config } from './schema.ts';

/** Points of a curve: more than these no picture shows. */
const POINTS = 280;
/** Steps at the end whose mean stands for the end of the run. */
const LAST = 100;
const STEPS = { label: 'step', whole: true } as const;

/** The run in a sentence. */
export function lead({ config, steps, manifest }: RunRecord): string {
  const { model, train } = config;
  const who =
    manifest === undefined ? '' : ` on ${count(manifest.images)} images of ${count(manifest.classes.count)} people`;
  const seconds = steps.reduce((sum, step) => sum + step.time.seconds, 0);
  const last = steps.at(-1);
  const done =
    last === undefined
      ? 'no step yet'
      : `${count(last.iteration)} steps in ${duration(seconds)}, epoch ${last.epoch + 1} of ${train.epochs}`;
  return `${model.name} at ${model.size.join(' x ')} pixels with ${config.head.name}${who}: ${done}.`;
}

/** What the report shows, from top to bottom. */
export function sections(record: RunRecord): Section[] {
  const { config, pictures } = record;
  const steps = record.steps.filter(({ phase }) => phase !== PHASES.warmUp);
  return [
    evaluationSection(record.evaluations),
    steps.length === 0 ? undefined : trainingSection(steps),
    steps.length === 0 ? undefined : normSection(config, steps),
    config.meta === undefined ? undefined : metaSection(record.steps),
    pictures.length === 0 ? undefined : { title: 'Pictures', pictures },
    { title: 'Run', facts: facts(record) },
    { title: 'Config', text: 'As it was resolved, every default filled in.', code: JSON.stringify(config, null, 2) },
  ].filter((section) => section !== undefined);
}

function evaluationSection(lines: readonly EvaluationLine[]): Section | undefined {
  if (lines.length === 0) return undefined;
  const names = [...new Set(lines.map(({ protocol }) => protocol))];
  const firsts = names.map((name) => lines.find((line) => line.protocol === name && line.epoch === 0));
  const lasts = names.map((name) => lines.findLast((line) => line.protocol === name)!);
  const untrained = firsts.some((line) => line !== undefined);
  const table: Table = {
    head: ['evaluation', ...(untrained ? ['untrained'] : []), 'trained', 'VAL at FAR 0.1 %', 'AUC', 'pairs'],
    rows: names.map((name, i) => {
      const { epoch, accuracy, val, auc, pairs } = lasts[i]!;
      const first = firsts[i];
      return [
        name,
        ...(untrained ? [first === undefined ? '' : rate(first.accuracy)] : []),
        epoch === 0 ? '' : rate(accuracy),
        percent(val.mean),
        auc.toFixed(4),
        count(pairs),
      ];
    }),
  };
  const curves = names.flatMap((name, i): Series[] => [
    { name, colour: i, points: pointsOf(lasts[i]!) },
    ...(firsts[i] === undefined || lasts[i]!.epoch === 0
      ? []
      : [{ name: `${name}, untrained`, colour: i, dashed: true, points: pointsOf(firsts[i]) }]),
  ]);
  const epochs = names.map((name, i): Series => {
    const own = lines.filter(({ protocol }) => protocol === name);
    return { name, colour: i, points: own.map(({ epoch, accuracy }) => [epoch, accuracy.mean] as const) };
  });
  const far = { label: 'FAR', scale: 'log', percent: true } as const;
  const plots = [
    linePlot({ title: 'ROC', x: far, y: { label: 'TAR', percent: true, domain: [0, 1] }, series: curves }),
  ];
  if (epochs.some(({ points }) => points.length > 2)) {
    const x = { label: 'epoch', whole: true };
    plots.push(linePlot({ title: 'Accuracy by epoch', x, y: { label: 'accuracy', percent: true }, series: epochs }));
  }
  const text =
    'Accuracy over ten folds: nine choose the threshold, the tenth is judged by it. A name such as lfw-20px means faces that ' +
    'were reduced to 20 pixels first.';
  return { title: 'Evaluation', text, table, plots };
}

/** A curve without what older runs did not write down. */
function pointsOf({ roc }: Partial<Pick<EvaluationLine, 'roc'>>): (readonly [number, number])[] {
  return roc === undefined ? [] : roc.far.map((far, i) => [far, roc.tar[i]!] as const);
}

function trainingSection(steps: readonly StepItem[]): Section {
  const loss = thin(
    steps.map((step) => [step.iteration, step.loss]),
    POINTS,
  );
  const rates = steps.map((step) => [step.iteration, step.learningRate] as const);
  return {
    title: 'Training',
    plots: [
      linePlot({
        title: 'Loss',
        x: STEPS,
        y: { label: 'loss' },
        series: [
          {
            name: 'loss',
            points: loss.map(({ x: at, mean }) => [at, mean]),
            band: loss.map(({ x: at, low, high }) => [at, low, high]),
          },
        ],
      }),
      linePlot({
        title: 'Learning rate',
        x: STEPS,
        y: { label: 'learning rate' },
        series: [{ name: 'rate', colour: 2, points: thin(rates, POINTS).map(({ x: at, mean }) => [at, mean]) }],
      }),
    ],
  };
}

/** The lengths of embeddings, which AdaFace reads quality from, and what it makes of them. */
function normSection({ head }: Config, steps: readonly StepItem[]): Section {
  const mean = figure(steps, 'normMean');
  const std = figure(steps, 'normStd');
  const plots = [
    linePlot({
      title: 'Embedding norm',
      x: STEPS,
      y: { label: 'mean of a batch, and one standard deviation around it' },
      series: [
        {
          name: 'norm',
          points: mean.map(({ x, mean: value }) => [x, value]),
          band: mean.map(({ x, mean: value }, i) => [x, value - std[i]!.mean, value + std[i]!.mean]),
        },
      ],
    }),
  ];
  if (head.name !== 'adaface' || head.quality !== 'norm') return { title: 'Embedding norms', plots };
  const last = steps.slice(-LAST);
  const [middle, spread] = ['normMean', 'normStd'].map(
    (name) => last.reduce((sum, step) => sum + step.figures[name]!, 0) / last.length,
  ) as [number, number];
  const norms = Array.from({ length: 121 }, (_, i) => middle + spread * (i / 15 - 4)).filter((norm) => norm > 0);
  const quality = (norm: number): number => Math.max(-1, Math.min(1, (head.h * (norm - middle)) / spread));
  plots.push(
    linePlot({
      title: "AdaFace's margins by norm",
      x: { label: `norm; ${middle.toFixed(2)} ± ${spread.toFixed(2)} over the last ${last.length} steps` },
      y: { label: 'margin' },
      series: [
        { name: 'angular (radians)', points: norms.map((norm) => [norm, -head.m * quality(norm)]) },
        { name: 'additive (cosine)', points: norms.map((norm) => [norm, head.m + head.m * quality(norm)]) },
      ],
    }),
  );
  const text =
    'AdaFace takes the length of an embedding for the quality of its image. The norms give its margins their range: long ones ' +
    'stress hard samples, short ones hold them back.';
  return { title: 'Embedding norms', text, plots };
}

function figure(steps: readonly StepItem[], name: string): ReturnType<typeof thin> {
  return thin(
    steps.map((step) => [step.iteration, step.figures[name] ?? NaN]),
    POINTS,
  );
}

function facts({ config, steps, manifest }: RunRecord): [string, string][] {
  const { model, head, optimiser, schedule, train } = config;
  const seconds = steps.reduce((sum, step) => sum + step.time.seconds, 0);
  const images = steps.reduce((sum, step) => sum + step.images, 0);
  const engine = manifest?.engine;
  const shown = (section: object): string =>
    Object.entries(section)
      .map(([name, value]) =>
        name === 'name' ? String(value) : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      .join(', ');
  return [
    [
      'engine',
      engine === undefined
        ? 'unknown'
        : `${engine.backend}${engine.tensorflow === null ? '' : `, TensorFlow ${engine.tensorflow}`}`,
    ],
    ['data', config.data.sources.map(({ path }) => path).join(', ')],
    [
      'people, images',
      manifest === undefined ? 'unknown' : `${count(manifest.classes.count)}, ${count(manifest.images)}`,
    ],
    ['network', shown(model)],
    ['margin', shown(head)],
    ['optimiser', shown(optimiser)],
    ['schedule', shown(schedule)],
    ['augmentations', shown(config.augment)],
    ['training', shown(train)],
    ['speed of the steps', images === 0 ? 'no step yet' : `${count(Math.round(images / seconds))} images a second`],
  ];
}

function rate({ mean, std }: { mean: number; std: number }): string {
  return `${percent(mean)} ± ${(100 * std).toFixed(2)}`;
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
const count = (value: number): string => value.toLocaleString('en-GB');
