import { OptionError } from './errors.ts';
import type { Setup, Work, WorkContext } from './work.ts';

/** Imports a worker module and sets it up. `module` is a package specifier ('rxface/operators/prepare') or a file: URL. */
export async function loadWork<I, O>(
  module: string,
  options: Readonly<Record<string, unknown>>,
  context: WorkContext,
): Promise<Work<I, O>> {
  const loaded = await (import(module) as Promise<{ setup?: Setup<I, O> }>).catch((error: unknown) => {
    throw new OptionError(context.stage, 'module', `one that can be imported (${(error as Error).message})`, module);
  });
  if (typeof loaded.setup !== 'function')
    throw new OptionError(context.stage, 'module', 'a module that exports `setup`', module);
  return loaded.setup(options, context);
}
