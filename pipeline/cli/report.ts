import { examples, sayJson, sayResult, type Command } from './program.ts';
import { evaluationsReport } from './reportEvaluations.ts';

/** `rxface report`: a run folder as one page; `rxface report margins`: what margins its faces were given; `rxface report evaluations`: models side by side. */
export function reportCommand(program: Command): void {
  const report = program
    .command('report')
    .description('write report.html into a run folder: evaluations, curves, pictures and config in one file')
    .argument('<run>', 'run folder')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface report runs/demo', 'writes runs/demo/report.html'],
        ['rxface report runs/demo --json', 'prints {"report": "runs/demo/report.html"}'],
        ['rxface report margins runs/mvcom', 'writes runs/mvcom/margins.html'],
      ),
    )
    .action(async (run: string, { json }: { json?: boolean }) => {
      const { writeReport } = await import('../recipes/report.ts');
      const path = await writeReport(run);
      if (json) sayJson({ report: path });
      else sayResult(path);
    });
  marginsCommand(report.enablePositionalOptions());
  evaluationsReport(report);
}

function marginsCommand(report: Command): void {
  report
    .command('margins')
    .description('write margins.html into the run folder of a training with a meta set: margins by variation and class')
    .argument('<run>', 'run folder')
    .argument('[beside...]', 'run folders of other methods on the same people, whose losses are set beside its own')
    .option('--data-root <folder>', 'where its data are, if not where the run had them')
    .option('--json', 'print one JSON object: every figure of the page')
    .addHelpText(
      'after',
      examples(
        ['rxface report margins runs/mvcom', 'writes runs/mvcom/margins.html'],
        ['rxface report margins runs/mvcom runs/cosface runs/ldam', 'with the losses of three methods by class volume'],
      ),
    )
    .action(async (run: string, beside: string[], _: object, command: Command) => {
      // With what stands before its name: 'report --json margins RUN'.
      const { json, dataRoot } = command.optsWithGlobals<{ json?: boolean; dataRoot?: string }>();
      const { writeMarginReport } = await import('../recipes/marginReport.ts');
      const { say } = await import('./program.ts');
      const result = await writeMarginReport({ run, beside, say, ...(dataRoot !== undefined && { dataRoot }) });
      if (json) sayJson({ ...result });
      else sayResult(result.report);
    });
}
