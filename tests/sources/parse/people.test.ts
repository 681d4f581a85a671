import { describe, expect, it } from 'vitest';
import { peopleOf } from '../../../sources/parse/people.ts';

describe('people', () => {
  it.each([
    ['one folder per person, sorted as texts', ['2/a', '10/a', '2/b'], [1, 0, 1], ['10', '2']],
    ['folders that all share say nothing', ['imgs/x/bob/1', 'imgs/x/ann/1'], [1, 0], ['ann', 'bob']],
    [
      'what lies below a person is theirs',
      ['001/frontal/1', '001/profile/1', '002/frontal/1'],
      [0, 0, 1],
      ['001', '002'],
    ],
    ['one person has a folder too', ['ann/1', 'ann/2'], [0, 0], ['ann']],
    ['and below a shared one', ['imgs/ann/1'], [0], ['ann']],
    ['of other depth', ['set/ann/1', 'set/bob/old/2'], [0, 1], ['ann', 'bob']],
    ['no folder is nobody', ['1', 'ann/1'], [-1, 0], ['ann']],
    ['and hides nobody else', ['1', 'imgs/ann/1', 'imgs/bob/1'], [-1, 0, 1], ['ann', 'bob']],
    ['nothing is nobody', [], [], []],
  ])('%s', (_, paths, labels, classes) => {
    expect(peopleOf(paths)).toEqual({ labels: Int32Array.from(labels), classes });
  });
});
