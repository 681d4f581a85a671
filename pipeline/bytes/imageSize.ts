/** What an encoded image says of itself in its first bytes. */
export interface ImageHead {
  format: 'jpeg' | 'png' | 'webp';
  width: number;
  height: number;
  /** Of a JPEG: 1 grey, 3 colour, 4 CMYK. */
  components?: number;
}

/**
 * Format and size of an encoded image, read from its header alone; undefined where it is no JPEG, PNG or WebP, or ends
 * before it says so. JPEG: ITU T.81 annex B; PNG: W3C PNG section 11.2.1; WebP: RFC 9649.
 */
export function imageSize(bytes: Uint8Array): ImageHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 30) return undefined;
  if (view.getUint16(0) === 0xffd8) return jpegSize(view);
  if (view.getUint32(0) === 0x89504e47) return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
  if (view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250) return webpSize(view);
  return undefined;
}

function jpegSize(view: DataView): ImageHead | undefined {
  for (let at = 2; at + 10 <= view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    if (marker < 0xffc0) return undefined;
    // SOF0 to SOF15 but the tables C4 and CC and the reserved C8.
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame)
      return {
        format: 'jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
      };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function webpSize(view: DataView): ImageHead | undefined {
  const kind = view.getUint32(12);
  const uint24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (kind === 0x56503858) return { format: 'webp', width: uint24(24) + 1, height: uint24(27) + 1 };
  if (kind === 0x56503820)
    return { format: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind !== 0x5650384c) return undefined;
  const bits = view.getUint32(21, true);
  return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
