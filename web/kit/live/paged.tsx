import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface Props<T> {
  /** Names the list for screen readers. */
  readonly label: string;
  readonly items: readonly T[];
  /** How many are drawn at once. */
  readonly size?: number;
  readonly children: (shown: readonly T[], first: number) => ComponentChildren;
}

/** A list of any length, of which one page is drawn at a time. */
export function Paged<T>({ label, items, size = 50, children }: Props<T>) {
  const wanted = useSignal(0);
  const last = Math.max(0, Math.ceil(items.length / size) - 1);
  const at = Math.min(wanted.value, last);
  const go = (page: number, name: string, isThere: boolean) => (
    <button type="button" disabled={!isThere} onClick={() => (wanted.value = page)}>
      {name}
    </button>
  );
  return (
    <>
      {children(items.slice(at * size, (at + 1) * size), at * size)}
      {last > 0 && (
        <nav class="pager" aria-label={label}>
          {go(0, "First", at > 0)}
          {go(at - 1, "Previous", at > 0)}
          <span class="at">
            {count(at * size + 1)} to {count(Math.min(items.length, (at + 1) * size))} of {count(items.length)}
          </span>
          {go(at + 1, "Next", at < last)}
          {go(last, "Last", at < last)}
        </nav>
      )}
    </>
  );
}

function count(number: number): string {
  return number.toLocaleString("en");
}
