/** One operation of a function; `inputs` are names of its arguments or 'node:output:0'. Its type attribute T is float32. */
export interface FunctionNode {
  name: string;
  op: string;
  inputs: readonly string[];
}

/** A function of maps of any shape and vectors, computed in float32. */
export interface TensorFunction {
  maps: readonly string[];
  vector: string;
  /** Further vectors. */
  others?: readonly string[];
  nodes: readonly FunctionNode[];
  /** Results in order, as inputs of nodes are named. */
  outputs: readonly string[];
  /** Those of the outputs that stay float32 where the maps are bfloat16. */
  wide?: readonly string[];
}

/** Numbers of TF_DataType. */
const FLOAT32 = 1;
const BFLOAT16 = 14;
/** Version of the graph format (TF_GRAPH_DEF_VERSION) these bytes are written in. */
const PRODUCER = 1395;

/**
 * A TensorFlow SavedModel (saved_model.pb, tag 'serve') around one function that XLA compiles into loops of its own.
 *
 * In plain words: several operations in a row become one pass over memory.
 * Its arguments are placeholders under their own names, its results the outputs 0, 1, ... of the node 'call'.
 * With bfloat16 maps the values between are float32 all the same: only what is read and written is short.
 *
 * Layout: tensorflow/core/protobuf/{saved_model, meta_graph}.proto and tensorflow/core/framework/{graph, node_def, function,
 * op_def, attr_value}.proto; the numbers below are those of their fields.
 */
export function savedModel(definition: TensorFunction, mapType: 1 | 14 = FLOAT32): Uint8Array {
  const { inputs, nodes, outputs } = mapType === BFLOAT16 ? narrowed(definition) : wide(definition);
  const argument = ({ name, type }: Argument): number[] => [...text(1, name), ...integer(3, type)];
  const result = (index: number): string => `result${index}`;
  const body = [
    ...message(1, [
      ...text(1, 'compiled'),
      ...inputs.flatMap((input) => message(2, argument(input))),
      ...outputs.flatMap(({ type }, index) => message(3, argument({ name: result(index), type }))),
    ]),
    ...nodes.flatMap(({ name, op, inputs, types }) =>
      message(3, node(name, op, inputs, Object.fromEntries(Object.entries(types).map(([k, t]) => [k, integer(6, t)])))),
    ),
    ...outputs.flatMap(({ name }, index) => message(4, [...text(1, result(index)), ...text(2, name)])),
    ...attribute(5, '_XlaMustCompile', integer(5, 1)),
  ];
  const types = (list: readonly Argument[]): number[] => message(1, list.flatMap(({ type }) => integer(6, type))); // prettier-ignore
  const names = inputs.map(({ name }) => name);
  const call = node('call', 'PartitionedCall', names, {
    Tin: types(inputs),
    Tout: types(outputs),
    f: message(10, text(1, 'compiled')),
    config: text(2, ''),
    config_proto: text(2, ''),
    executor_type: text(2, ''),
    // On the call too: without it the function is inlined and runs node by node.
    _XlaMustCompile: integer(5, 1),
  });
  const graph = [
    ...inputs.flatMap(({ name, type }) => message(1, node(name, 'Placeholder', [], { dtype: integer(6, type) }))),
    ...message(1, call),
    ...message(2, message(1, body)),
    ...message(4, integer(1, PRODUCER)),
  ];
  const meta = [...message(1, text(4, 'serve')), ...message(2, graph)];
  return Uint8Array.from([...integer(1, 1), ...message(2, meta)]);
}

interface Argument {
  name: string;
  type: number;
}

/** A function with the type of everything said. */
interface TypedFunction {
  inputs: Argument[];
  nodes: (FunctionNode & { types: Record<string, number> })[];
  outputs: Argument[];
}

function wide({ maps, vector, others = [], nodes, outputs }: TensorFunction): TypedFunction {
  const typed = (name: string): Argument => ({ name, type: FLOAT32 });
  return {
    inputs: [...maps, vector, ...others].map(typed),
    nodes: nodes.map((one) => ({ ...one, types: { T: FLOAT32 } })),
    outputs: outputs.map(typed),
  };
}

/** The same with a cast behind every map and before every short result. */
function narrowed(definition: TensorFunction): TypedFunction {
  const { maps, vector, others = [], outputs } = definition;
  const casted = (name: string, from: string, types: Record<string, number>): TypedFunction['nodes'][number] => ({
    name,
    op: 'Cast',
    inputs: [from],
    types,
  });
  const short = outputs.filter((name) => !definition.wide?.includes(name));
  const shortName = (name: string): string => `short${short.indexOf(name)}`;
  return {
    inputs: [
      ...maps.map((name) => ({ name, type: BFLOAT16 })),
      ...[vector, ...others].map((name) => ({ name, type: FLOAT32 })),
    ],
    nodes: [
      ...maps.map((name) => casted(`${name}Wide`, name, { SrcT: BFLOAT16, DstT: FLOAT32 })),
      ...wide(definition).nodes.map((one) => ({
        ...one,
        inputs: one.inputs.map((name) => (maps.includes(name) ? `${name}Wide:y:0` : name)),
      })),
      ...short.map((name) => casted(shortName(name), name, { SrcT: FLOAT32, DstT: BFLOAT16 })),
    ],
    outputs: outputs.map((name) =>
      short.includes(name) ? { name: `${shortName(name)}:y:0`, type: BFLOAT16 } : { name, type: FLOAT32 },
    ),
  };
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
