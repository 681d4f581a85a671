import type { Progress } from 'rxface';
import { page } from 'rxface/sinks';
import { writeFile } from '../files/write.ts';
import { standingLine, type Standing } from '../progress.ts';

/** Seconds between two pages, and after which an open one looks for the next. */
const PAUSE = 2;

/** The place of a report while what it is of runs. */
export interface StandingPage {
  /** Shows what it is given there, and on the page. */
  progress: Progress;
  /** Waits for a page that is being written: afterwards nothing overwrites the report. */
  settled(): Promise<void>;
}

/**
 * Has a page say how far something is and what its figures are so far, where its report will be: each is whole when it is
 * there, and a browser that has it open shows the next by itself, in the end the report.
 *
 * @param now clock in milliseconds, for tests
 */
export function standingPage(progress: Progress, path: string, title: string, now = Date.now): StandingPage {
  let last = -Infinity;
  let writing = Promise.resolve();
  let underWay = false;
  const write = async (standing: Standing): Promise<void> => {
    await writeFile(path, textOf(title, standing));
    underWay = false;
  };
  return {
    progress: {
      ...progress,
      show(standing) {
        progress.show(standing);
        if (underWay || now() - last < PAUSE * 1000) return;
        last = now();
        underWay = true;
        // A disk that is full is told of by the report itself.
        writing = write(standing).catch(() => {});
      },
    },
    settled: () => writing,
  };
}

function textOf(title: string, { figures = {}, ...standing }: Standing): string {
  const rows = Object.entries(figures).map(([name, value]) => [name, value.toPrecision(4)] as const);
  const section = rows.length === 0 ? [] : [{ title: 'So far', facts: rows }];
  return page({ title, lead: `Running: ${standingLine(standing)}.`, sections: section, refresh: PAUSE });
}
