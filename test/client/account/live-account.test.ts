import { expect, test } from "vitest";
import type { Need } from "../../../client/account/account.ts";
import { keepAccountLive, type LiveAccount } from "../../../client/account/live-account.ts";
import type { Account } from "../../../client/account/opened-account.ts";
import { unlockOnce } from "../../../client/account/unlock-once.ts";
import { AccessError, ChainError, type FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import { memoryHome, openedBy, SESSION } from "./fakes.ts";

/** A live account whose timer the test fires, and whose renewals it answers. */
class Renewals {
  readonly account: LiveAccount;
  readonly asked: Need[] = [];
  readonly problems: Error[] = [];
  readonly failures: unknown[] = [];
  waitMs = Number.NaN;
  answer: Error | null = null;
  #fire: () => void = () => undefined;

  constructor(need: Need) {
    const { client, network } = openedBy(() => ({}));
    const opened = (accessToken: string): Account => ({ client, network, session: { ...SESSION, accessToken } });
    this.account = keepAccountLive(opened("first"), {
      need,
      signal: new AbortController().signal,
      open: async (wanted) => {
        this.asked.push(wanted);
        if (this.answer) throw this.answer;
        return opened(`token ${this.asked.length}`);
      },
      setTimer: (run, ms) => {
        this.#fire = run;
        this.waitMs = ms;
        return () => {
          this.#fire = () => undefined;
        };
      },
      onProblem: (error) => void this.problems.push(error),
      onFailed: (error) => void this.failures.push(error),
    });
  }

  async fire(): Promise<void> {
    this.#fire();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Of a session of 10,000 s: one allotment (120 s) and the margin (10 s) before its end. */
const IN_TIME_MS = 9_870_000;

test("a session is renewed in time, and what holds its identity has the new tokens", async () => {
  const renewals = new Renewals("serve");
  const { identity } = renewals.account;
  expect([renewals.waitMs, identity.accessToken]).toEqual([IN_TIME_MS, "first"]);

  await renewals.fire();
  expect([renewals.waitMs, identity.accessToken]).toEqual([IN_TIME_MS, "token 1"]);
  await renewals.fire();
  expect(identity.accessToken).toBe("token 2");
  expect(renewals.asked).toEqual(["serve", "serve"]);
});

test.each([new NetworkError("AUTHORITY_UNREACHABLE", "away"), new ChainError("STILL_PENDING", "away")])(
  "what is away is asked again, ever later: $name",
  async (error) => {
    const renewals = new Renewals("serve");
    renewals.answer = error;
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      await renewals.fire();
      waits.push(renewals.waitMs);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect([renewals.problems.length, renewals.failures]).toEqual([7, []]);

    renewals.answer = null;
    await renewals.fire();
    expect([renewals.waitMs, renewals.account.identity.accessToken]).toEqual([IN_TIME_MS, "token 8"]);
  },
);

test("a wallet that does not open ends the run", async () => {
  const renewals = new Renewals("serve");
  renewals.answer = new AccessError("PASSPHRASE_WRONG", "wrong");
  await renewals.fire();
  expect(renewals.failures).toEqual([renewals.answer]);
});

test("what needs more than the run did so far is asked for at once; a refusal changes nothing", async () => {
  const renewals = new Renewals("serve");
  renewals.answer = new AccessError("FORBIDDEN", "no deposit") as FloodgateError;
  await expect(renewals.account.require("spend")).rejects.toBe(renewals.answer);
  renewals.answer = null;
  await renewals.fire();
  await renewals.account.require("spend");
  await renewals.account.require("spend");
  await renewals.account.require("serve");
  expect(renewals.asked).toEqual(["spend", "serve", "spend"]);
  expect(renewals.failures).toEqual([]);
});

test("nothing is renewed after the end", async () => {
  const renewals = new Renewals("serve");
  renewals.account.stop();
  await renewals.fire();
  expect(renewals.asked).toEqual([]);
});

test("a wallet is opened once, and once more only when it did not open", async () => {
  const home = memoryHome(null);
  const once = unlockOnce({
    ...home,
    unlock: () => (home.unlocked++ === 0 ? Promise.reject(new Error("wrong")) : memoryHome(null).unlock()),
  });

  await expect(once.unlock()).rejects.toThrow("wrong");
  expect(await once.unlock()).toBe(await once.unlock());
  expect(home.unlocked).toBe(2);
});
