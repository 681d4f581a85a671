import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import type { IndexedSource } from '../../sources/indexed.ts';

export interface SourceCase {
  /** A fresh source of at least three images, not open. */
  make: () => IndexedSource | Promise<IndexedSource>;
  /** Its images in its own order. */
  ids: readonly string[];
  labels: readonly number[];
  classes: readonly string[];
  bytes: readonly Uint8Array[];
}

/**
 * What every source of faces must keep: one order, the same images by index as in passing, names, memory of their own.
 *
 * Defines the tests itself, with vitest and fast-check.
 *
 * ```ts
 * const images = [bytes, bytes, bytes];
 * sourceContract('mine', {
 *   make: () => imageFolder('faces'),
 *   ids: ['Ada/1.png', 'Ada/2.png', 'Grace/1.png'],
 *   labels: [0, 0, 1],
 *   classes: ['Ada', 'Grace'],
 *   bytes: images,
 * });
 * ```
 */
export function sourceContract(name: string, { make, ids, labels, classes, bytes }: SourceCase): void {
  const opened = async (): Promise<IndexedSource> => {
    const source = await make();
    await source.open();
    return source;
  };

  describe(`source contract: ${name}`, () => {
    it('knows length, classes, labels, names and places once open', async () => {
      const source = await opened();
      expect(source.name).not.toBe('');
      expect(source.length).toBe(ids.length);
      expect(source.classes).toEqual(classes);
      expect([...source.labels]).toEqual(labels);
      expect(ids.map((_, i) => source.id(i))).toEqual(ids);
      for (const i of ids.keys()) expect(source.place(i).file).toMatch(/./);
      await source.close();
    });

    it('gives every image once, in its own order, in chunks', async () => {
      const source = await make();
      const seen: Sample[] = [];
      for await (const chunk of source) {
        expect(chunk.length).toBeGreaterThan(0);
        seen.push(...chunk);
      }
      expect(seen.map(({ id }) => id)).toEqual(ids);
      expect(seen.map(({ label }) => label)).toEqual(labels);
      expect(seen.map((sample) => [...sample.bytes!])).toEqual(bytes.map((image) => [...image]));
      expect(seen.map(({ epoch, position, index }) => [epoch, position, index])).toEqual(ids.map((_, i) => [0, i, i]));
      await source.close();
    });

    it('gives the same images by index, in any order and repeated', async () => {
      const source = await opened();
      const index = fc.integer({ min: 0, max: ids.length - 1 });
      await fc.assert(
        fc.asyncProperty(fc.array(index, { maxLength: 12 }), async (at) => {
          const read = await source.read(Int32Array.from(at));
          expect(read.map((sample) => [sample.index, sample.id, sample.label, [...sample.bytes!]])).toEqual(
            at.map((i) => [i, ids[i], labels[i], [...bytes[i]!]]),
          );
        }),
        { numRuns: 20 },
      );
      await source.close();
    });

    it('gives bytes in memory of their own, fit to be handed to another thread', async () => {
      const source = await opened();
      const read = await source.read(Int32Array.of(0, 1, 1));
      expect(read.map((sample) => sample.bytes!.buffer.byteLength)).toEqual(read.map((sample) => sample.bytes!.length));
      structuredClone(read[1]!.bytes!, { transfer: [read[1]!.bytes!.buffer as ArrayBuffer] });
      expect([...read[2]!.bytes!]).toEqual([...bytes[1]!]);
      await source.close();
    });

    it('reads side by side, also while it opens', async () => {
      const source = await make();
      const [a, b] = await Promise.all([source.read(Int32Array.of(0)), source.read(Int32Array.of(ids.length - 1))]);
      expect([a![0]!.id, b![0]!.id]).toEqual([ids[0], ids.at(-1)]);
      await source.close();
    });

    it('opens once however often it is told, and again after it was closed', async () => {
      const source = await make();
      await Promise.all([source.open(), source.open()]);
      const { labels: before } = source;
      await source.open();
      expect(source.labels).toBe(before);
      await source.close();
      await source.close();
      await source.open();
      expect((await source.read(Int32Array.of(1)))[0]!.id).toBe(ids[1]);
      await source.close();
    });

    it('can be left in the middle', async () => {
      const source = await make();
      for await (const chunk of source) if (chunk.length > 0) break;
      expect((await source.read(Int32Array.of(0)))[0]!.id).toBe(ids[0]);
      await source.close();
    });

    it.each([-1, ids.length])('refuses index %i', async (index) => {
      const source = await opened();
      await expect(source.read(Int32Array.of(0, index))).rejects.toThrow(OptionError);
      await expect(source.read(Int32Array.of(index))).rejects.toThrow(`0 to ${ids.length - 1}, received ${index}`);
      await source.close();
    });
  });
}
