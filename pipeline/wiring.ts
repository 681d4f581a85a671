import { isCrewStage } from './crew.ts';
import { diamonds } from './diamonds.ts';
import { type JunctionNode, type Node, takersOf } from './nodes.ts';

interface Wired {
  /** What is wrong, in words. */
  problems: string[];
  /** Most source items in flight at once. */
  bound: number;
}

/** Checks a graph before anything runs: names, loose ends, owners, and whether links hold what stages ask for. */
export function wiring(graph: { nodes: readonly Node[] }): Wired {
  const { nodes } = graph;
  const problems: string[] = [];
  const byName = new Map<string, Node>();
  const owners = new Map<unknown, string>();
  if (!nodes.some((node) => node.kind === 'source')) problems.push('it has no source');
  for (const node of nodes) {
    if (byName.has(node.name)) problems.push(`two nodes are called '${node.name}'`);
    byName.set(node.name, node);
    const part = partOf(node);
    const owner = part === undefined ? undefined : owners.get(part);
    // A plain function may serve twice; what has state or a life of its own has one owner.
    if (
      owner !== undefined &&
      !(node.kind === 'stage' && node.stage.state === undefined && node.stage.wire === undefined)
    )
      problems.push(`'${owner}' and '${node.name}' are the same ${node.kind}: each node needs its own`);
    if (part !== undefined) owners.set(part, node.name);
    if (node.kind !== 'sink' && takersOf(nodes, node.name).length === 0)
      problems.push(`nothing takes what '${node.name}' gives: put a sink after it`);
    problems.push(...numbers(node));
  }
  if (problems.length === 0) problems.push(...diamonds(nodes));
  const upstream = new Map<string, Upstream>();
  let bound = 0;
  for (const node of nodes) {
    const before = node.kind === 'source' || node.kind === 'junction' ? undefined : upstream.get(node.after);
    const takers = takersOf(nodes, node.name).length;
    // A node with several takers has one link to the broadcast and one of a single item for each branch.
    const branches = takers > 1 ? takers : 0;
    if (node.kind === 'source') {
      bound += node.capacity + branches;
      upstream.set(node.name, { items: 1, credit: node.capacity, last: node.name });
    } else if (node.kind === 'stage' && before !== undefined) {
      const { label } = node;
      const items = before.items * (label.items ?? 1);
      if (before.credit < label.asks * before.items)
        problems.push(
          `'${node.name}' needs ${label.asks} items in flight before it, links and workers hold ${Math.floor(before.credit / before.items)}: ` +
            `raise the capacity of '${before.last}'`,
        );
      bound += label.holds * before.items + (node.capacity + branches) * items;
      // What is asked of workers they must have credit for, and that is the room in their link: what waits before them is not at work.
      const credit = node.capacity * items + (isCrewStage(node.stage) ? 0 : before.credit);
      upstream.set(node.name, { items, credit, last: node.name });
    } else if (node.kind === 'junction') {
      const inlets = node.inlets.map(({ after }) => upstream.get(after));
      if (inlets.some((inlet) => inlet === undefined)) continue;
      const { held, ...met } = meet(node, inlets as Upstream[]);
      bound += held + (node.capacity + branches) * met.items;
      upstream.set(node.name, { ...met, credit: met.credit + node.capacity * met.items });
    } else if (before !== undefined) bound += before.items;
  }
  return { problems, bound };
}

interface Upstream {
  /** Source items that one item stands for. */
  items: number;
  /** Source items that may be on their way to here. */
  credit: number;
  /** The node whose link would give more. */
  last: string;
}

/** What a junction makes of its inlets, and the source items it holds itself. */
function meet({ name, rule }: JunctionNode, inlets: readonly Upstream[]): Upstream & { held: number } {
  if (rule.kind === 'join') {
    const [left, right] = inlets as [Upstream, Upstream];
    const held = rule.take * right.items;
    const items = left.items + held;
    const pairs = Math.floor(Math.min(left.credit / left.items, right.credit / held));
    return { items, credit: pairs * items, last: name, held };
  }
  const items = Math.max(...inlets.map((inlet) => inlet.items));
  const credit = items * inlets.reduce((sum, inlet) => sum + Math.floor(inlet.credit / inlet.items), 0);
  return { items, credit, last: name, held: 0 };
}

/** What must have one owner only. */
function partOf(node: Node): object | undefined {
  if (node.kind === 'source') return node.source;
  if (node.kind === 'junction') return undefined;
  return node.kind === 'stage' ? node.stage : node.sink;
}

/** Numbers of one node that are out of range. */
function numbers(node: Node): string[] {
  if (node.kind === 'sink') return [];
  const problems: string[] = [];
  const whole = (name: string, value: number, least: number): void => {
    if (!(value >= least && (Number.isInteger(value) || value === Infinity)))
      problems.push(`'${node.name}': ${name} must be a whole number of at least ${least}, received ${value}`);
  };
  whole('capacity', node.capacity, 1);
  whole('bytes', node.bytes, 1);
  if (node.kind === 'junction') {
    const { rule, inlets } = node;
    if (rule.kind === 'join') whole('take', rule.take, 1);
    else for (const rate of rule.rates) whole('rates', rate, 1);
    if (rule.kind === 'merge' && rule.rates.length !== inlets.length)
      problems.push(`'${node.name}' merges ${inlets.length} flows, rates has ${rule.rates.length} numbers`);
  } else if (node.kind === 'source') {
    whole('epochs', node.epochs, 1);
    whole('chunk', node.chunk, 1);
    whole('from.epoch', node.from.epoch, 0);
    whole('from.position', node.from.position, 0);
    const { source, shuffle } = node;
    if (shuffle !== 'none' && source.read === undefined)
      problems.push(`'${node.name}' cannot be shuffled: ${source.name} has no random access`);
  } else if (!isCrewStage(node.stage) && node.label.gives > node.capacity)
    problems.push(
      `'${node.name}' gives up to ${node.label.gives} items for one and its link holds ${node.capacity}: raise its capacity`,
    );
  return problems;
}
