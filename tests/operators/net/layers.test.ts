import { layerContract } from '../../contracts/layer.ts';
import { LAYERS } from '../../contracts/layers.ts';

for (const [name, layer] of Object.entries(LAYERS)) layerContract(name, layer);
