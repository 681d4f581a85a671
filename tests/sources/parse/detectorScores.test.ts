import { expect, it } from 'vitest';
import { parseDetectorScores } from '../../../sources/parse/detectorScores.ts';

it('takes the name, five points and the last of eleven numbers', () => {
  const text = '1.jpg 1 2 3 4 5 6 7 8 9 10 0.75\n2.jpg 11 12 13 14 15 16 17 18 19 20 1\n';
  expect(parseDetectorScores(text, 'n.txt')).toEqual({
    names: ['1.jpg', '2.jpg'],
    points: Float32Array.from({ length: 20 }, (_, i) => i + 1),
    scores: Float64Array.of(0.75, 1),
  });
  expect(() => parseDetectorScores(`${text}3.jpg 0.5`, 'n.txt')).toThrow(
    'a name, ten coordinates and a score in line 3',
  );
  expect(() => parseDetectorScores('1.jpg 1 2 3 x 5 6 7 8 9 10 1', 'n.txt')).toThrow('ten coordinates');
});
