/** Text as XML and HTML want it, in elements and in quoted attributes; control characters, which XML has no way to write, become spaces. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|\p{Cs}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
