import { checkReport } from './reporting.ts';
import { examples, sayJson, sayResult, type Command } from './program.ts';

/** `rxface report evaluations`: what several models did, side by side. */
export function evaluationsReport(report: Command): void {
  report
    .command('evaluations')
    .description(
      'set evaluations side by side: the .json files that evaluate --report wrote, of any models and protocols',
    )
    .argument('<records...>', 'two or more, or one to draw it anew')
    .requiredOption('--out <html>', 'the report')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface report evaluations mine.json theirs.json --out both.html', 'two models beside each other'],
        ['rxface report evaluations lfw.json ijbc.json --out mine.html', 'one model on two protocols'],
      ),
    )
    .action(async (paths: string[], _: object, command: Command) => {
      // With what stands before its name: 'report --json evaluations ...'.
      const { out, json } = command.optsWithGlobals<{ out: string; json?: boolean }>();
      checkReport(out, 'report', '--out');
      const { readRecords } = await import('../recipes/evaluationRecord.ts');
      const { writeEvaluations } = await import('../recipes/evaluationReport.ts');
      const records = (await Promise.all(paths.map(readRecords))).flat();
      await writeEvaluations(out, records);
      if (json) sayJson({ report: out, evaluations: records.length });
      else sayResult(out);
    });
}
