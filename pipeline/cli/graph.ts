import type { RunMetrics } from '../metrics.ts';
import { OptionError } from '../errors.ts';
import { exists } from '../files/read.ts';
import { writeFile } from '../files/write.ts';
import { collect, examples, say, sayJson, sayResult, type Command } from './program.ts';

interface Options {
  set: string[];
  svg?: string;
  json?: boolean;
}

/** `rxface graph`: what flows where in a training, and how it goes. */
export function graphCommand(program: Command): void {
  program
    .command('graph')
    .description('draw what flows where in a training: Mermaid, or a picture; of a run, with how it went last')
    .argument('<config>', 'YAML or JSON, or a run folder')
    .option('--set <a.b=value>', 'a value over the config; may be given often', collect, [])
    .option('--svg <file>', 'write a picture instead')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface graph my.yaml', 'the graph as Mermaid'],
        ['rxface graph runs/mine --svg graph.svg', 'a picture: rates, full links, who waits for whom'],
      ),
    )
    .action(graphAction);
}

async function graphAction(given: string, { set, svg, json }: Options): Promise<void> {
  const { readConfig } = await import('../recipes/config.ts');
  const { configOf, readLines, runFolder } = await import('../recipes/runFolder.ts');
  const { graphOf, mermaidOf, pictureOf } = await import('../recipes/graphPicture.ts');
  const isRun = await exists(configOf(given));
  if (isRun && set.length > 0)
    throw new OptionError('graph', '--set', 'left out for a run, which has its config', set.join(' '));
  const config = await readConfig(isRun ? configOf(given) : given, set);
  const metrics = isRun ? (await readLines<RunMetrics>(runFolder(given).metrics)).at(-1) : undefined;
  const graph = graphOf(config);
  const mermaid = mermaidOf(graph, metrics);
  if (svg !== undefined) {
    const { flowPlot } = await import('../../sinks/plot/flowPlot.ts');
    await writeFile(svg, flowPlot(pictureOf(graph, metrics)));
    say(`graph: ${svg}`);
  }
  if (json)
    return sayJson({ graph: graph.name, bound: graph.bound(), mermaid, metrics: metrics ?? null, svg: svg ?? null });
  if (svg === undefined) sayResult(mermaid.trimEnd());
}
