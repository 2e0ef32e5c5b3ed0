import type { Info } from "../../../../protocol/http/public.ts";
import { saveFile } from "../../../kit/live/save-file.ts";
import { act } from "../act.ts";
import { ApiError } from "../api.ts";
import { toBeancount, toCsv } from "../money/exports.ts";
import { readAllEntries } from "../money/read-all.ts";
import { isBusy, login } from "../state.ts";

const WAIT_MS = 5_000;
const MAX_WAITS = 60;

/** Files for the books. They have all that the authority lists, also what the page does not show. */
export function Downloads({ info, account }: { info: Info; account: string }) {
  const save = (name: string, type: string, write: (entries: Awaited<ReturnType<typeof readAll>>) => string) =>
    void act("Reading all of it…", async () => saveFile(name, type, write(await readAll())));
  return (
    <>
      <button
        type="button"
        disabled={isBusy.value}
        onClick={() => save("floodgate.csv", "text/csv", (entries) => toCsv(entries, info.token))}
      >
        Download CSV
      </button>
      <button
        type="button"
        disabled={isBusy.value}
        onClick={() =>
          save("floodgate.beancount", "text/plain", (entries) => toBeancount(entries, info.token, account))
        }
      >
        Download beancount
      </button>
    </>
  );
}

async function readAll() {
  const current = login.value;
  if (current === null) throw new ApiError("LOGIN_REQUIRED", 401, "you have logged out meanwhile");
  let waits = 0;
  return readAllEntries(current.api, async (error) => {
    if (!(error instanceof ApiError) || error.code !== "RATE_LIMITED" || ++waits > MAX_WAITS) throw error;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  });
}
