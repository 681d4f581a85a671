import { OptionError } from '../errors.ts';
import { createProgress, type Progress } from '../progress.ts';
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

/** An evaluation's report, if one was asked for. */
export interface Reporting {
  /** The progress line, which the page repeats while the evaluation runs. */
  progress: Progress;
  /** Writes the report, and says where. */
  write(
    record: (records: typeof import('../recipes/evaluationRecords.ts')) => EvaluationRecord | EvaluationRecord[],
  ): Promise<void>;
}

/**
 * Begins the report of an evaluation: until it is written a page in its place says how far the evaluation is.
 *
 * @param title of the page meanwhile
 * @throws OptionError for a report that has no name of a page
 */
export async function reporting(path: string | undefined, title: string): Promise<Reporting> {
  checkReport(path);
  const line = createProgress();
  if (path === undefined) return { progress: line, write: async () => {} };
  const { standingPage } = await import('../recipes/standingPage.ts');
  const { progress, settled } = standingPage(line, path, title);
  return {
    progress,
    async write(record) {
      await settled();
      const { writeEvaluation } = await import('../recipes/evaluationReport.ts');
      const written = await writeEvaluation(path, [record(await import('../recipes/evaluationRecords.ts'))].flat());
      say(`rxface: report in ${written.report}, what it shows in ${written.record}`);
    },
  };
}
