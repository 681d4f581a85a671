import { expect, it } from 'vitest';
import { OptionError } from '../../../pipeline/errors.ts';
import { parseDrawnPattern } from '../../../sources/parse/drawnPattern.ts';

it('reads options, numbers and yes or no', () => {
  expect(parseDrawnPattern('drawn:people=50,perPerson=20, seed=7,blur=0.2,occlusion=1e-1,aligned=true')).toEqual({
    people: 50,
    perPerson: 20,
    seed: 7,
    blur: 0.2,
    occlusion: 0.1,
    aligned: true,
  });
  expect(parseDrawnPattern('drawn:aligned=false')).toEqual({ aligned: false });
});

it('leaves paths alone', () => {
  expect(parseDrawnPattern('faces.tar')).toBeUndefined();
  expect(parseDrawnPattern('data/drawn:people=1')).toBeUndefined();
});

it.each([
  ['drawn:', "'' must be name=value"],
  ['drawn:people', "'people' must be name=value, as in 'drawn:people=50,perPerson=20,seed=7'"],
  ['drawn:people=many', "'people=many' must be name=value"],
  ['drawn:people=1,,seed=2', "'' must be name=value"],
  ['drawn:people=1,people=2', 'people must be given once'],
])('refuses %s', (text, message) => {
  expect(() => parseDrawnPattern(text)).toThrow(OptionError);
  expect(() => parseDrawnPattern(text)).toThrow(message);
});
