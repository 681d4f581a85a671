import { FACTORS, type StepItem } from 'rxface';
import { linePlot, thin, type Section, type Series } from 'rxface/sinks';

/** Points of a curve. */
const POINTS = 280;
const STEPS = { label: 'step', whole: true } as const;

/** What a training with a meta set learned beside the network: residuals, the meta loss, and how well classifiers know their variation. */
export function metaSection(steps: readonly StepItem[]): Section | undefined {
  const plots = [
    plot(steps, 'Residuals', 'of a batch', /^residual\.(rms|largest|mean)$/),
    ...FACTORS.map((factor) =>
      plot(steps, `Residuals by ${factor}`, 'mean of a class in a batch', new RegExp(`^residual\\.${factor}\\.\\d+$`)),
    ),
    plot(steps, 'Meta loss', 'cross entropy of a variation on its meta batch', /^meta\.loss\.\w+$/),
    plot(steps, 'Classifiers', 'cross entropy of a variation on what teaches it', /^variation\.\w+\.loss$/),
  ].filter((one) => one !== undefined);
  if (plots.length === 0) return undefined;
  const text =
    'A residual is what the meta set made of a sample: added to its margin, for other rules than MvCoM to its weight. Every ' +
    'iteration begins anew at none.';
  return { title: 'Meta set', text, plots };
}

/** Curves of the figures with such names, under what tells them apart. */
function plot(steps: readonly StepItem[], title: string, label: string, names: RegExp): string | undefined {
  const found = [...new Set(steps.flatMap(({ figures }) => Object.keys(figures)))].filter((name) => names.test(name));
  if (found.length === 0) return undefined;
  const series = found.toSorted().map((name, colour): Series => {
    const own = steps.filter(({ figures }) => name in figures).map((step) => [step.iteration, step.figures[name]!] as const); // prettier-ignore
    const points = thin(own, POINTS).map(({ x, mean }) => [x, mean] as const);
    return { name: name.replace(/^(residual|meta\.loss|variation)\.|\.loss$/g, ''), colour, points };
  });
  return linePlot({ title, x: STEPS, y: { label }, series });
}
