import { expect, it } from 'vitest';
import { drawAxes, px, scaleOf } from '../../../sinks/plot/axes.ts';

const texts = (scale: ReturnType<typeof scaleOf>): string[] => scale.ticks.map(({ text }) => text);

it('lays a linear axis over pixels and rounds it to its ticks', () => {
  const scale = scaleOf({ label: 'loss' }, [0.3, 9.7, NaN], [200, 0]);
  expect(texts(scale)).toEqual(['0', '2', '4', '6', '8', '10']);
  expect([scale.at(0), scale.at(10)]).toEqual([200, 0]);
  expect(texts(scaleOf({ label: 'n' }, [0, 12_000], [0, 1]))).toContain('10,000');
  expect(texts(scaleOf({ label: 'rate' }, [0, 5e-5], [0, 1]))).toContain('4e-5');
});

it('lays a log axis over powers of ten, in percent where the numbers are fractions', () => {
  const scale = scaleOf({ label: 'FAR', scale: 'log', percent: true }, [1e-4, 0, 1], [0, 400]);
  expect(texts(scale)).toEqual(['0.01 %', '0.1 %', '1 %', '10 %', '100 %']);
  expect(scale.at(0.01)).toBeCloseTo(200, 9);
});

it('writes powers of ten, and more than these where they would be few', () => {
  expect(texts(scaleOf({ label: 'FAR', scale: 'log', powers: true }, [1e-4, 1], [0, 400]))).toEqual(['10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '1']); // prettier-ignore
  expect(texts(scaleOf({ label: 'rank', scale: 'log' }, [1, 24], [0, 100]))).toEqual(['1', '2', '5', '10', '20']);
});

it('counts in whole numbers and ends with the last', () => {
  const scale = scaleOf({ label: 'epoch', whole: true }, [0, 3], [0, 300]);
  expect(texts(scale)).toEqual(['0', '1', '2', '3']);
  expect(scaleOf({ label: 'step', whole: true }, [1, 930], [0, 300]).at(930)).toBe(300);
});

it('has a length also where there is one value, or none', () => {
  expect(px(scaleOf({ label: 'y' }, [5, 5], [100, 0]).at(5))).toBe(50);
  expect(px(scaleOf({ label: 'y', scale: 'log' }, [0.01], [0, 100]).at(0.01))).toBe(50);
  expect(texts(scaleOf({ label: 'y' }, [], [0, 1])).length).toBeGreaterThan(1);
});

it('writes labels as text', () => {
  const frame = { left: 50, right: 300, top: 20, bottom: 100 };
  const x = scaleOf({ label: 'a < b' }, [0, 1], [50, 300]);
  const svg = drawAxes(x, scaleOf({ label: 'y' }, [0, 1], [100, 20]), frame);
  expect(svg).toContain('>a &lt; b</text>');
  expect(svg.match(/<path/g)).toHaveLength(x.ticks.length * 2 + 1);
});
