import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folder, put } from '../../fixtures/archives.ts';
import { expectClose, expected, figures, rxface } from '../../fixtures/evaluated.ts';
import { drawnGalleries, drawnIjb, npyOf } from '../../fixtures/protocols.ts';

/** A folder for the tests of a whole block. */
function keptFolder(): string {
  const here = folder(true);
  afterAll(() => rmSync(here, { recursive: true }));
  return here;
}

const SWITCHES = ['keep', 'drop'].flatMap((norm) =>
  ['on', 'off'].flatMap((detector) => ['on', 'off'].map((flip) => [norm, detector, flip] as const)),
);

describe('evaluate ijb', () => {
  const { files, faces } = drawnIjb();
  const here = keptFolder();
  put(here, files);
  // A longer file: a protocol uses the first rows.
  put(here, { 'both.npy': npyOf([...faces, faces[0]!]), 'first.npy': npyOf(faces, 'first') });
  const args = ['ijb', '--meta', here, '--subset', 'ijbc', '--embeddings', join(here, 'both.npy')];

  it.each(SWITCHES)(
    'agrees with the released scripts: norm %s, detector score %s, flip %s',
    async (norm, detector, flip) => {
      for (const far of ['nearest', 'atMost']) {
        const result = await figures(...args, '--feature-norm', norm, '--detector-score', detector, '--flip', flip, '--far', far); // prettier-ignore
        const { trials, genuine, tar } = expected.ijb;
        expect(result).toMatchObject({ protocol: 'ijbc', trials, genuine, far, templates: 150 });
        expectClose(result['tar'], tar[`${norm} ${detector} ${flip}`][far]);
        expect(result['peakOpenMedia']).toBeGreaterThan(50);
      }
    },
  );

  it('takes one embedding a row, which has no flip', async () => {
    const one = ['ijb', '--meta', here, '--subset', 'ijbc', '--embeddings', join(here, 'first.npy')];
    expectClose((await figures(...one, '--flip', 'off'))['tar'], expected.ijb.tar['keep on off'].nearest);
    const { code, err } = await rxface(...one, '--flip', 'on');
    expect([code, err[0]]).toEqual([2, expect.stringContaining("flip must be 'off' for [N, D]")]);
  });

  it('prints a table, and refuses wrong use and lists that do not fit', async () => {
    const { out } = await rxface(...args);
    expect(out[0]).toBe('ijbc 1:1, 11,188 trials (159 genuine), 150 templates of 510 images');
    expect(out[1]).toBe('feature norm kept: yes, detector score: on, flip: on, FAR: nearest');
    expect((await rxface(...args, '--far', 'about')).code).toBe(2);
    const short = folder();
    put(short, { ...files, 'few.npy': npyOf(faces.slice(1)) });
    const few = await rxface('ijb', '--meta', short, '--subset', 'ijbc', '--embeddings', join(short, 'few.npy'));
    expect([few.code, few.err[0]]).toEqual([1, expect.stringContaining('at least 510 rows')]);
    put(short, { 'ijbc_template_pair_label.txt': '1000 1 0\n1000 1003 1\n' });
    const stray = await rxface('ijb', '--meta', short, '--subset', 'ijbc', '--embeddings', join(here, 'both.npy'));
    expect(stray.err[0]).toContain('expected templates of ijbc_face_tid_mid.txt, found');
  });
});

describe('evaluate ijb-1n', () => {
  const { files, faces } = drawnIjb('ijbb');
  const here = keptFolder();
  put(here, { ...files, 'e.npy': npyOf(faces), 'first.npy': npyOf(faces, 'first') });
  for (const [name, mated] of [
    ['all', false],
    ['mated', true],
  ] as const) {
    const { galleries, probes } = drawnGalleries(mated);
    put(here, { 'G1.csv': galleries[0], 'G2.csv': galleries[1], [`${name}.csv`]: probes });
  }
  const args = ['ijb-1n', '--meta', here, '--subset', 'ijbb', '--gallery', join(here, 'G1.csv'), join(here, 'G2.csv')];
  const whole = [...args, '--embeddings', join(here, 'e.npy')];

  it.each(SWITCHES)(
    'agrees with the released scripts: norm %s, detector score %s, flip %s',
    async (norm, detector, flip) => {
      const switches = ['--feature-norm', norm, '--detector-score', detector, '--flip', flip];
      const wanted = expected.ijb1N[`${norm} ${detector} ${flip}`];
      const corrected = await figures(...whole, '--probe', join(here, 'all.csv'), ...switches);
      expectClose(corrected['rank'], wanted.corrected.rank);
      expectClose(corrected['tpir'], wanted.corrected.tpir);
      const legacy = await figures(...whole, '--probe', join(here, 'mated.csv'), '--mode', 'legacy', ...switches);
      expectClose(legacy['rank'], wanted.legacy.rank);
      expectClose(legacy['recall'], wanted.legacy.recall);
      expect(legacy['tpir']).toBeUndefined();
    },
  );

  it('prints a table, and refuses wrong use', async () => {
    const { out } = await rxface(...whole, '--probe', join(here, 'all.csv'));
    expect(out[0]).toBe('ijbb 1:N (corrected), 114 probes, galleries of 22 and 14');
    expect(out.some((line) => line.startsWith('TPIR @ FPIR 0.01'))).toBe(true);
    const strangers = await rxface(...whole, '--probe', join(here, 'all.csv'), '--mode', 'legacy');
    expect([strangers.code, strangers.err.at(-1)]).toEqual([1, expect.stringContaining('every probe must have exactly one mate')]); // prettier-ignore
    const one = await rxface(...args, '--embeddings', join(here, 'first.npy'), '--probe', join(here, 'all.csv'));
    expect(one.code).toBe(2);
  });
});
