import type { Actor } from './actor.ts';
import { Link } from './link.ts';
import { inletsOf, type Node, takersOf } from './nodes.ts';

type Links = readonly Link<unknown>[];

/** Makes the actors that links are put between. */
export interface Parts {
  /** `source`: the one the node's items come from; undefined where several met. */
  actor(node: Node, links: { inlets: Links; outlet: Link<unknown> | undefined }, source: string | undefined): Actor;
  broadcast(name: string, inlet: Link<unknown>, outlets: Links): Actor;
}

/** The links and actors of a graph, upstream first; each takes from the link of the node before it. */
export function assemble(nodes: readonly Node[], parts: Parts): Actor[] {
  const actors: Actor[] = [];
  const sources = new Map<string, string | undefined>();
  /** Links out of a node not yet taken by the next. */
  const free = new Map<string, Link<unknown>[]>();
  const readers = new Map<Link<unknown>, Actor>();
  const writers = new Map<Link<unknown>, Actor>();
  const put = (actor: Actor, inlets: Links, outlets: Links): void => {
    actor.rank = actors.push(actor) - 1;
    for (const inlet of inlets) readers.set(inlet, actor);
    for (const outlet of outlets) writers.set(outlet, actor);
  };
  for (const node of nodes) {
    const before = inletsOf(node);
    const inlets = before.map(({ after }) => free.get(after)!.shift()!);
    const origins = new Set(node.kind === 'source' ? [node.name] : before.map(({ after }) => sources.get(after)));
    const source = origins.size === 1 ? [...origins][0] : undefined;
    sources.set(node.name, source);
    const takers = takersOf(nodes, node.name).length;
    const outlet =
      node.kind === 'sink' ? undefined : new Link<unknown>(node.capacity, node.bytes, forEach(node, takers));
    put(parts.actor(node, { inlets, outlet }, source), inlets, outlet === undefined ? [] : [outlet]);
    if (outlet === undefined) continue;
    const branches =
      takers === 1 ? [] : Array.from({ length: takers }, () => new Link<unknown>(1, Infinity, forEach(node, 1)));
    free.set(node.name, takers === 1 ? [outlet] : [...branches]);
    if (takers > 1) put(parts.broadcast(node.name, outlet, branches), [outlet], branches);
  }
  for (const [link, writer] of writers) link.between(writer, readers.get(link));
  return actors;
}

/** The discard hook of a node, for an item that so many branches would have had. */
function forEach(node: Node, branches: number): ((item: unknown) => void) | undefined {
  const discard = node.kind === 'sink' ? undefined : node.discard;
  return (
    discard &&
    ((item) => {
      for (let branch = 0; branch < branches; branch++) discard(item);
    })
  );
}
