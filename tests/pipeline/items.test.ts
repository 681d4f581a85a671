import { expect, it } from 'vitest';
import { FACTORS } from '../../pipeline/items.ts';

it('names the four factors in the order every table of them uses', () => {
  expect(FACTORS).toEqual(['ethnicity', 'pose', 'blur', 'occlusion']);
});
