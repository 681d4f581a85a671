import type { AugmentRow } from './augment.ts';
import type { DecodeRow } from './decode.ts';
import type { LinkRow } from './links.ts';
import type { LoadRow } from './load.ts';
import type { PeerResult, Result } from './result.ts';

export function decodeResults(rows: readonly DecodeRow[]): Result[] {
  return rows.map(({ decoder, imagesPerSecond, furthest }) => {
    const off = furthest === null ? '' : `, pixels off by ${furthest} at most`;
    return { benchmark: 'decode', work: `${decoder}${off}`, unit: 'images a second', ...imagesPerSecond, peers: [] };
  });
}

export function augmentResults(rows: readonly AugmentRow[]): Result[] {
  return rows.map(({ work, millisecondsPerImage }) => ({
    benchmark: 'augment',
    work,
    unit: 'milliseconds an image',
    ...millisecondsPerImage,
    peers: [],
  }));
}

export function linkResults(rows: readonly LinkRow[]): Result[] {
  return rows.map(({ way, bounded, nanosecondsPerHop }) => ({
    benchmark: 'links',
    work: `${way}${bounded ? '' : ' (bounds nothing)'}`,
    unit: 'nanoseconds an item and hop',
    ...nanosecondsPerHop,
    peers: [],
  }));
}

/** Each of our loaders with those of others behind it as its peers. */
export function loadResults(rows: readonly LoadRow[]): Result[] {
  const results: Result[] = [];
  for (const { loader, augmented, imagesPerSecond, ratio, residentMB } of rows) {
    if (ratio !== undefined) results.at(-1)!.peers.push({ name: loader, ...imagesPerSecond, ratio });
    else {
      const work = `${loader}${augmented ? ', augmented' : ''}`;
      const peers: PeerResult[] = [];
      const memory = residentMB && { residentMB };
      results.push({ benchmark: 'load', work, unit: 'images a second', ...imagesPerSecond, peers, ...memory });
    }
  }
  return results;
}
