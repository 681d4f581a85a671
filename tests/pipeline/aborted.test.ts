import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aborted } from '../../pipeline/aborted.ts';

describe('aborted', () => {
  it('fails with the reason once the signal is aborted, or at once where it was', () => {
    const abort = new AbortController();
    const errors: unknown[] = [];
    aborted(abort.signal).subscribe({ next: () => expect.fail(), error: (error) => errors.push(error) });
    expect(errors).toEqual([]);
    abort.abort('enough');
    aborted(abort.signal).subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual(['enough', 'enough']);
  });

  it('leaves no listener behind', () => {
    const { signal } = new AbortController();
    const subscription = aborted(signal).subscribe();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    subscription.unsubscribe();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
