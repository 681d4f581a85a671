import { EMPTY, NEVER, from, of, take, throwError, toArray, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keepNamed } from '../../../operators/evaluate/keepNamed.ts';
import type { Sample } from '../../../pipeline/items.ts';

const protocol = { name: 'tiny', folds: 2, pairs: [{ a: 'ann/1', b: 'ann/2', same: true }] };
const sample = (id: string): Sample => ({ id, label: 0, epoch: 0, position: 0, index: 0 });

describe('keepNamed', () => {
  it('keeps what the pairs name, in order', async () => {
    const samples = ['ann/2.jpg', 'bob/1.jpg', 'ann/1.jpg'].map(sample);
    const kept = await lastValueFrom(from(samples).pipe(keepNamed(protocol), toArray()));
    expect(kept.map((one) => one.id)).toEqual(['ann/2.jpg', 'ann/1.jpg']);
  });

  it('ends, fails and waits with its source, and lets go early', async () => {
    await expect(lastValueFrom(EMPTY.pipe(keepNamed(protocol), toArray()))).resolves.toEqual([]);
    await expect(lastValueFrom(throwError(() => new Error('lost')).pipe(keepNamed(protocol)))).rejects.toThrow('lost');
    await expect(
      lastValueFrom(of(sample('ann/1.jpg'), sample('ann/2.jpg')).pipe(keepNamed(protocol), take(1))),
    ).resolves.toMatchObject({ id: 'ann/1.jpg' });
    const seen: Sample[] = [];
    NEVER.pipe(keepNamed(protocol))
      .subscribe((one) => seen.push(one))
      .unsubscribe();
    expect(seen).toEqual([]);
  });
});
