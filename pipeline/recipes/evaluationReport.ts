import { page } from 'rxface/sinks';
import { writeFile } from '../files/write.ts';
import type { EvaluationRecord } from './evaluationRecord.ts';
import { evaluationSections, labelsOf } from './evaluationSections.ts';

/**
 * Writes the report of an evaluation, one page that needs nothing beside it, and its records beside it, of the same name with .json: what
 * `rxface report evaluations` sets beside others.
 *
 * @param path ends with .html
 */
export async function writeEvaluation(
  path: string,
  records: readonly EvaluationRecord[],
): Promise<{ report: string; record: string }> {
  const beside = path.replace(/\.html$/, '.json');
  await writeFile(beside, `${JSON.stringify(records.length === 1 ? records[0] : records)}\n`);
  await writeEvaluations(path, records);
  return { report: path, record: beside };
}

/** Writes one report of several evaluations: of each protocol all models side by side. @param path ends with .html */
export async function writeEvaluations(path: string, records: readonly EvaluationRecord[]): Promise<void> {
  const protocols = [...new Set(records.map(({ protocol }) => protocol))];
  const models = [...new Set(records.map(({ model }) => model))];
  const when = new Date(Math.max(...records.map(({ at }) => at))).toISOString().slice(0, 10);
  const title = models.length > 1 ? `${models.length} models on ${protocols.join(', ')}` : `${labelsOf(models)[0]!} on ${protocols.join(', ')}`; // prettier-ignore
  await writeFile(path, page({ title, lead: `${models.join(', ')}. Evaluated ${when}.`, sections: evaluationSections(records) })); // prettier-ignore
}
