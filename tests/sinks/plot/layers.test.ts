import { describe, expect, it } from 'vitest';
import { layers } from '../../../sinks/plot/layers.ts';

const box = (name: string, width = 100) => ({ name, width, height: 40 });
const way = (text: string, length = 60) => ({ from: text[0]!, to: text[1]!, length });

describe('layers', () => {
  it('puts each box behind all it comes after, as far as the longest way asks', () => {
    const { places, width, height } = layers([box('a'), box('b'), box('c')], [way('ab', 50), way('bc', 80)]);
    expect([...places.values()]).toEqual([
      { x: 0, y: 20, width: 100 }, { x: 150, y: 20, width: 100 }, { x: 330, y: 20, width: 100 },
    ]); // prettier-ignore
    expect([width, height]).toEqual([430, 40]);
  });

  it('stacks branches about the middle, makes a layer one width, and leads a way past the boxes between', () => {
    const boxes = [box('a'), box('b', 80), box('c', 120), box('d')];
    const { places, routes, height } = layers(boxes, [way('ab'), way('ac'), way('bd'), way('cd'), way('ad')]);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => places.get(name)!) as [never, never, never, never];
    expect(a).toMatchObject({ y: height / 2 });
    expect(b).toMatchObject({ x: 160, width: 120 });
    expect(c).toMatchObject({ x: 160, width: 120 });
    expect(d).toMatchObject({ y: height / 2, x: 340 });
    const past = routes[4]!;
    expect(past).toHaveLength(4);
    for (const name of ['b', 'c']) expect(Math.abs(places.get(name)!.y - past[1]![1])).toBeGreaterThan(20);
    expect(past[1]![1]).toBe(past[2]![1]);
  });

  it('keeps branches in the order of what they come after: no arrows cross', () => {
    const names = ['a', 'b', 'x', 'y'];
    const { places } = layers(names.map((name) => box(name)), [way('ay'), way('bx')]); // prettier-ignore
    expect(places.get('y')!.y).toBe(places.get('a')!.y);
    expect(places.get('x')!.y).toBe(places.get('b')!.y);
  });

  it('has nothing to place in an empty graph', () =>
    expect(layers([], [])).toEqual({ places: new Map(), routes: [], width: 0, height: 0 }));
});
