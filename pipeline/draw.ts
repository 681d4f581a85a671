import { inletsOf, type Node, outOf } from './nodes.ts';

/** A graph as Mermaid text: sources and sinks rounded, stages square, junctions six-sided, links with their capacity. `notes` are lines below names. */
export function draw(
  graph: { name: string; nodes: readonly Node[] },
  notes: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const ids = new Map(graph.nodes.map((node, i) => [node.name, `n${i}`]));
  const lines = ['---', `title: ${graph.name}`, '---', 'flowchart LR'];
  for (const node of graph.nodes) {
    const text = [node.name, ...(notes.get(node.name) ?? [])].join('<br>').replaceAll('"', "'");
    lines.push(`  ${ids.get(node.name)}${shape(node, text)}`);
  }
  for (const node of graph.nodes) {
    for (const { after, branch } of inletsOf(node)) {
      const before = graph.nodes.find((other) => other.name === after);
      if (before === undefined || before.kind === 'sink') continue;
      const text = `${branch === undefined ? '' : `${branch}: `}${outOf(before, graph.nodes)} x ${before.capacity}`;
      lines.push(`  ${ids.get(after)} -->|"${text}"| ${ids.get(node.name)}`);
    }
  }
  return lines.join('\n') + '\n';
}

function shape({ kind }: Node, text: string): string {
  if (kind === 'stage') return `["${text}"]`;
  return kind === 'junction' ? `{{"${text}"}}` : `(["${text}"])`;
}
