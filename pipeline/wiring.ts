import type { Node } from './graph.ts';
import { isCrewStage } from './crew.ts';

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
    const part = node.kind === 'source' ? node.source : node.kind === 'stage' ? node.stage : node.sink;
    const owner = owners.get(part);
    // A plain function may serve twice; what has state or a life of its own has one owner.
    if (
      owner !== undefined &&
      !(node.kind === 'stage' && node.stage.state === undefined && node.stage.wire === undefined)
    )
      problems.push(`'${owner}' and '${node.name}' are the same ${node.kind}: each node needs its own`);
    owners.set(part, node.name);
    if (node.kind !== 'sink' && !nodes.some((other) => other.kind !== 'source' && other.after === node.name))
      problems.push(`nothing takes what '${node.name}' gives: put a sink after it`);
    problems.push(...numbers(node));
  }
  const upstream = new Map<string, { items: number; credit: number; last: string }>();
  let bound = 0;
  for (const node of nodes) {
    const before = node.kind === 'source' ? undefined : upstream.get(node.after);
    const branches = nodes.filter((other) => other.kind !== 'source' && other.after === node.name).length;
    // A node with several takers has one link to the broadcast and one of a single item for each branch.
    const junction = branches > 1 ? branches : 0;
    if (node.kind === 'source') {
      bound += node.capacity + junction;
      upstream.set(node.name, { items: 1, credit: node.capacity, last: node.name });
    } else if (node.kind === 'stage' && before !== undefined) {
      const { label } = node;
      const items = before.items * (label.items ?? 1);
      if (before.credit < label.asks * before.items)
        problems.push(
          `'${node.name}' needs ${label.asks} items in flight before it, links and workers hold ${Math.floor(before.credit / before.items)}: ` +
            `raise the capacity of '${before.last}'`,
        );
      bound += label.holds * before.items + (node.capacity + junction) * items;
      // What is asked of workers they must have credit for, and that is the room in their link: what waits before them is not at work.
      const credit = node.capacity * items + (isCrewStage(node.stage) ? 0 : before.credit);
      upstream.set(node.name, { items, credit, last: node.name });
    } else if (before !== undefined) bound += before.items;
  }
  return { problems, bound };
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
  if (node.kind === 'source') {
    whole('epochs', node.epochs, 1);
    whole('chunk', node.chunk, 1);
    whole('from.epoch', node.from.epoch, 0);
    whole('from.position', node.from.position, 0);
    const { source, shuffle } = node;
    if (shuffle === 'full' && source.read === undefined)
      problems.push(`'${node.name}' cannot be shuffled: ${source.name} has no random access`);
  } else if (!isCrewStage(node.stage) && node.label.gives > node.capacity)
    problems.push(
      `'${node.name}' gives up to ${node.label.gives} items for one and its link holds ${node.capacity}: raise its capacity`,
    );
  return problems;
}
