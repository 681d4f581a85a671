import { duration } from '../progress.ts';
import type { DryRun } from '../recipes/dryRun.ts';
import type { MetaForecast } from '../recipes/metaTrial.ts';

/** A dry run for people: what would be trained, the graph, and what it would take. */
export function dryRunText(found: DryRun): string {
  const { run, engine, memory, time } = found;
  const links = memory.links.map(({ after, capacity, bytes }) => `${after} ${number(capacity)}: ${size(bytes)}`);
  const evaluations = time.evaluations.map(
    ({ protocol, images, times, seconds }) =>
      `${protocol}, ${number(images)} images, ${times === 1 ? 'once' : `${times} times`}: ${duration(seconds)}`,
  );
  const tensorflow = engine.tensorflow === null ? '' : ` (TensorFlow ${engine.tensorflow})`;
  return [
    row('data', `${number(found.people)} people, ${number(found.images)} images`),
    row(
      'plan',
      `${number(found.epochs)} epoch${found.epochs === 1 ? '' : 's'} of ${number(found.stepsPerEpoch)} steps of ${number(found.batch)} images: ${number(found.steps)} steps`,
    ),
    row('learned', `${number(found.parameters)} numbers, class centres included, in ${found.precision}`),
    ...(found.meta ? metaRows(found.meta) : []),
    row('engine', `${engine.backend}${tensorflow}`),
    row('run', `${run.path}${run.taken ? ', where a run lies already: training would refuse' : ''}`),
    '',
    found.graph,
    row('memory', `the process held up to ${size(memory.peak)}, of it tensors ${size(memory.tensors)}`),
    row('links', `full, they hold ${links.join(', ')}`),
    row(
      'rate',
      `${time.imagesPerSecond.toPrecision(3)} images a second, ${time.step.toPrecision(3)} s a step, limited by ${time.limiting} (median of ${time.measured} steps)`,
    ),
    ...(found.meta?.phases ?? []).map(({ name, steps, faces, seconds }) =>
      row(
        'phase',
        `${name}, ${steps === undefined ? `${number(faces!)} faces` : `${number(steps)} steps`}: ${duration(seconds)}`,
      ),
    ),
    row('training', duration(time.training)),
    ...evaluations.map((text) => row('evaluation', text)),
    row('in all', duration(time.total)),
  ].join('\n');
}

/** The meta set: its sources, what it has labels of, who is in both sets, and the pool. */
function metaRows({ sources, variations, shared, pool }: MetaForecast): string[] {
  return [
    ...sources.map(({ path, people, candidates, teachers }) => {
      const who = people === 0 ? 'nobody is known' : `${number(people)} people`;
      const taught = teachers === 0 ? '' : `, ${number(teachers)} that classifiers learn from`;
      return row('meta set', `${path}: ${who}, ${number(candidates)} candidates${taught}`);
    }),
    ...variations.map(({ factor, labelled, classes, drawn, taughtBy }) => {
      const known = `${number(labelled)} candidates labelled (${classes.map(number).join(', ')} by class)`;
      return row(
        'variation',
        `${factor}: ${known}${drawn ? ', and whatever is drawn' : ''}; its classifier learns from the ${taughtBy}`,
      );
    }),
    row('in both', shared.length === 0 ? 'nobody' : shared.join('; ')),
    row('pool', `${number(pool.slots)} slots, ${size(pool.bytes)}`),
  ];
}

function row(name: string, text: string): string {
  return `${name.padEnd(10)} ${text}`;
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}

/** 1,536 bytes as '1.5 KiB'. */
function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes) / 10)));
  const value = bytes / 1024 ** at;
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}
