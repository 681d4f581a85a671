/** What of the config the demo decides. */
export interface DemoSettings {
  /** Folder of the shards to train on. */
  faces: string;
  /** Pixels of a side. */
  size: number;
  epochs: number;
  seed: number;
  /** Updates of the whole run: a short one has a short warm-up. */
  steps: number;
}

/** Images of a batch. */
export const DEMO_BATCH = 64;

/** The config that the demo trains by, as a file to read, to copy and to train again with. */
export function demoConfig({ faces, size, epochs, seed, steps }: DemoSettings): string {
  return `# What \`rxface demo\` trained. To train it again:
#   rxface train demo.yaml --run runs/again
# To train on your own faces, put their path below (a folder with one sub-folder a person, a tar, a .rec or shards).
data:
  sources:
    - path: ${JSON.stringify(faces)}

# A small network that two processor cores train in a minute; ir18 at 112 x 112 pixels learns more.
model: { name: ir10, embedding: 128, size: [${size}, ${size}], dropout: 0.2 }
# AdaFace: hard samples count most where the image is good enough to recognise anybody.
head: { name: adaface, s: 32, m: 0.4, h: 0.333 }

optimiser: { momentum: 0.9, weightDecay: 5.0e-4, decay: weights, clipNorm: 5 }
schedule: { name: cosine, lr: 0.1, warmupSteps: ${Math.min(60, Math.floor(steps / 10))} }
# Chances of each face: mirrored, cropped, at a lower resolution, in another light.
augment: { flip: 0.5, crop: 0.1, rescale: 0.2, photometric: 0.1 }
train: { batch: ${DEMO_BATCH}, epochs: ${epochs}, precision: auto, seed: ${seed} }
checkpoint: { keep: 1 }
`;
}
