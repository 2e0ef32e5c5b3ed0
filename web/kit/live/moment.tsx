const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** A second, in the visitor's own time zone. */
export function Moment({ at }: { at: number }) {
  const date = new Date(at * 1_000);
  return <time dateTime={date.toISOString()}>{MOMENT.format(date)}</time>;
}

export function sayMoment(at: number): string {
  return MOMENT.format(new Date(at * 1_000));
}
