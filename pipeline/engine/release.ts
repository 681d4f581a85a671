/** Which TensorFlow is installed, pinned by hash: everything pip is allowed to bring. */
import { createHash } from 'node:crypto';

/** One wheel and the part of it that is kept (a regular expression over whole member names). */
export interface Wheel {
  name: string;
  version: string;
  /** Size of the download. */
  bytes: number;
  sha256: string;
  keep: string;
}

export interface Release {
  /** 'cpu' or 'gpu'. */
  kind: string;
  tensorflow: string;
  /** The first is TensorFlow's. */
  wheels: readonly Wheel[];
  /** Size of what is kept, unpacked. */
  unpackedBytes: number;
}

/** Version of @tensorflow/tfjs-node-gpu whose C++ files are compiled. */
export const TFJS_VERSION = '4.22.0';

const TENSORFLOW =
  'tensorflow/(libtensorflow_(cc|framework)\\.so\\.2|include/(tensorflow/c/.*|tensorflow/core/platform/ctstring.*|tsl/platform/ctstring.*|xla/tsl/c/.*)\\.h)';
// Libraries, and what XLA compiles GPU kernels with; the layout stays, since TensorFlow looks in $ORIGIN/../nvidia.
const CUDA = 'nvidia/[^/]+/lib/[^/]+\\.so(\\.[0-9]+)*|nvidia/cuda_nvcc/(bin/ptxas|nvvm/libdevice/.*)';

const cuda = (name: string, version: string, bytes: number, sha256: string): Wheel => ({
  name: `nvidia-${name}-cu12`,
  version,
  bytes,
  sha256,
  keep: CUDA,
});

export const CPU_RELEASE: Release = {
  kind: 'cpu',
  tensorflow: '2.21.0',
  unpackedBytes: 8.6e8,
  wheels: [
    {
      name: 'tensorflow-cpu',
      version: '2.21.0',
      bytes: 273_829_956,
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      keep: TENSORFLOW,
    },
  ],
};

/** TensorFlow with its `and-cuda` extra: CUDA 12.9, cuDNN 9. */
export const GPU_RELEASE: Release = {
  kind: 'gpu',
  tensorflow: '2.21.0',
  unpackedBytes: 5.6e9,
  wheels: [
    {
      name: 'tensorflow',
      version: '2.21.0',
      bytes: 572_440_367,
      sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      keep: TENSORFLOW,
    },
    cuda('cublas', '12.9.3.13', 581_217_458, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
    cuda('cuda-cupti', '12.9.79', 10_814_997, '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f'),
    cuda('cuda-nvcc', '12.9.86', 40_546_229, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
    cuda('cuda-nvrtc', '12.9.86', 89_568_129, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
    cuda('cuda-runtime', '12.9.79', 3_493_179, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
    cuda('cudnn', '9.28.0.42', 716_538_495, '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
    cuda('cufft', '11.4.1.4', 200_877_592, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
    cuda('curand', '10.3.10.19', 68_295_626, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
    cuda('cusolver', '11.7.5.82', 338_117_415, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
    cuda('cusparse', '12.5.10.65', 366_465_088, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
    cuda('nccl', '2.32.3', 351_526_311, 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
    cuda('nvjitlink', '12.9.86', 39_748_338, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
  ],
};

/** Size of the whole download. */
export function downloadBytes(release: Release): number {
  return release.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
}

/**
 * The requirements file for pip's `--require-hashes`.
 * @param local a file to take in the place of TensorFlow's own wheel; its hash must be the same
 */
export function requirements(release: Release, local?: string): string {
  const lines = release.wheels.map(
    (wheel, i) =>
      `${i === 0 && local !== undefined ? local : `${wheel.name}==${wheel.version}`} --hash=sha256:${wheel.sha256}`,
  );
  return `${lines.join('\n')}\n`;
}

/** Name of its folder in the cache; another wheel, binding or way of building is another folder. */
export function folderName(release: Release, recipe: string): string {
  const hash = createHash('sha256').update(`${requirements(release)}${TFJS_VERSION}${recipe}`);
  return `tensorflow-${release.tensorflow}-${release.kind}-${hash.digest('hex').slice(0, 8)}`;
}
