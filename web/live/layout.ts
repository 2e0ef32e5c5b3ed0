/** Where things stand in the picture, in the units of its view box. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly places: ReadonlyMap<string, Point>;
}

const WIDE = { width: 1_120, height: 430, radius: 34 };
const NARROW = { width: 358, height: 400, radius: 25 };
/** Room for the words below a node, and beside it. */
const WORDS = { below: 58, beside: 84 };

/**
 * Peers on an ellipse, the first at its left end: an uploader's pieces go to the right. On a
 * narrow screen the ellipse stands upright, and the first is on top.
 */
export function layOut(names: readonly string[], isNarrow: boolean): Layout {
  const { width, height, radius } = isNarrow ? NARROW : WIDE;
  const centre = { x: width / 2, y: (height - WORDS.below) / 2 + 6 };
  const reach = {
    x: width / 2 - (isNarrow ? radius + 34 : radius + WORDS.beside),
    y: (height - WORDS.below) / 2 - radius - 4,
  };
  const start = isNarrow ? -Math.PI / 2 : Math.PI;
  const places = names.map((name, i): [string, Point] => {
    const angle = start + (2 * Math.PI * i) / Math.max(1, names.length);
    return [name, { x: centre.x + reach.x * Math.cos(angle), y: centre.y + reach.y * Math.sin(angle) }];
  });
  return { width, height, radius, places: new Map(places) };
}

/** The line between two nodes, from rim to rim, `shift` units to its right. */
export function lineBetween(from: Point, to: Point, radius: number, shift: number): readonly [Point, Point] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const at = (point: Point, along: number): Point => ({
    x: point.x + ux * along - uy * shift,
    y: point.y + uy * along + ux * shift,
  });
  return [at(from, radius + 3), at(to, -radius - 3)];
}
