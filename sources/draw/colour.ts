/** Red, green, blue in [0, 255]. */
export type Colour = readonly [number, number, number];

export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Darker below 1, lighter above, channel by channel or all alike. */
export function scale(colour: Colour, by: Colour | number): Colour {
  const [r, g, b] = typeof by === 'number' ? [by, by, by] : by;
  return [colour[0] * r, colour[1] * g, colour[2] * b];
}

/** '#rrggbb'; what lies outside is cut to the range. */
export function hex(colour: Colour): string {
  return `#${colour
    .map((value) =>
      Math.round(Math.min(255, Math.max(0, value)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** The colour at `share` in [0, 1] of the way through a row of colours. */
export function ramp(colours: readonly Colour[], share: number): Colour {
  const place = Math.min(1, Math.max(0, share)) * (colours.length - 1);
  const left = Math.min(Math.floor(place), colours.length - 2);
  return mix(colours[left]!, colours[left + 1]!, place - left);
}

/** Hue in degrees, saturation and lightness in [0, 1]. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
