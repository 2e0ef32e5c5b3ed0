import { afterAll, beforeAll, describe, test } from "vitest";
import { startFakeHttp } from "../support/fake-http.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";
import { deployment, INFO, keys, type Strangers, start, startStrangers } from "../support/strangers.ts";

/** Authorities that may not start, are not what they should be, or not the same as before. */

let strange: Strangers;
beforeAll(async () => {
  strange = await startStrangers();
});
afterAll(() => strange[Symbol.asyncDispose]());

describe("an authority's start is refused", () => {
  const started = { "deployment.json": deployment() };
  const missing = { exitCode: 3, code: "KEY_FILE_MISSING", says: /`floodgate deploy` makes it/ };
  const wrong = { exitCode: 3, code: "KEY_FILE_INVALID", says: /must hold one private key/ };

  test.concurrent.each<[string, () => BadInput]>([
    ["without keys", () => start(strange.chain.url, strange.home("k1", started), missing)],
    [
      "with a key that is too short",
      () => start(strange.chain.url, strange.home("k2", { ...started, ...keys, "operator.key": "0xabab" }), wrong),
    ],
    [
      "with a key of zeros",
      () =>
        start(
          strange.chain.url,
          strange.home("k3", { ...started, ...keys, "allotter.key": `0x${"00".repeat(32)}` }),
          wrong,
        ),
    ],
    [
      "with an unknown log level",
      () =>
        start(
          strange.chain.url,
          strange.home("k4", { ...started, ...keys }),
          { exitCode: 3, code: "CONFIG_INVALID", says: /log level: choose one of/ },
          ...["--log-level", "loud"],
        ),
    ],
    [
      "with a tracker address that is none",
      () =>
        start(
          strange.chain.url,
          strange.home("k5", { ...started, ...keys }),
          { exitCode: 3, code: "CONFIG_INVALID", says: /tracker URL: write it like/ },
          ...["--tracker-url", "tracker"],
        ),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

describe("an authority", () => {
  const registered = (change: object): Record<string, string> => {
    const { chainId, contract, token } = INFO;
    return {
      "network.json": JSON.stringify({
        version: 1,
        chainId,
        contract,
        token,
        apiUrl: strange.authority.url,
        ...change,
      }),
    };
  };
  const search = (home: readonly string[], rest: Omit<BadInput, "args">): BadInput => ({
    args: ["search", ...home],
    ...rest,
  });
  const changed = { exitCode: 3, code: "NETWORK_CHANGED", says: /choose another --home for it/ };

  test.concurrent.each<[string, () => BadInput]>([
    [
      "that is a web site is refused",
      () =>
        search(strange.home("a1", registered({ apiUrl: strange.website.url })), {
          exitCode: 5,
          code: "REPLY_INVALID",
          says: /does not understand: is it the same version\?/,
        }),
    ],
    [
      "that knows no such route is refused",
      () =>
        search(strange.home("a2", registered({ apiUrl: strange.other.url })), {
          exitCode: 5,
          code: "AUTHORITY_FAILED",
          says: /answered with HTTP 404: is it a Floodgate authority\?/,
        }),
    ],
    [
      "that uses another contract than before is refused",
      () => search(strange.home("a3", registered({ contract: `0x${"66".repeat(20)}` })), changed),
    ],
    [
      "that uses another chain than before is refused",
      () => search(strange.home("a4", registered({ chainId: 1 })), changed),
    ],
    [
      "that uses another token than before is refused",
      () => search(strange.home("a5", registered({ token: { ...INFO.token, decimals: 18 } })), changed),
    ],
    [
      "to which the account was never logged in is refused",
      () => ({
        args: ["balance", ...strange.home("a6", registered({}))],
        exitCode: 3,
        code: "NOT_REGISTERED",
        says: /run `floodgate register` again/,
      }),
    ],
    [
      "cannot hand out a damaged session",
      () => ({
        args: ["balance", ...strange.home("a7", { ...registered({}), "session.json": "{}" })],
        exitCode: 3,
        code: "SESSION_INVALID",
        says: /delete it and run `floodgate register` again/,
      }),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

test("a port that is in use stops the tracker", async () => {
  const secretFile = strange.keyFile("secret", "ef".repeat(32));
  const asker = await startFakeHttp(() => ({ body: JSON.stringify({ now: 1, answers: [{ isKnown: false }] }) }));
  const options = ["--secret-file", secretFile, "--port", String(strange.website.port)];
  await expectRefusal({
    args: ["tracker", "start", "--authority", asker.url, ...options],
    exitCode: 3,
    code: "PORT_IN_USE",
    says: /choose another with --port/,
  });
  await asker[Symbol.asyncDispose]();
});
