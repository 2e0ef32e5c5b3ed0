import uPlot from "uplot";

/** A chart on a canvas, by uPlot. Colours and type are those of the page's style sheet. */

export type Tone = "tide" | "good" | "wait" | "soft";

export interface Drawing {
  readonly kind: "line" | "bars";
  /** Marks of the value axis are powers and halves of it: 2 for bytes, 10 for money. */
  readonly base: 2 | 10;
  /** Steps between marks of the other axis, in its own unit, the smallest first. */
  readonly steps: readonly number[];
  readonly tones: readonly Tone[];
  /** Words at a mark, short. */
  sayPoint(point: number): string;
  sayValue(value: number): string;
  /** The reader points at the data of this index; null: at none. */
  pointed(index: number | null): void;
}

/** Ascending points, then one list of values for each series. */
export type Data = readonly [points: readonly number[], ...values: readonly (readonly number[])[]];

export interface Chart {
  set(data: Data): void;
  stop(): void;
}

const HEIGHT = 168;
const FONT_PX = 12;
const LETTER_PX = 6.6;
const MAX_BAR_PX = 22;
/** The top of a pane in which all values are zero. */
const EMPTY = { 2: 16_384, 10: 1 } as const;
/** A slice of the pane under a line, so that two lines stay apart. */
const WASH = "1f";

/**
 * Draws into `place`, as wide as it is, and again when its width or the colour scheme changes.
 * `frame`: an element in the colours of axes; its `.of-…` marks have the colours of the series.
 */
export function drawChart(place: HTMLElement, frame: HTMLElement, drawing: Drawing, data: Data): Chart {
  const { tones, pointed } = drawing;
  const chart = new uPlot(
    {
      ...{ width: widthOf(place), height: HEIGHT, padding: [8, 16, 0, 4] },
      series: [{}, ...tones.map((tone, i) => seriesOf(drawing, i, () => inkOf(frame, `.of-${tone}`)))],
      scales: {
        x: {
          time: false,
          // Of the data: what uPlot hands over grows with each redraw.
          range: ({ data: [points] }) => rangeOf(points, drawing.kind === "bars" ? 0.5 : 0),
        },
        y: { range: (_, _least, most) => [0, most > 0 ? most * 1.08 : EMPTY[drawing.base]] },
      },
      axes: axesOf(drawing, frame),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: drawing.kind === "line" } },
      hooks: { setCursor: [({ cursor }) => pointed(cursor.idx ?? null)] },
    },
    alignedOf(data),
    place,
  );
  const sizes = new ResizeObserver(() => chart.setSize({ width: widthOf(place), height: HEIGHT }));
  sizes.observe(place);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = (): void => chart.redraw();
  scheme.addEventListener("change", redraw);
  return {
    set: (next) => chart.setData(alignedOf(next)),
    stop() {
      sizes.disconnect();
      scheme.removeEventListener("change", redraw);
      chart.destroy();
    },
  };
}

function seriesOf({ kind, tones }: Drawing, at: number, ink: () => string): uPlot.Series {
  if (kind === "line")
    return { stroke: ink, width: 1.75, fill: () => washOf(ink()), points: { show: false }, pxAlign: 0 };
  const align = tones.length === 1 ? 0 : at === 0 ? -1 : 1;
  const share = 0.8 / tones.length;
  const paths = uPlot.paths.bars?.({ align, size: [share, MAX_BAR_PX], radius: 0.12 });
  return { stroke: ink, fill: ink, width: 0, points: { show: false }, ...(paths && { paths }) };
}

function axesOf({ base, steps, sayPoint, sayValue }: Drawing, frame: HTMLElement): uPlot.Axis[] {
  const font = (): string => `${FONT_PX}px ${getComputedStyle(frame).fontFamily}`;
  const stroke = (): string => getComputedStyle(frame).color;
  const line = (): string => getComputedStyle(frame).borderTopColor;
  const ticks = { show: false };
  return [
    {
      ...{ font: font(), stroke, ticks, grid: { show: false }, size: 26, space: 64, incrs: [...steps], gap: 6 },
      splits: (_, _axis, least, most, step) => marksOf(least, most, step),
      values: (_, points) => points.map(sayPoint),
    },
    {
      ...{
        font: font(),
        stroke,
        ticks,
        grid: { stroke: line, width: 1 },
        space: 34,
        incrs: incrementsOf(base),
        gap: 6,
      },
      values: (_, values) => values.map(sayValue),
      size: (_, texts) => 14 + LETTER_PX * Math.max(4, ...(texts ?? []).map(({ length }) => length)),
    },
  ];
}

/** From the first point to the last; `margin`: beyond them, at each side. */
function rangeOf(points: ArrayLike<number>, margin: number): [number, number] {
  const [first = 0, last = first] = [points[0], points[points.length - 1]];
  return [first - margin, last + margin];
}

/** Multiples of the step, counted from zero: a single point has its mark, too. */
function marksOf(least: number, most: number, step: number): number[] {
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.max(0, Math.floor(most / step) - first + 1) }, (_, i) => (first + i) * step);
}

/** 1, 2, 5, 10… of a millionth up; or 1, 2, 4… bytes. */
function incrementsOf(base: 2 | 10): number[] {
  if (base === 2) return Array.from({ length: 50 }, (_, i) => 2 ** i);
  return Array.from({ length: 30 }, (_, i) => i - 9).flatMap((power) => [1, 2, 5].map((times) => times * 10 ** power));
}

function widthOf(place: HTMLElement): number {
  return Math.max(120, Math.floor(place.clientWidth));
}

function alignedOf(data: Data): uPlot.AlignedData {
  return data.map((values) => [...values]) as uPlot.AlignedData;
}

function inkOf(frame: HTMLElement, selector: string): string {
  return getComputedStyle(frame.querySelector(selector) ?? frame).color;
}

/** The same colour, almost transparent: `rgb(1, 2, 3)` is what browsers compute. */
function washOf(colour: string): string {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour);
  if (parts === null) return "transparent";
  return `#${parts
    .slice(1)
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("")}${WASH}`;
}
