import { chmodSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MODELS } from '../../../../pipeline/cli/bench.ts';
import { findPeer, startPeer } from '../../../../pipeline/cli/bench/peer.ts';
import { folder, put } from '../../../fixtures/archives.ts';

/** A python that answers as the peer's script does. */
function python(body: string): string {
  const here = folder();
  put(here, { python: `#!/bin/sh\n${body}\n` });
  chmodSync(`${here}/python`, 0o755);
  return `${here}/python`;
}

it('looks for a python with torch', async () => {
  await expect(findPeer(python('exit 0'))).resolves.toMatch(/python$/);
  await expect(findPeer(python('exit 1'))).rejects.toThrow('cannot import torch');
  await expect(findPeer('/no/python')).rejects.toThrow("bench: '/no/python' cannot import torch");
  const only = python('[ "$2" = "import sklearn" ]');
  await expect(findPeer(only, 'sklearn')).resolves.toBe(only);
  await expect(findPeer(only)).rejects.toThrow('cannot import torch');
});

it('knows every network that can be benchmarked', () => {
  const known = readFileSync('tests/bench/peers/network.py', 'utf8');
  for (const name of MODELS) expect(known).toContain(`"${name}": (`);
});

it('tells the peer how many steps to time', async () => {
  const peer = await startPeer(
    python(`echo '{"ready": "Peer 1"}'; while read n; do echo "{\\"seconds\\": $n, \\"images\\": 40}"; done`),
    [],
  );
  expect(peer.name).toBe('Peer 1');
  expect(await peer.time(5)).toBe(8);
  expect(await peer.time(10)).toBe(4);
  expect([peer.peakBytes, peer.figures]).toEqual([0, {}]);
  await peer.close();
});

it('keeps what the peer held and found last', async () => {
  const answer = '{"seconds": 1, "images": 2, "peakBytes": 3000, "figures": {"tar": 0.5}}';
  const peer = await startPeer(python(`echo '{"ready": "Peer 1"}'; while read n; do echo '${answer}'; done`), []);
  await peer.time(1);
  expect([peer.peakBytes, peer.figures]).toEqual([3000, { tar: 0.5 }]);
  await peer.close();
});

it('says that a peer has ended early', async () => {
  const ended = python('exit 3');
  await expect(startPeer(ended, [])).rejects.toThrow(`bench: the peer '${ended}' ended early`);
});
