import { render } from "preact";
import { readGasCsv } from "../gas-days.ts";
import { GasChart } from "./gas-chart.tsx";

/** The desk's chart, read again once a minute. Without this file its table is there. */
const EVERY_MS = 60_000;
/** Until something has used gas. */
const WAIT_MS = 5_000;
const TIMEOUT_MS = 20_000;

async function draw(): Promise<void> {
  const place = document.querySelector<HTMLElement>("#gas[data-from]");
  const answer = place === null || document.hidden ? null : await read(place.dataset.from as string);
  const days = answer === null ? null : readGasCsv(answer);
  if (place?.isConnected && days !== null) {
    // What the server wrote goes once its successor is there, and does not come back.
    if (place.querySelector("figure") === null) place.replaceChildren();
    delete place.closest<HTMLElement>("[data-live]")?.dataset.live;
    render(<GasChart days={days} />, place);
  }
  setTimeout(() => void draw(), days === null ? WAIT_MS : EVERY_MS);
}

/** Null: there is no answer, or the session has ended. */
async function read(path: string): Promise<string | null> {
  const options = { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const answer = await fetch(path, options).catch(() => null);
  return answer?.ok ? await answer.text().catch(() => null) : null;
}

void draw();
