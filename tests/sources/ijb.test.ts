import { describe, expect, it } from 'vitest';
import { imageFolder } from '../../sources/imageFolder.ts';
import { ijbDetectorScores, ijbFaces, ijbImages, ijbTrials } from '../../sources/ijb.ts';
import { folder, put } from '../fixtures/archives.ts';

function lists(more: Record<string, string> = {}): string {
  const here = folder();
  const score = '1 2 3 4 5 6 7 8 9 10';
  put(here, {
    'ijbb_face_tid_mid.txt': '1.jpg 5 70\n2.jpg 5 70\n3.jpg 8 71\n',
    'ijbb_template_pair_label.txt': '5 8 0\n5 5 1\n8 5 0\n8 8 1\n',
    'ijbb_name_5pts_score.txt': `1.jpg ${score} 0.5\n2.jpg ${score} 0.25\n3.jpg ${score} 1\n`,
    ...more,
  });
  return here;
}
const numberOf = (id: number): number => [5, 8].indexOf(id);

describe('ijb', () => {
  it('reads images, scores, and trials with the genuine ones first, each in its order', async () => {
    const here = lists();
    expect(await ijbImages(here, 'ijbb')).toEqual({
      templates: Int32Array.of(5, 5, 8),
      media: Int32Array.of(70, 70, 71),
    });
    expect(await ijbDetectorScores(here, 'ijbb', 3)).toEqual(Float64Array.of(0.5, 0.25, 1));
    expect(await ijbTrials(here, 'ijbb', numberOf)).toEqual({
      pairs: Uint32Array.of(0, 0, 1, 1, 0, 1, 1, 0),
      genuine: 2,
    });
  });

  it('gives the crops in the order of the list, each with its own points', async () => {
    const here = lists({ 'ijbb_name_5pts_score.txt': '3.jpg 1 2 3 4 5 6 7 8 9 10 1\n1.jpg 11 2 3 4 5 6 7 8 9 10 1\n' });
    put(here, { 'crops/1.jpg': 'one', 'crops/2.jpg': 'two', 'crops/3.jpg': 'three' });
    const faces = await ijbFaces(imageFolder(`${here}/crops`), here, 'ijbb');
    const [one, three] = await faces.read(Int32Array.of(1, 0));
    expect([one!, three!].map(({ bytes, points }) => [new TextDecoder().decode(bytes), points![0]])).toEqual([
      ['one', 11],
      ['three', 1],
    ]);
    await faces.close();
  });

  it('names the file and what is wrong in it', async () => {
    const here = lists({ 'ijbb_template_pair_label.txt': '5 8 2\n', 'ijbb_face_tid_mid.txt': '1.jpg 5\n' });
    await expect(ijbTrials(here, 'ijbb', numberOf)).rejects.toThrow('a label 0 or 1 in trial 1, found');
    await expect(ijbImages(here, 'ijbb')).rejects.toThrow("'image template media' in line 1");
    await expect(ijbDetectorScores(here, 'ijbb', 4)).rejects.toThrow('4 lines, as in ijbb_face_tid_mid.txt');
    await expect(ijbTrials(lists({ 'ijbb_template_pair_label.txt': '5 6 0\n' }), 'ijbb', numberOf)).rejects.toThrow("found '6'"); // prettier-ignore
    await expect(ijbImages(here, 'ijbc')).rejects.toThrow('ijbc_face_tid_mid.txt');
  });
});
