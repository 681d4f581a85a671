import type { Node } from './graph.ts';

/** A graph as Mermaid text: sources and sinks rounded, stages square, links with their capacity. */
export function draw(graph: { name: string; nodes: readonly Node[] }): string {
  const ids = new Map(graph.nodes.map((node, i) => [node.name, `n${i}`]));
  const lines = ['---', `title: ${graph.name}`, '---', 'flowchart LR'];
  for (const node of graph.nodes) {
    const text = node.name.replaceAll('"', "'");
    lines.push(`  ${ids.get(node.name)}${node.kind === 'stage' ? `["${text}"]` : `(["${text}"])`}`);
  }
  for (const node of graph.nodes) {
    if (node.kind === 'source') continue;
    const before = graph.nodes.find((other) => other.name === node.after);
    if (before === undefined || before.kind === 'sink') continue;
    const what = before.kind === 'stage' ? before.label.out : 'item';
    const branch = node.branch === undefined ? '' : `${node.branch}: `;
    lines.push(`  ${ids.get(node.after)} -->|"${branch}${what} x ${before.capacity}"| ${ids.get(node.name)}`);
  }
  return lines.join('\n') + '\n';
}
