import { FormatError } from '../errors.ts';

// Numbers of fields in onnx.proto: ModelProto.graph, GraphProto.node, NodeProto.op_type.
const GRAPH = 7;
const NODE = 1;
const OP_TYPE = 4;

/**
 * The operations that an ONNX file begins with, in its order: 'Sub', 'Mul', 'Conv', ...
 * Source: onnx/onnx, onnx/onnx.proto; the wire format of protocol buffers.
 *
 * @param file name for messages
 * @throws FormatError where it is no protocol buffer or holds no graph
 */
export function firstOperations(bytes: Uint8Array, file: string, count: number): string[] {
  for (const graph of fields(bytes, file, GRAPH)) {
    const found: string[] = [];
    for (const node of fields(graph, file, NODE)) {
      for (const name of fields(node, file, OP_TYPE)) found.push(new TextDecoder().decode(name));
      if (found.length >= count) break;
    }
    if (found.length > 0) return found;
  }
  throw new FormatError(file, undefined, 'an ONNX model, with a graph of operations');
}

/** The values of a field of bytes, one after another. */
function* fields(bytes: Uint8Array, file: string, wanted: number): Generator<Uint8Array> {
  let at = 0;
  const bad = (): FormatError => new FormatError(file, undefined, 'an ONNX model (a protocol buffer)');
  const varint = (): number => {
    for (let value = 0, scale = 1; at < bytes.length && scale < 2 ** 63; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw bad();
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, kind] = [Math.floor(tag / 8), tag % 8];
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      if (at + length > bytes.length) throw bad();
      at += length;
      if (field === wanted) yield bytes.subarray(at - length, at);
    } else throw bad();
  }
}
