/** The door to onnxruntime-node, which runs ONNX networks. It is not installed with this package: whoever has such networks adds it. */
import { createRequire } from 'node:module';
import { EngineError, FormatError } from '../errors.ts';
import { stat } from '../files/read.ts';

/** What of onnxruntime-node is used. */
interface Runtime {
  InferenceSession: { create(path: string, options: object): Promise<Session> };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => RuntimeTensor;
}
interface RuntimeTensor {
  data: Float32Array;
  dims: readonly number[];
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Sizes that a network leaves open are names. */
  readonly inputMetadata: readonly { shape: readonly (number | string)[]; type: string }[];
  run(feeds: Record<string, RuntimeTensor>, wanted: readonly string[]): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

export interface OnnxOutput {
  name: string;
  values: Float32Array;
  shape: readonly number[];
}

/** A network of one input, open to run. */
export interface OnnxSession {
  /** Shape of the input; -1 where the network leaves a size open. */
  readonly shape: readonly number[];
  readonly outputs: readonly string[];
  /** The first output for an input of this shape. */
  run(values: Float32Array, shape: readonly number[]): Promise<OnnxOutput>;
  /** Every output for an input of this shape. */
  all(values: Float32Array, shape: readonly number[]): Promise<OnnxOutput[]>;
  close(): Promise<void>;
}

/** Whether onnxruntime-node is there. */
export function hasOnnx(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens an ONNX file.
 *
 * @throws EngineError where onnxruntime-node is not installed or does not load; FileError where the file is not there; FormatError
 *   where it is no network that onnxruntime runs, or has other than one input of float32
 */
export async function openOnnx(path: string): Promise<OnnxSession> {
  await stat(path);
  const { InferenceSession, Tensor } = runtime();
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 }).catch((error: unknown) => {
    throw new FormatError(path, undefined, 'a network that onnxruntime runs', (error as Error).message.split('\n')[0]);
  });
  const [name, another] = session.inputNames;
  const [input] = session.inputMetadata;
  if (name === undefined || another !== undefined || input?.type !== 'float32') {
    await session.release();
    throw new FormatError(path, undefined, 'one input of float32', session.inputNames.join(', '));
  }
  const run = async (
    values: Float32Array,
    shape: readonly number[],
    wanted: readonly string[],
  ): Promise<OnnxOutput[]> => {
    const found = await session.run({ [name]: new Tensor('float32', values, shape) }, wanted);
    return wanted.map((output) => ({ name: output, values: found[output]!.data, shape: found[output]!.dims }));
  };
  return {
    shape: input.shape.map((size) => (typeof size === 'number' && size > 0 ? size : -1)),
    outputs: session.outputNames,
    run: async (values, shape) => (await run(values, shape, session.outputNames.slice(0, 1)))[0]!,
    all: (values, shape) => run(values, shape, session.outputNames),
    close: () => session.release(),
  };
}

function runtime(): Runtime {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime;
  } catch (error) {
    if ((error as { code?: string }).code === 'MODULE_NOT_FOUND' && !hasOnnx())
      throw new EngineError(
        'ONNX networks need onnxruntime-node, which is not installed',
        'npm install onnxruntime-node (its install script need not run)',
        { cause: error },
      );
    const reason = (error as Error).message.split('\n')[0];
    throw new EngineError(`onnxruntime-node does not load: ${reason}`, 'Install one built for this machine', {
      cause: error,
    });
  }
}
