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
