import { OptionError } from '../../pipeline/errors.ts';

const PREFIX = 'drawn:';

/**
 * The options in 'drawn:people=50,perPerson=20,seed=7': drawn faces where a path of images could stand.
 *
 * Values are numbers, true or false; which names and values are allowed is for `drawnFaces` to say.
 *
 * @return undefined where the text does not begin with 'drawn:'
 * @throws OptionError for what is not name=value, or a name given twice
 */
export function parseDrawnPattern(text: string): Record<string, number | boolean> | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const options: Record<string, number | boolean> = {};
  for (const part of text.slice(PREFIX.length).split(',')) {
    const [, name, value] = /^\s*([A-Za-z]+)=(true|false|[-+.\deE]+)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw new OptionError('drawn:', `'${part}'`, "name=value, as in 'drawn:people=50,perPerson=20,seed=7'", text);
    if (Object.hasOwn(options, name)) throw new OptionError('drawn:', name, 'given once', text);
    options[name] = value === 'true' || (value !== 'false' && Number(value));
  }
  return options;
}
