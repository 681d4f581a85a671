/** How a picture is brought to another size, by the names the field uses. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'area', 'bicubic', 'lanczos4'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];
