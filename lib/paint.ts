/**
 * Colours of a terminal, or none.
 */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** @param isColoured whether a terminal reads it, and nobody has asked for none (NO_COLOR) */
export function paint(isColoured: boolean): Paint {
  const code = (on: number, off: number) => (text: string) =>
    isColoured && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: code(1, 22), dim: code(2, 22), red: code(31, 39), green: code(32, 39), yellow: code(33, 39) };
}
