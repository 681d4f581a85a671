import { OptionError } from '../errors.ts';
import type { EvaluationRecord } from '../recipes/evaluationRecord.ts';
import { say } from './program.ts';

/** What `--report` of an evaluation takes. */
export const REPORT_OPTION = 'write a report with curves and pictures, one file, and what it shows as .json beside it';

/** What `--far` of a pair protocol takes. */
export const FAR_OPTION = 'share of strangers that the threshold may let through (default: 0.001)';

/** Before an hour of work: @throws OptionError for a report that has no name of a page */
export function checkReport(path: string | undefined, command = 'evaluate', option = '--report'): void {
  if (path !== undefined && !path.endsWith('.html'))
    throw new OptionError(command, option, 'the name of an .html file', path);
}

/** Writes the report of an evaluation where one was asked for, and says where. */
export async function reported(
  path: string | undefined,
  record: (records: typeof import('../recipes/evaluationRecords.ts')) => EvaluationRecord | EvaluationRecord[],
): Promise<void> {
  if (path === undefined) return;
  const { writeEvaluation } = await import('../recipes/evaluationReport.ts');
  const written = await writeEvaluation(path, [record(await import('../recipes/evaluationRecords.ts'))].flat());
  say(`rxface: report in ${written.report}, what it shows in ${written.record}`);
}
