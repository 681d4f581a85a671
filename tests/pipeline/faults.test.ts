import { describe, expect, it } from 'vitest';
import type { Fault, StageContext } from '../../pipeline/contracts.ts';
import { OptionError, StageError } from '../../pipeline/errors.ts';
import { Faults } from '../../pipeline/faults.ts';
import { collect } from '../contracts/doubles.ts';

const fault = (i: number): Fault => ({ stage: 'prepare', file: `${i}.jpg`, offset: i * 10, reason: 'not an image' });

const nodes = ['rec', 'decode', 'align', 'prepare'].map((name) => ({ name }));
const context = { stage: 'quarantine' } as StageContext;

describe('faults', () => {
  it('counts and keeps them', () => {
    const faults = new Faults({ faults: { count: Infinity } }, nodes, () => expect.fail());
    for (let i = 0; i < 1500; i++) faults.add(fault(i), 10);
    expect([faults.count, faults.list.length, faults.list[1]]).toEqual([1500, 1000, fault(1)]);
  });

  it('ends the run once both count and rate are exceeded', () => {
    const errors: unknown[] = [];
    const faults = new Faults({ faults: { count: 3, rate: 0.1 } }, nodes, (error) => errors.push(error));
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
    const faults = new Faults({ faults: { count: 3, rate: 0 } }, nodes, (error) => errors.push(error));
    for (let i = 0; i < 6; i++) faults.add({ ...fault(i), stage: i % 2 === 0 ? 'decode' : 'align' }, 9);
    expect([errors.length, faults.count]).toEqual([0, 6]);
  });

  it('measures what an index found by the length of the index', () => {
    const errors: unknown[] = [];
    const faults = new Faults({ faults: { count: 3, rate: 0.1 } }, nodes, (error) => errors.push(error));
    faults.indexed('rec', [0, 1, 2, 3].map(fault), 100);
    faults.add(fault(9), 2);
    expect([errors.length, faults.count, faults.list[0]!.stage]).toEqual([0, 5, 'rec']);
    faults.indexed('rec', [0, 1, 2, 3].map(fault), 30);
    expect(errors).toHaveLength(1);
  });

  it('has another budget for a stage that is named', () => {
    const errors: StageError[] = [];
    const faults = { count: 9, rate: 0, stages: { decode: { count: 1 }, align: { rate: 1 } } };
    const met = new Faults({ faults }, nodes, (error) => errors.push(error as StageError));
    for (const stage of ['decode', 'align', 'prepare', 'decode']) met.add({ ...fault(1), stage }, 4);
    expect(errors.map(({ message }) => message)).toEqual([
      "stage 'decode': 2 of 4 records could not be used, over the budget of 1 and 0 %; the last: 1.jpg, byte 10: not an image",
    ]);
    for (let i = 0; i < 19; i++) met.add({ ...fault(i), stage: 'align' }, 20);
    expect(errors).toHaveLength(1);
  });

  it.each([
    [{ count: -1 }, 'run: faults.count must be 0 or more, received -1'],
    [{ rate: 1.5 }, 'run: faults.rate must be a fraction in [0, 1], received 1.5'],
    [
      { stages: { align: { rate: Number.NaN } } },
      'run: faults.stages.align.rate must be a fraction in [0, 1], received NaN',
    ],
    [
      { stages: { alin: {} } },
      "run: faults.stages must be nodes of the graph (rec, decode, align, prepare), received 'alin'",
    ],
  ])('refuses the budget %j', (faults, message) => {
    expect(() => new Faults({ faults }, nodes, () => {})).toThrow(message);
    expect(() => new Faults({ faults }, nodes, () => {})).toThrow(OptionError);
  });

  it('writes every one to the quarantine, in order, one at a time, and all before it is closed', async () => {
    const quarantine = collect<Fault>(() => new Promise((resolve) => setImmediate(resolve)));
    const faults = new Faults({ faults: { count: Infinity }, quarantine }, nodes, () => expect.fail());
    const scope = faults.scope(context);
    await scope.open();
    faults.indexed('rec', [fault(0)], 10);
    for (let i = 1; i < 5; i++) faults.add(fault(i), 10);
    await scope.close({ kind: 'complete' });
    expect(quarantine.items).toEqual([{ ...fault(0), stage: 'rec' }, ...[1, 2, 3, 4].map(fault)]);
    expect([quarantine.writing, quarantine.end, quarantine.opened]).toEqual([1, { kind: 'complete' }, 1]);
  });

  it('ends the run where the quarantine cannot be written, and closes it all the same', async () => {
    const errors: unknown[] = [];
    const quarantine = collect<Fault>(() => Promise.reject(new Error('the disk is full')));
    const faults = new Faults({ quarantine }, nodes, (error) => errors.push(error));
    faults.add(fault(0), 1);
    await expect(faults.scope(context).close({ kind: 'complete' })).rejects.toThrow('the disk is full');
    expect(errors.map(String)).toEqual(["StageError: stage 'quarantine': the disk is full"]);
    expect(quarantine.end).toBeDefined();
  });
});
