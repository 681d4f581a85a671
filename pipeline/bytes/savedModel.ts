/** One operation of a function; `inputs` are names of its arguments or 'node:output:0'. Its type attribute T is float32. */
export interface FunctionNode {
  name: string;
  op: string;
  inputs: readonly string[];
}

/** A function of float32 tensors of any shape. */
export interface TensorFunction {
  inputs: readonly string[];
  nodes: readonly FunctionNode[];
  /** Results in order, as inputs of nodes are named. */
  outputs: readonly string[];
}

const FLOAT32 = 1;
/** Version of the graph format (TF_GRAPH_DEF_VERSION) these bytes are written in. */
const PRODUCER = 1395;

/**
 * A TensorFlow SavedModel (saved_model.pb, tag 'serve') around one function that XLA compiles into loops of its own.
 *
 * In plain words: several operations in a row become one pass over memory.
 * Its arguments are placeholders under their own names, its results the outputs 0, 1, ... of the node 'call'.
 *
 * Layout: tensorflow/core/protobuf/{saved_model, meta_graph}.proto and tensorflow/core/framework/{graph, node_def, function,
 * op_def, attr_value}.proto; the numbers below are those of their fields.
 */
export function savedModel({ inputs, nodes, outputs }: TensorFunction): Uint8Array {
  const definition = [
    ...message(1, [
      ...text(1, 'compiled'),
      ...inputs.flatMap((name) => message(2, argument(name))),
      ...outputs.flatMap((_, index) => message(3, argument(result(index)))),
    ]),
    ...nodes.flatMap((n) => message(3, node(n.name, n.op, n.inputs, { T: integer(6, FLOAT32) }))),
    ...outputs.flatMap((from, index) => message(4, [...text(1, result(index)), ...text(2, from)])),
    ...attribute(5, '_XlaMustCompile', integer(5, 1)),
  ];
  const types = (count: number): number[] =>
    message(1, Array.from({ length: count }, () => integer(6, FLOAT32)).flat()); // prettier-ignore
  const call = node('call', 'PartitionedCall', inputs, {
    Tin: types(inputs.length),
    Tout: types(outputs.length),
    f: message(10, text(1, 'compiled')),
    config: text(2, ''),
    config_proto: text(2, ''),
    executor_type: text(2, ''),
    // On the call too: without it the function is inlined and runs node by node.
    _XlaMustCompile: integer(5, 1),
  });
  const graph = [
    ...inputs.flatMap((name) => message(1, node(name, 'Placeholder', [], { dtype: integer(6, FLOAT32) }))),
    ...message(1, call),
    ...message(2, message(1, definition)),
    ...message(4, integer(1, PRODUCER)),
  ];
  const meta = [...message(1, text(4, 'serve')), ...message(2, graph)];
  return Uint8Array.from([...integer(1, 1), ...message(2, meta)]);
}

const result = (index: number): string => `result${index}`;

/** An argument or result of a function, a float32 tensor. */
function argument(name: string): number[] {
  return [...text(1, name), ...integer(3, FLOAT32)];
}

function node(name: string, op: string, inputs: readonly string[], attributes: Record<string, number[]>): number[] {
  return [
    ...text(1, name),
    ...text(2, op),
    ...inputs.flatMap((input) => text(3, input)),
    ...Object.entries(attributes).flatMap(([key, value]) => attribute(5, key, value)),
  ];
}

/** An entry of a map from name to AttrValue. */
function attribute(field: number, key: string, value: readonly number[]): number[] {
  return message(field, [...text(1, key), ...message(2, value)]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

const integer = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const message = (field: number, bytes: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);
