const HEADER_BYTES = 24;

/** A RecordIO payload as image sets hold it. */
export interface ImageRecord {
  /** The label, or all of them where the record has a list. */
  labels: number[];
  /** Where in the payload the encoded image begins; at its end in records that have none. */
  imageStart: number;
}

/**
 * Reads the 24-byte header of a payload (flag u32, label f32, id u64, id2 u64) and its list of `flag` labels.
 *
 * @param length of the whole payload, of which `payload` may be only the beginning
 * @return the reason in words where there is no such header
 */
export function parseImageRecord(payload: Uint8Array, length = payload.length): ImageRecord | string {
  if (length < HEADER_BYTES) return `a payload of ${length} bytes, its header alone takes ${HEADER_BYTES}`;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const count = view.getUint32(0, true);
  const imageStart = HEADER_BYTES + 4 * count;
  if (imageStart > length) return `${count} labels do not fit in a payload of ${length} bytes`;
  if (count === 0) return { labels: [view.getFloat32(4, true)], imageStart };
  // Element 0 is the label; a header or identity record has two. Longer lists need not be in reach.
  const reach = Math.min(count, Math.floor((payload.length - HEADER_BYTES) / 4));
  const labels = Array.from({ length: reach }, (_, i) => view.getFloat32(HEADER_BYTES + 4 * i, true));
  return { labels, imageStart };
}
