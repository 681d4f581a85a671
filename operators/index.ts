export { architecture, createModel, Model } from './net/model.ts';
export type { Architecture, ArchitectureName } from './net/model.ts';
export type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './net/layer.ts';
export { createScope } from './net/scope.ts';
export { normalise } from './net/normalise.ts';
export { WeightsError } from './net/weights.ts';
