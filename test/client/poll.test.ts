import { expect, test } from "vitest";
import { pollUntil } from "../../client/poll.ts";

const { signal } = new AbortController();

test("a state is read until it is done", async () => {
  let reads = 0;
  const done = pollUntil({ read: async () => ++reads, isDone: (n) => n === 3, signal, pending: "", intervalMs: 1 });
  expect(await done).toBe(3);
});

test("a state that is not done at the deadline is an error that says what to do", async () => {
  const polling = pollUntil({
    read: async () => 0,
    isDone: () => false,
    signal,
    pending: "look again later",
    deadlineMs: 5,
    intervalMs: 1,
  });
  await expect(polling).rejects.toMatchObject({ code: "STILL_PENDING", message: "look again later" });
});

test("a signal ends the wait with its reason", async () => {
  const interruption = new AbortController();
  const reason = new Error("stopped");
  const polling = pollUntil({
    async read() {
      queueMicrotask(() => interruption.abort(reason));
      return 0;
    },
    isDone: () => false,
    signal: interruption.signal,
    pending: "",
    intervalMs: 60_000,
  });
  await expect(polling).rejects.toBe(reason);
});
