import { expect, it } from 'vitest';
import { identityOf, STYLES, TONE_GROUPS } from '../../../sources/draw/identity.ts';

const people = Array.from({ length: 400 }, (_, number) => identityOf(5, number));

it('knows a person by seed and number', () => {
  expect(identityOf(5, 17)).toEqual(people[17]);
  expect(identityOf(6, 17)).not.toEqual(people[17]);
  expect(new Set(people.map((one) => JSON.stringify(one))).size).toBe(people.length);
});

it('draws all groups of skin tones alike, the higher the darker', () => {
  const light = Array.from({ length: TONE_GROUPS }, (_, group) => {
    const members = people.filter(({ toneGroup }) => toneGroup === group);
    expect(members.length).toBeGreaterThan(60);
    return members.map(({ skin }) => skin[0]);
  });
  for (let group = 1; group < TONE_GROUPS; group += 1)
    expect(Math.max(...light[group]!)).toBeLessThanOrEqual(Math.min(...light[group - 1]!));
});

it('spreads every measure and style over people', () => {
  for (const name of Object.keys(people[0]!.measures) as (keyof (typeof people)[0]['measures'])[]) {
    const values = people.map(({ measures }) => measures[name]);
    expect(Number.isFinite(Math.min(...values))).toBe(true);
    expect(new Set(values).size).toBe(people.length);
  }
  expect(new Set(people.map(({ style }) => style)).size).toBe(STYLES);
  expect(people.some(({ scar }) => scar) && people.some(({ freckles }) => freckles.length > 0)).toBe(true);
});
