import { examples, sayJson, sayResult, type Command } from './program.ts';
import { evaluationsReport } from './reportEvaluations.ts';

/** `rxface report`: a run folder as one page. */
export function reportCommand(program: Command): void {
  const command = program
    .command('report')
    .description('write report.html into a run folder: evaluations, curves, pictures and config in one file')
    .argument('<run>', 'run folder')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface report runs/demo', 'writes runs/demo/report.html'],
        ['rxface report runs/demo --json', 'prints {"report": "runs/demo/report.html"}'],
      ),
    )
    .action(async (run: string, { json }: { json?: boolean }) => {
      const { writeReport } = await import('../recipes/report.ts');
      const report = await writeReport(run);
      if (json) sayJson({ report });
      else sayResult(report);
    });
  evaluationsReport(command.enablePositionalOptions());
}
