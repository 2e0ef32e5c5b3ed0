import { render } from "preact";
import { readGasCsv } from "../gas-days.ts";
import { GasChart } from "./gas-chart.tsx";

/** The desk's chart, read again once a minute. Without this file its table is there. */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 20_000;

async function draw(place: HTMLElement, path: string): Promise<void> {
  const answer = document.hidden ? null : await read(path);
  const days = answer === null ? null : readGasCsv(answer);
  if (days !== null) {
    // What the server wrote goes once its successor is there.
    if (place.querySelector("figure") === null) place.replaceChildren();
    render(<GasChart days={days} />, place);
  }
  setTimeout(() => void draw(place, path), EVERY_MS);
}

/** Null: there is no answer, or the session has ended. */
async function read(path: string): Promise<string | null> {
  const options = { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const answer = await fetch(path, options).catch(() => null);
  return answer?.ok ? await answer.text().catch(() => null) : null;
}

const place = document.querySelector<HTMLElement>("#gas");
if (place?.dataset.from !== undefined) void draw(place, place.dataset.from);
