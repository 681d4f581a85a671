import type { Key, StepItem, StepSample } from 'rxface';

/** What a training has written down of a face at a step that reports every sample. */
export type MarginRecord = StepSample & Key & Required<Pick<StepSample, 'label' | 'variation' | 'residual'>>;

/** Faces whose residuals a run has recorded, and the steps that did. */
export interface MarginRecords {
  /** Each face once, as the last step that recorded it saw it, by its index. */
  faces: MarginRecord[];
  /** Recorded steps, and the first and last of them by their iteration. */
  steps: { count: number; first: number; last: number };
}

/** The residuals in a run's log: one record a face, the latest, for each iteration begins anew at none. */
export function marginRecords(steps: readonly StepItem[]): MarginRecords {
  const faces = new Map<number, MarginRecord>();
  const recorded = steps.filter(({ samples }) => samples?.some(isRecord));
  for (const { epoch, samples } of recorded)
    for (const sample of samples!) if (isRecord(sample)) faces.set(sample.index, { ...sample, epoch });
  return {
    faces: [...faces.values()].toSorted((a, b) => a.index - b.index),
    steps: { count: recorded.length, first: recorded[0]?.iteration ?? 0, last: recorded.at(-1)?.iteration ?? 0 },
  };
}

/** Those of an `emit` list lack what it takes to find a face again. */
function isRecord(sample: StepSample): sample is Omit<MarginRecord, 'epoch'> {
  const { residual, label, position, variation } = sample;
  return residual !== undefined && label !== undefined && position !== undefined && variation !== undefined;
}
