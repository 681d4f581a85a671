/** A box to be placed, in pixels. */
export interface Box {
  name: string;
  width: number;
  height: number;
}

/** From one box to another. `length` is the least way between them, in pixels. */
export interface Way {
  from: string;
  to: string;
  length: number;
}

export interface Layers {
  /** Left edge, middle and width of every box, by name: those of a layer are as wide as the widest. */
  places: Map<string, { x: number; y: number; width: number }>;
  /** For every way the points it goes through, left to right: out of its box, past those between, into the other. */
  routes: (readonly [x: number, y: number])[][];
  width: number;
  height: number;
}

interface Slot {
  name: string;
  width: number;
  height: number;
  layer: number;
  y: number;
}

const GAP = 26;
/** What a way takes of a layer that it only passes. */
const LANE = 14;

/**
 * Places the boxes of a graph without cycles in layers, left to right: each behind all it comes after, ways that pass a
 * layer beside its boxes (the three steps of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical
 * system structures", 1981, with one sweep of barycentres: enough for twenty boxes).
 *
 * @param boxes in an order in which each comes after those it takes from
 */
export function layers(boxes: readonly Box[], ways: readonly Way[]): Layers {
  const slots = new Map<string, Slot>();
  for (const box of boxes) {
    const before = ways.filter(({ to }) => to === box.name).map(({ from }) => slots.get(from)!.layer);
    slots.set(box.name, { ...box, layer: 1 + Math.max(-1, ...before), y: 0 });
  }
  const chains = ways.map((way, i) => chain(way, i, slots));
  const columns: Slot[][] = [];
  for (const slot of [...slots.values(), ...chains.flatMap((one) => one.slice(1, -1))])
    if (!columns[slot.layer]?.includes(slot)) (columns[slot.layer] ??= []).push(slot);
  const height = Math.max(0, ...columns.map(heightOf));
  for (const column of columns) stack(column, chains, height);
  const lefts = lanes(columns, ways, slots);
  const breadth = columns.map((column) => Math.max(...column.map(({ width }) => width)));
  const left = ({ layer }: Slot): number => lefts[layer]!;
  const right = ({ layer }: Slot): number => lefts[layer]! + breadth[layer]!;
  return {
    places: new Map(
      boxes.map(({ name }) => {
        const slot = slots.get(name)!;
        return [name, { x: left(slot), y: slot.y, width: breadth[slot.layer]! }];
      }),
    ),
    routes: chains.map((one) =>
      one.flatMap((slot, i): (readonly [number, number])[] => [
        ...(i === 0 ? [] : [[left(slot), slot.y] as const]),
        ...(i === one.length - 1 ? [] : [[right(slot), slot.y] as const]),
      ]),
    ),
    width: columns.length === 0 ? 0 : lefts.at(-1)! + breadth.at(-1)!,
    height,
  };
}

/** The boxes at both ends of a way and a lane in each layer between. */
function chain({ from, to }: Way, number: number, slots: Map<string, Slot>): Slot[] {
  const [first, last] = [slots.get(from)!, slots.get(to)!];
  const between = Array.from({ length: last.layer - first.layer - 1 }, (_, i): Slot => {
    return { name: `${number}`, width: 0, height: LANE, layer: first.layer + 1 + i, y: 0 };
  });
  return [first, ...between, last];
}

/** Puts a layer's slots one above another, in the order of what they come after, about the middle. */
function stack(column: Slot[], chains: readonly Slot[][], height: number): void {
  const wish = new Map(
    column.map((slot) => {
      const ys = chains.flatMap((one) => (one.includes(slot, 1) ? [one[one.indexOf(slot) - 1]!.y] : []));
      return [slot, ys.length === 0 ? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length];
    }),
  );
  column.sort((a, b) => wish.get(a)! - wish.get(b)!);
  let top = (height - heightOf(column)) / 2;
  for (const slot of column) {
    slot.y = top + slot.height / 2;
    top += slot.height + GAP;
  }
}

function heightOf(column: readonly Slot[]): number {
  return column.reduce((sum, { height }) => sum + height, GAP * (column.length - 1));
}

/** Left edge of every layer: behind the one before, as far off as the longest way that ends in it asks. */
function lanes(columns: readonly Slot[][], ways: readonly Way[], slots: ReadonlyMap<string, Slot>): number[] {
  const lefts: number[] = [];
  columns.forEach((_, layer) => {
    const before = columns[layer - 1];
    const lengths = ways.filter(({ to }) => slots.get(to)!.layer === layer).map(({ length }) => length);
    lefts.push(
      before === undefined
        ? 0
        : lefts[layer - 1]! + Math.max(...before.map(({ width }) => width)) + Math.max(0, ...lengths),
    );
  });
  return lefts;
}
