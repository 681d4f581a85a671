import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startEvent, summaryEvent, versionEvent } from '../../../sinks/encode/event.ts';
import { tfRecord } from '../../../sinks/encode/tfRecord.ts';
import { eventOf, recordsOf } from '../../fixtures/eventFile.ts';

const golden = new Uint8Array(readFileSync('tests/fixtures/tensor_board.tfevents'));

it("writes the bytes that TensorBoard's own writer does", () => {
  const png = eventOf(recordsOf(golden)[2]!).images['faces/first']!.png;
  const shown = summaryEvent({
    step: 70_000,
    at: 1_700_000_001_500,
    scalars: { 'train/loss': 14.25, 'train/zero': 0 },
    images: { 'faces/first': png },
    histograms: {
      'weights/input_layer.0.weight': Array.from({ length: 1000 }, (_, i) => (((i * 37) % 101) - 50) / 64),
    },
  });
  const at = 1_700_000_000_125;
  const ours = Buffer.concat([versionEvent(at), startEvent(at, 301), shown].map(tfRecord));
  expect(ours.toString('hex')).toBe(Buffer.from(golden).toString('hex'));
});

it('wants a PNG for an image', () => {
  const images = { face: new Uint8Array(40) };
  expect(() => summaryEvent({ step: 1, at: 0, images })).toThrow(/toTensorBoard: image 'face' must be a PNG file/);
});
