import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { DEVNET_CONFIRMATIONS } from "../../authority/chain/finality.ts";
import { parseConfig } from "../../authority/config.ts";
import { addDeployCommand } from "../../cli/commands/deploy.ts";
import type { Runtime } from "../../cli/runtime.ts";
import * as constants from "../../protocol/base/constants.ts";
import { decodeBatch } from "../../protocol/contract/batch.ts";
import { PushReplySchema, PushSchema } from "../../protocol/http/payments.ts";
import { AnnounceGrantSchema } from "../../protocol/wire/announce.ts";
import { REFUSALS } from "../../protocol/wire/refusals.ts";
import { protocolExamples, readExamples } from "../../scripts/generate/examples/all.ts";
import { parseConfig as parseTrackerConfig } from "../../tracker/config.ts";
import { parseAnnounceFields } from "../../tracker/core/announce.ts";

const TEXT = readFileSync(join(import.meta.dirname, "../../docs/protocol.md"), "utf8");
const shown = readExamples(TEXT);
const made = protocolExamples();

describe("the specification's examples", () => {
  test("show every message that the codecs make", () => {
    expect([...shown.keys()].toSorted()).toEqual(Object.keys(made).toSorted());
    expect(TEXT.split("<!-- example ").length - 1).toBe(shown.size);
  });

  test.each(Object.keys(made))("%s is what the codecs make", (name) => {
    expect(shown.get(name)).toBe(made[name]);
  });

  test("of announces are read by the tracker and the client's schema", () => {
    const query = (shown.get("announce-request") as string).replaceAll("\n  &", "&");
    const fields = Object.fromEntries(new URL(query.slice("GET ".length)).searchParams.entries());

    const { request, voucherPort } = parseAnnounceFields(fields);

    expect(voucherPort).toBe(4002);
    expect(request).toMatchObject({ requestedAt: 1_899_999_880, topUp: [7] });
    expect(Value.Check(AnnounceGrantSchema, JSON.parse(shown.get("announce-grant") as string))).toBe(true);
  });

  test("of batches are read by the decoder", () => {
    const bytes = (shown.get("batch-statements") as string).split("\n").map((line) => line.split(/\s+/).at(-1));

    const batch = decodeBatch(Uint8Array.from(Buffer.from(bytes.join(""), "hex")));

    expect(batch.groups.map(({ rows }) => rows.map(({ lane }) => lane))).toEqual([[7, 8]]);
    expect(batch.bundleHash).toBe(shown.get("audit-bundle-name"));
  });

  test("of the HTTP API fit its schemas", () => {
    expect(Value.Check(PushSchema, JSON.parse(shown.get("push") as string))).toBe(true);
    expect(Value.Check(PushReplySchema, JSON.parse(shown.get("push-reply") as string))).toBe(true);
  });

  test("reasons of refusal stand in the order of their codes", () => {
    const listed = Object.entries(REFUSALS)
      .map(([reason, { code }]) => `${code} ${reason}`)
      .join(", ");
    expect(TEXT.replaceAll("\n", " ")).toContain(`in the order of their codes: ${listed}.`);
  });
});

/** Rows of the tables of section 11: the cells of each by the name in its first one. */
const rows = new Map(
  [
    ...(TEXT.split(/^## 11 /m)[1]?.split(/^## 12 /m)[0] ?? "").matchAll(
      /^\| (?:`([A-Za-z_]+)`|([a-z ]+))[^|]*\|(.*)\|$/gm,
    ),
  ].map(([, code, words, rest]) => [
    code ?? words?.trim() ?? "",
    (rest as string).split("|").map((cell) => cell.trim()),
  ]),
);
const DEVNET = 1;
const PRODUCTION = 2;
const cell = (name: string, column: number): number => Number(rows.get(name)?.[column]);

describe("the specification's parameters", () => {
  test("are all constants, with their values", () => {
    const numbers = Object.entries(constants).filter(([, value]) => typeof value !== "string");

    const listed = numbers.map(([name]) => [name, cell(name, 1)]);

    expect(listed).toEqual(numbers.map(([name, value]) => [name, Number(value)]));
  });

  test("are the defaults of authority and tracker on a devnet", () => {
    const key = `0x${"1".repeat(64)}`;
    const { params } = parseConfig({
      home: "/tmp",
      rpcUrl: "http://127.0.0.1:8545",
      contract: `0x${"1".repeat(40)}`,
      trackerUrl: "http://127.0.0.1:8700/announce",
      operatorKey: key,
      allotterKey: key,
    });
    const tracker = parseTrackerConfig({ authorityUrl: "http://127.0.0.1:8600", operatorSecret: "0123456789abcdef" });
    const { announceIntervalSec } = tracker;

    const defaults = Object.entries({ ...params, confirmations: DEVNET_CONFIRMATIONS, announceIntervalSec });

    expect(defaults.map(([name]) => [name, cell(name, DEVNET)])).toEqual(
      defaults.map(([name, value]) => [name, Number(value)]),
    );
  });

  test("are the periods and the fee that `deploy` uses", () => {
    const program = new Command();
    // Only an action, which nothing starts here, needs the runtime.
    addDeployCommand(program, {} as Runtime);
    const [deploy] = program.commands;
    const optionDefault = (name: string): unknown =>
      deploy?.options.find(({ long }) => long === `--${name}`)?.defaultValue;

    expect(optionDefault("allotment-period")).toBe(cell("allotmentPeriodSec", DEVNET));
    expect(optionDefault("claim-period")).toBe(cell("claimPeriodSec", DEVNET));
    expect(optionDefault("fee-bps")).toBe(cell("feeBps", DEVNET));
  });

  test.each([
    ["devnet", DEVNET],
    ["production", PRODUCTION],
  ])("keep their rules: %s", (_, column) => {
    const at = (name: string): number => cell(name, column);
    const [allotment, claim] = [at("allotmentPeriodSec"), at("claimPeriodSec")];

    expect(at("withdrawal delay")).toBe(allotment + claim);
    expect(at("bond delay")).toBe(2 * (allotment + claim));
    expect(at("fee delay")).toBe(allotment + claim);
    expect(at("feeBps")).toBeLessThanOrEqual(1_000);
    expect(claim).toBeGreaterThanOrEqual(4 * at("settleAgeSec"));
    expect(2 * at("acceptMarginSec")).toBeLessThan(allotment);
    expect(2 * at("pushIntervalSec")).toBeLessThanOrEqual(at("acceptMarginSec"));
    expect(at("payDueSec")).toBeLessThanOrEqual(30);
    expect(at("sessionLifetimeSec")).toBeGreaterThanOrEqual(allotment);
    expect(at("statementWaitSec")).toBeLessThanOrEqual(claim / 4);
    expect(at("releaseLifetimeSec")).toBeLessThanOrEqual(allotment + claim);
  });
});
