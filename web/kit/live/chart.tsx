import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { DataTable } from "./data-table.tsx";
import { type Drawing, type Chart as Drawn, drawChart, type Tone } from "./draw-chart.ts";

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** As high as they are drawn, one for each point. */
  readonly values: readonly number[];
  /** Exactly, in words. */
  readonly say: (index: number) => ComponentChildren;
}

interface Props extends Pick<Drawing, "kind" | "base" | "steps" | "sayPoint" | "sayValue"> {
  readonly title: string;
  /** Which points there are, in a few words. */
  readonly note: ComponentChildren;
  /** Of the column with the points. */
  readonly pointName: string;
  /** Ascending. */
  readonly points: readonly number[];
  /** A point in full. */
  readonly namePoint: (point: number) => ComponentChildren;
  readonly series: readonly Series[];
}

/**
 * Amounts or rates over time. The legend says the newest values, or those that are pointed at; the
 * same figures are there as a table, for those who do not see the picture.
 */
export function Chart({ title, note, pointName, points, namePoint, series, ...drawing }: Props) {
  const [frame, place, drawn] = [useRef<HTMLElement>(null), useRef<HTMLDivElement>(null), useRef<Drawn>(null)];
  const id = useId();
  const pointed = useSignal<number | null>(null);
  const isOpen = useSignal(false);
  const latest = useRef(drawing);
  latest.current = drawing;
  const { kind, base, steps } = drawing;
  const data = [points, ...series.map(({ values }) => values)] as const;
  const tones = series.map(({ tone }) => tone);
  useEffect(() => {
    if (place.current === null || frame.current === null) return;
    const chart = drawChart(
      place.current,
      frame.current,
      {
        ...{ kind, base, steps, tones },
        sayPoint: (point) => latest.current.sayPoint(point),
        sayValue: (value) => latest.current.sayValue(value),
        pointed: (index) => {
          pointed.value = index;
        },
      },
      data,
    );
    drawn.current = chart;
    return () => {
      drawn.current = null;
      chart.stop();
    };
  }, [kind, base, tones.join()]);
  useEffect(() => drawn.current?.set(data), [points, series]);
  const at = Math.min(pointed.value ?? points.length - 1, points.length - 1);
  const shown = points[at];
  return (
    <figure class="chart" ref={frame} aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <p class="soft">{note}</p>
      </figcaption>
      <ul class="legend">
        {series.map(({ name, tone, say }) => (
          <li key={name}>
            <span class={`mark of-${tone}`} aria-hidden="true" /> {name}{" "}
            <strong>{shown === undefined ? "-" : say(at)}</strong>
          </li>
        ))}
        {shown !== undefined && <li class="soft">{namePoint(shown)}</li>}
      </ul>
      <div class="pane" ref={place} aria-hidden="true" />
      <details onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
        <summary>As a table</summary>
        {isOpen.value && (
          <DataTable
            label={`${title}, as a table`}
            rows={points.map((_, i) => points.length - 1 - i)}
            keyOf={(index) => points[index] ?? index}
            size={15}
            columns={[
              { name: pointName, isHead: true, cell: (index) => namePoint(points[index] as number) },
              ...series.map(({ name, say }) => ({ name, isNumber: true, cell: say })),
            ]}
          />
        )}
      </details>
    </figure>
  );
}
