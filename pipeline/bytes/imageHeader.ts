/** What the first bytes of an encoded image say. `components`: of a JPEG, 1 grey, 3 colour, 4 CMYK. */
export interface ImageHeader {
  kind: 'JPEG' | 'PNG' | 'WebP';
  height: number;
  width: number;
  components?: number;
}

/**
 * Kind and size of an encoded image, without decoding it.
 *
 * JPEG: ITU T.81 annex B; PNG: W3C PNG section 11.2.1; WebP: RFC 9649.
 *
 * @return undefined where the bytes are no JPEG, PNG or WebP, or end before their size is said.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, 0, '\xff\xd8\xff')) return jpegHeader(view);
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n')) {
    return bytes.length < 24 ? undefined : { kind: 'PNG', width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return webpHeader(bytes, view);
  return undefined;
}

/** The first bytes as a person can read them: as text where they are text, else in hexadecimal. */
export function showStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  const start = bytes.subarray(0, 12);
  if (start.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
    return JSON.stringify(String.fromCharCode(...start));
  }
  return Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Walks the segments to the frame header (SOF). */
function jpegHeader(view: DataView): ImageHeader | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (isStartOfFrame(marker)) {
      return {
        kind: 'JPEG',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
      };
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** C0 to CF but DHT, JPG and DAC. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function webpHeader(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  if (bytes.length < 30) return undefined;
  if (startsWith(bytes, 12, 'VP8 ')) {
    return { kind: 'WebP', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (startsWith(bytes, 12, 'VP8L')) {
    const sizes = view.getUint32(21, true);
    return { kind: 'WebP', width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 };
  }
  if (startsWith(bytes, 12, 'VP8X')) {
    const threeBytes = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return { kind: 'WebP', width: threeBytes(24) + 1, height: threeBytes(27) + 1 };
  }
  return undefined;
}
