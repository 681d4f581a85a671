import { describe, expect, it } from 'vitest';
import type { Fault } from '../../pipeline/contracts.ts';
import { StageError } from '../../pipeline/errors.ts';
import { Faults } from '../../pipeline/faults.ts';

const fault = (i: number): Fault => ({ stage: 'prepare', file: `${i}.jpg`, offset: i * 10, reason: 'not an image' });

describe('faults', () => {
  it('counts and keeps them', () => {
    const faults = new Faults({ count: Infinity }, () => expect.fail());
    for (let i = 0; i < 1500; i++) faults.add(fault(i), 10);
    expect([faults.count, faults.list.length, faults.list[1]]).toEqual([1500, 1000, fault(1)]);
  });

  it('ends the run once both count and rate are exceeded', () => {
    const errors: unknown[] = [];
    const faults = new Faults({ count: 3, rate: 0.1 }, (error) => errors.push(error));
    for (let i = 0; i < 5; i++) faults.add(fault(i), 100);
    expect(errors).toEqual([]);
    faults.add(fault(5), 59);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(StageError);
    expect((errors[0] as Error).message).toBe(
      "stage 'prepare': 6 of 59 records could not be used, over the budget of 3 and 10 %; the last: 5.jpg, byte 50: not an image",
    );
  });

  it('has a budget for each stage', () => {
    const errors: unknown[] = [];
    const faults = new Faults({ count: 3, rate: 0 }, (error) => errors.push(error));
    for (let i = 0; i < 6; i++) faults.add({ ...fault(i), stage: i % 2 === 0 ? 'decode' : 'align' }, 9);
    expect([errors.length, faults.count]).toEqual([0, 6]);
  });

  it('measures what an index found by the length of the index', () => {
    const errors: unknown[] = [];
    const faults = new Faults({ count: 3, rate: 0.1 }, (error) => errors.push(error));
    faults.indexed('rec', [0, 1, 2, 3].map(fault), 100);
    faults.add(fault(9), 2);
    expect([errors.length, faults.count, faults.list[0]!.stage]).toEqual([0, 5, 'rec']);
    faults.indexed('rec', [0, 1, 2, 3].map(fault), 30);
    expect(errors).toHaveLength(1);
  });
});
