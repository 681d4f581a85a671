import { expect, it } from 'vitest';
import { page } from '../../../sinks/encode/page.ts';

it('shows each part of a section once, as text, with nothing from elsewhere', () => {
  const html = page({
    title: 'a <b>',
    lead: 'R&D',
    sections: [
      {
        title: 'All',
        text: 'one > two',
        facts: [['name', '"value"']],
        table: { head: ['who', 'rate'], rows: [['<me>', '1 %']] },
        plots: ['<svg/>'],
        pictures: [{ png: Uint8Array.of(1, 2, 3), caption: 'so "it" is' }],
        tiles: [{ jpeg: Uint8Array.of(4, 5), caption: 'A & B' }],
        code: '{ "a": 1 }',
      },
      { title: 'Empty' },
    ],
  });
  expect(html.startsWith('<!doctype html>')).toBe(true);
  expect(html).toContain('<h1>a &lt;b&gt;</h1><p>R&amp;D</p>');
  expect(html).toContain('<dt>name</dt><dd>&quot;value&quot;</dd>');
  expect(html).toContain('<tr><th>who</th><th>rate</th></tr></thead><tbody><tr><td>&lt;me&gt;</td><td>1 %</td></tr>');
  expect(html).toContain('<figure><svg/></figure>');
  expect(html).toContain('<img alt="so &quot;it&quot; is" src="data:image/png;base64,AQID">');
  expect(html).toContain(
    '<div class="tiles"><figure><img alt="A &amp; B" src="data:image/jpeg;base64,BAU="><figcaption>A &amp; B</figcaption></figure></div>',
  );
  expect(html).toContain('<pre>{ &quot;a&quot;: 1 }</pre>');
  expect(html).toContain('<section><h2>Empty</h2>\n\n</section>');
  expect(html).not.toMatch(/<script|http/);
});
