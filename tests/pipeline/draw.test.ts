import { map } from 'rxjs';
import { expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { collect, listSource } from '../contracts/doubles.ts';

it('draws a graph as Mermaid text, with the capacity of every link', () => {
  const flow = graph('train')
    .source('shards', listSource([1]))
    .pipe('step', map((x: number) => x), { capacity: 2, label: { out: 'StepItem' } })
    .broadcast({ log: (b) => b.sink('log', collect()), keep: (b) => b.sink('a "keeper"', collect()) }); // prettier-ignore
  expect(flow.draw()).toBe(`---
title: train
---
flowchart LR
  n0(["shards"])
  n1["step"]
  n2(["log"])
  n3(["a 'keeper'"])
  n0 -->|"item x 64"| n1
  n1 -->|"log: StepItem x 2"| n2
  n1 -->|"keep: StepItem x 2"| n3
`);
});

it('draws where flows meet with six sides', () => {
  const left = graph('g').source('faces', listSource([1]));
  const right = graph('h').source('pool', listSource([1]), { capacity: 256 });
  expect(left.join('with pool', right, { take: 64, capacity: 2 }).sink('out', collect()).draw()).toBe(`---
title: g
---
flowchart LR
  n0(["faces"])
  n1(["pool"])
  n2{{"with pool"}}
  n3(["out"])
  n0 -->|"item x 64"| n2
  n1 -->|"item x 256"| n2
  n2 -->|"item + 64 item x 2"| n3
`);
});
