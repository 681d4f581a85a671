import { expect, it } from 'vitest';
import { xmlText } from '../../../pipeline/bytes/xmlText.ts';

it('escapes what XML reads as its own, and keeps lines', () => {
  expect(xmlText('<a href="x">R&D\u0000\n\tÅsa</a>')).toBe('&lt;a href=&quot;x&quot;&gt;R&amp;D \n\tÅsa&lt;/a&gt;');
});
