import { isCrewStage } from './crew.ts';
import { inletsOf, type JunctionNode, type Node, type StageNode, takersOf } from './nodes.ts';

/** What lies between a fork and one inlet of a junction, all in items the fork gives. */
interface Way {
  /** For one item at its end. */
  rate: number;
  /** That must go ahead before the first comes out. */
  ahead: number;
  /** Certain to find room while nothing is taken at its end. */
  room: number;
  /** A stage that may drop or multiply items. */
  uncounted?: string;
}

/**
 * Ways that part at a fork and meet again in a junction which waits for both: while it waits for one, the other must have
 * room for all that the fork gives meanwhile, or both wait for ever.
 *
 * With U items of the fork a round on each way: the junction gets its round from the one after U + ahead, and the other
 * holds as many for certain if that is at most its room. Fewer would do for some speeds; this is enough for all.
 *
 * @return what is wrong, in words; at most one line a junction
 */
export function diamonds(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    if (node.kind !== 'junction' || (node.rule.kind === 'merge' && !node.rule.ordered)) return [];
    for (const fork of nodes) {
      const problem = takersOf(nodes, fork.name).length > 1 ? between(fork, node, nodes) : undefined;
      if (problem !== undefined) return [problem];
    }
    return [];
  });
}

function between(fork: Node, junction: JunctionNode, nodes: readonly Node[]): string | undefined {
  const { rule, name } = junction;
  const round = rule.kind === 'join' ? [1, rule.take] : rule.rates;
  const branches = nodes.flatMap((node) =>
    inletsOf(node).flatMap(({ after, branch }, at) => {
      if (after !== fork.name) return [];
      const named = branch ?? (node === junction ? `${fork.name} itself` : node.name);
      return [{ named, ways: waysFrom(node, at, junction, nodes) }];
    }),
  );
  for (const one of branches)
    for (const other of branches)
      for (const [p, late] of one === other ? [] : one.ways)
        for (const [q, way] of other.ways) {
          if (p === q) continue;
          const open = late.uncounted ?? way.uncounted;
          if (open !== undefined)
            return (
              `'${name}' waits for both '${one.named}' and '${other.named}' of '${fork.name}', and '${open}' between them may drop or multiply items: ` +
              `where it does not, say label: { keeps: 'order, count' }`
            );
          const [here, there] = [round[p]! * late.rate, round[q]! * way.rate];
          if (here !== there)
            return (
              `'${name}' takes ${here} items of '${fork.name}' through '${one.named}' for every ${there} through '${other.named}': ` +
              `no room between them would be enough`
            );
          const needed = here + late.ahead;
          const room = way.room + (rule.kind === 'join' && q === 1 ? there : 0);
          if (room < needed)
            return (
              `'${name}' needs ${needed} items of '${fork.name}' through '${one.named}' before it can go on, ` +
              `'${other.named}' has room for ${room} meanwhile: raise a capacity in '${other.named}'`
            );
        }
  return undefined;
}

/** The ways that begin at an inlet of `first`, by the inlet of the junction where they end. */
function waysFrom(first: Node, inlet: number, junction: JunctionNode, nodes: readonly Node[]): Map<number, Way> {
  const start: Way = { rate: 1, ahead: 0, room: 1 };
  if (first === junction) return new Map([[inlet, start]]);
  const after = new Map<string, Way>();
  for (const node of nodes) {
    const ways = inletsOf(node).map((one, at) => (node === first && at === inlet ? start : after.get(one.after)));
    if (node === junction) return new Map(ways.flatMap((way, at) => (way === undefined ? [] : [[at, way] as const])));
    const passed = ways.flatMap((way, at) => (way === undefined ? [] : [through(node, at, way)]));
    if (passed.length === 0 || node.kind === 'sink') continue;
    const end = passed.reduce(worse);
    const fork = takersOf(nodes, node.name).length > 1;
    after.set(node.name, { ...end, room: end.room + (fork ? end.rate : 0) });
  }
  return new Map();
}

/** The way, one node longer: past its inlet `at` and its link. */
function through(node: Node, at: number, way: Way): Way {
  if (node.kind === 'junction') {
    const { rule, name } = node;
    if (rule.kind === 'merge') return { ...way, uncounted: way.uncounted ?? name };
    const gathered = at === 1 ? rule.take * way.rate : 0;
    const rate = at === 1 ? gathered : way.rate;
    return { ...way, rate, room: way.room + gathered + linkRoom(node) * rate };
  }
  if (node.kind !== 'stage') return way;
  const { label, name } = node;
  const items = label.items ?? 1;
  const rate = way.rate * items;
  const counted = label.keeps.includes('count') && label.gives === 1;
  const uncounted = way.uncounted ?? (counted ? undefined : name);
  return {
    rate,
    ahead: way.ahead + Math.max(0, Math.max(label.asks, label.holds + 1) - items) * way.rate,
    room: way.room + linkRoom(node) * rate,
    ...(uncounted !== undefined && { uncounted }),
  };
}

/** Items a link certainly takes: with a limit of bytes only one, and a crew may wait until a whole chunk fits. */
function linkRoom(node: StageNode | JunctionNode): number {
  return node.bytes < Infinity || (node.kind === 'stage' && isCrewStage(node.stage)) ? 1 : node.capacity;
}

function worse(a: Way, b: Way): Way {
  const uncounted = a.uncounted ?? b.uncounted;
  return {
    rate: Math.max(a.rate, b.rate),
    ahead: Math.max(a.ahead, b.ahead),
    room: Math.min(a.room, b.room),
    ...(uncounted !== undefined && { uncounted }),
  };
}
