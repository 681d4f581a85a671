import assert from 'node:assert/strict';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';

/**
 * Runs a test in marbles: time is drawn, not waited for.
 *
 * RxJS's own TestScheduler with node's deep equality, in any test runner. A character is one frame, `|` the end, `#` an
 * error; values are looked up by their letter.
 *
 * ```ts
 * it('passes even numbers', () =>
 *   marbles(({ cold, expectObservable }) => {
 *     const numbers = cold('a-b-c|', { a: 1, b: 2, c: 4 });
 *     expectObservable(numbers.pipe(filter((x) => x % 2 === 0))).toBe('--b-c|', { b: 2, c: 4 });
 *   }));
 * ```
 *
 * @param test Draws streams with `cold` and `hot`, and says what must come out with `expectObservable`.
 * @throws AssertionError where a picture does not come true
 */
export function marbles(test: (tools: RunHelpers) => void): void {
  new TestScheduler((actual, expected) => assert.deepEqual(actual, expected)).run(test);
}
