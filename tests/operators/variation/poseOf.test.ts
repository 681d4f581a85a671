import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { flipPoints, flipPose } from '../../../operators/image/flip.ts';
import { poseLabel, poseOf } from '../../../operators/variation/poseOf.ts';
import { drawnFaces } from '../../../sources/drawnFaces.ts';
import { parseLandmarkTable } from '../../../sources/parse/landmarkTable.ts';

const CFP = '../shared/data/cfp112/landmarks.csv.gz';

/** Landmarks of a head whose nose is longer and whose mouth is broader than the mean, turned, rolled, scaled and moved. */
function turned(yaw: number, pitch: number, roll: number): Float32Array {
  const head = [[-32, 0, 0], [32, 0, 0], [0, 37, 31], [-27, 72, 1], [27, 72, 1]]; // prettier-ignore
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  return Float32Array.from(
    head.flatMap(([x, y, z]) => {
      const across = x! * Math.cos(a) + z! * Math.sin(a);
      const down = y! * Math.cos(b) + (z! * Math.cos(a) - x! * Math.sin(a)) * Math.sin(b);
      return [
        300 + 1.7 * (across * Math.cos(c) - down * Math.sin(c)),
        90 + 1.7 * (across * Math.sin(c) + down * Math.cos(c)),
      ];
    }),
  );
}

describe('poseOf', () => {
  it.each([
    [0, 0, 0],
    [35, 10, -20],
    [-62, -15, 160],
    [80, 5, 30],
  ])('finds yaw %i, pitch %i and roll %i of another head', (yaw, pitch, roll) => {
    const pose = poseOf(turned(yaw, pitch, roll))!;
    expect(Math.abs(pose.yaw - yaw)).toBeLessThan(4);
    expect(Math.abs(pose.pitch - pitch)).toBeLessThan(4);
    expect(Math.abs(pose.roll - roll)).toBeLessThan(4);
    expect(pose.residual).toBeLessThan(0.002);
  });

  it('sees the mirrored face turned the other way', () => {
    for (const yaw of [-70, -25, 0, 40]) {
      const points = turned(yaw, 8, 12);
      const [pose, mirrored] = [poseOf(points)!, poseOf(flipPoints(points, 500))!];
      expect(mirrored.yaw).toBeCloseTo(-pose.yaw, 6);
      expect(poseLabel(mirrored.yaw)).toBe(flipPose(poseLabel(pose.yaw)));
    }
  });

  it('has no answer for points that are not five, coincide or are not finite', () => {
    expect(poseOf(new Float32Array(10).fill(7))).toBeUndefined();
    expect(poseOf(Float32Array.of(1, 2, NaN, 4, 5, 6, 7, 8, 9, 10))).toBeUndefined();
    expect(poseOf([1, 2, 3, 4])).toBeUndefined();
  });

  it('agrees with the turn that faces were drawn with, to one class', async () => {
    const faces = drawnFaces({ people: 12, perPerson: 10, size: 48, seed: 5 });
    const samples = await faces.read(Int32Array.from({ length: 120 }, (_, i) => i));
    const off = samples.map(({ points, variation }) => poseLabel(poseOf(points!)!.yaw) - variation!.pose!);
    expect(off.filter((by) => Math.abs(by) > 1)).toEqual([]);
    expect(off.filter((by) => by === 0).length).toBeGreaterThan(80);
  });

  it.skipIf(!existsSync(CFP))("tells CFP's frontal faces from its profiles (needs ../shared/data)", () => {
    const table = parseLandmarkTable(gunzipSync(readFileSync(CFP)), CFP);
    const labels = { frontal: new Array(7).fill(0), profile: new Array(7).fill(0) };
    for (const [image, points] of table)
      if (points) labels[image.includes('frontal') ? 'frontal' : 'profile'][poseLabel(poseOf(points)!.yaw)]++;
    const share = (counts: number[], from: number): number =>
      counts.reduce((sum, n, label) => sum + (Math.abs(label - 3) >= from ? n : 0), 0) / counts.reduce((a, b) => a + b);
    expect(1 - share(labels.frontal, 1)).toBeGreaterThan(0.99);
    expect(share(labels.profile, 1)).toBeGreaterThan(0.995);
    expect(share(labels.profile, 2)).toBeGreaterThan(0.78);
  });
});

it('puts each yaw into the nearest of seven steps of 30 degrees', () => {
  expect([-90, -76, -74, -14, 14, 16, 44, 46, 90, 120].map(poseLabel)).toEqual([0, 0, 1, 3, 3, 4, 4, 5, 6, 6]);
});
