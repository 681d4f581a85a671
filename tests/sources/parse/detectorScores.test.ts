import { expect, it } from 'vitest';
import { parseDetectorScores } from '../../../sources/parse/detectorScores.ts';

it('takes the name and the last of eleven numbers', () => {
  const text = '1.jpg 1 2 3 4 5 6 7 8 9 10 0.75\n2.jpg 1 2 3 4 5 6 7 8 9 10 1\n';
  expect(parseDetectorScores(text, 'n.txt')).toEqual({ names: ['1.jpg', '2.jpg'], scores: Float64Array.of(0.75, 1) });
  expect(() => parseDetectorScores(`${text}3.jpg 0.5`, 'n.txt')).toThrow(
    'a name, ten coordinates and a score in line 3',
  );
});
