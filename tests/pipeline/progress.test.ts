import { describe, expect, it } from 'vitest';
import { createProgress, duration, showRun, standingLine, type Standing } from '../../pipeline/progress.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { written, wait: (ms: number) => (time += ms), progress: createProgress(stream as never, () => time) };
}

describe('createProgress', () => {
  it('prints a line every ten seconds where there is no terminal', () => {
    const { written, wait, progress } = recorder(false);
    for (let i = 0; i < 25; i++) {
      progress.show({ unit: 'images', done: i });
      wait(1000);
    }
    expect(written).toEqual(['0 images\n', '10 images\n', '20 images\n']);
  });

  it('rewrites one line on a terminal, no wider than it, and clears it for a line that stays', () => {
    const { written, progress } = recorder(true);
    progress.show({ unit: 'images of a very long name that does not fit', done: 1 });
    expect(written[0]).toHaveLength('\r\x1b[K'.length + 39);
    progress.note('LFW 87 %');
    progress.end();
    expect(written.slice(1)).toEqual(['\r\x1b[K', 'LFW 87 %\n']);
  });
});

describe('standingLine', () => {
  it('says items, rate, loss, limiting stage and time left', () => {
    const standing = { unit: 'images', done: 1240, total: 2232, rate: 162.4, figures: { loss: 5.1234 } };
    expect(standingLine({ ...standing, limiting: 'step', left: 400 })).toBe(
      '1,240/2,232 images, 162 a second, loss 5.123, limited by step, 7 min left',
    );
  });
});

describe('showRun', () => {
  const shown = (of: Parameters<typeof showRun>[1], items: number): Standing => {
    let standing: Standing | undefined;
    const progress = { show: (now: Standing) => void (standing = now), note() {}, end() {} };
    const nodes = ['embed', 'out'].map((name, i) => ({ name, items: items - i }));
    showRun(progress, of)({ nodes, seconds: 4, limiting: 'embed' } as never);
    return standing!;
  };

  it('counts the items of the last node', () => {
    const standing = { unit: 'images', done: 20, total: 100, rate: 5, limiting: 'embed', left: 16 };
    expect(shown({ unit: 'images', total: 100 }, 21)).toEqual(standing);
  });

  it('counts those of a node by what each stands for, goes on where it was and never passes the total', () => {
    expect(shown({ unit: 'images', total: 100, node: 'embed', each: 8 }, 2)).toMatchObject({ done: 16, rate: 4 });
    expect(shown({ unit: 'images', total: 100, node: 'embed', each: 8 }, 20)).toMatchObject({ done: 100, left: 0 });
    expect(shown({ unit: 'images', total: 100, from: 60 }, 21)).toMatchObject({ done: 80, rate: 5, left: 4 });
  });
});

describe('duration', () => {
  it.each([
    [0.4, '0 s'],
    [99, '99 s'],
    [100, '2 min'],
    [5940, '99 min'],
    [12_000, '3 h 20 min'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});
