import { getAddress } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLedger } from "../../../audit/books/ledger.ts";
import { type ChainReader, openChain } from "../../../audit/chain/chain-reader.ts";
import { createGatherer, type LaneOfParties } from "../../../audit/proof/gather.ts";
import { proveAccount, proveLane } from "../../../audit/proof/make-proof.ts";
import { decodeProof, encodeProof, type Proof } from "../../../audit/proof/proof-file.ts";
import { verifyProof } from "../../../audit/proof/verify-proof.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import { type Audited, auditHistory } from "../support/audited.ts";

let audited: Audited;
let chain: ChainReader;
beforeAll(async () => {
  audited = await auditHistory();
  chain = await openChain(audited.history.rpcUrl, new AbortController().signal);
});
afterAll(() => audited[Symbol.asyncDispose]());

const EVENTS = 50;

function sourceOf(isWanted: (lane: LaneOfParties) => boolean, other: Partial<ChainReader> = {}) {
  const gatherer = createGatherer(isWanted, EVENTS);
  audited.replay(audited.facts, [gatherer.observer]);
  const { contract, token, toBlock: block } = audited.report;
  return { chain: { ...chain, ...other }, contract, token, block, gathered: gatherer.close() };
}

function laneProof(address: string, lane: number, other: Partial<ChainReader> = {}): Promise<Proof> {
  const payer = getAddress(address);
  return proveLane(
    sourceOf((one) => one.payer === payer && one.lane === lane, other),
    payer,
    lane,
  );
}

function accountProof(address: string): Promise<Proof> {
  const account = getAddress(address);
  const ledger = createLedger(account);
  audited.replay(audited.facts, [ledger.observer]);
  const isWanted = ({ payer, payee, isPaid }: LaneOfParties) => isPaid && (payer === account || payee === account);
  return proveAccount(sourceOf(isWanted), ledger.close());
}

/** What anyone reads in the file, offline. */
function read(text: string): string {
  const { subject, proven, trusted } = verifyProof(decodeProof(text));
  return [subject, ...proven, ...trusted].join("\n");
}

/** Refused, or it says something else than it did. */
function isNoticed(original: string, changed: string, said: string): boolean {
  if (changed === original) return true;
  try {
    return read(changed) !== said;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "PROOF_INVALID") return true;
    throw error;
  }
}

describe("a proof about a lane", () => {
  test("shows who was paid by which batch, and that the contract agrees", async () => {
    const proof = await laneProof(audited.history.payer, 1);
    const said = read(encodeProof(proof));
    const payee = getAddress(String(proof.claims[0]?.payee));
    expect(said).toContain(`Batch 1 paid 0.100001 TUSD to ${payee}, as session key`);
    expect(said).toContain("of the payer signed in a voucher.");
    expect(said).toMatch(/Batch 2 skipped its row of 0\.000007 TUSD to .*: it paid nothing on the lane/);
    expect(said).toMatch(/In block \d+ the contract's storage gives outcomeHash\(1\) as 0x[0-9a-f]{64}\./);
    expect(said).toContain(
      `paid(${getAddress(audited.history.payer)}, 1, ${payee}) as 100601 base units as its amount`,
    );
    expect(said).toMatch(/That block \d+ of chain 31337 has the hash 0x[0-9a-f]{64} .*: this one value decides/);
  });

  test("shows a lane of a statement, and the allotment and voucher of its claim", async () => {
    const said = read(encodeProof(await laneProof(audited.history.payer, 30)));
    expect(said).toMatch(/Batch 3 paid 0\.010050 TUSD to .* signed in a statement of 3 lanes/);
    expect(said).toMatch(
      /For lane 30 of .* allotted .* up to 0\.200000 TUSD, and session key .* promised it 0\.010150 TUSD/,
    );
    expect(said).toMatch(
      /That claim 0x[0-9a-f]{64} paid 0\.000100 TUSD to .*, 0\.000000 TUSD of it from the bond, and 0\.010150 TUSD in all/,
    );
  });

  test("names the values to compare where the node proves no storage", async () => {
    const proof = await laneProof(audited.history.payer, 2, { storageProof: async () => null });
    expect(proof.state).toBeNull();
    expect(read(encodeProof(proof))).toMatch(
      /ask any node for outcomeHash\(1\) of 0x[0-9a-fA-F]{40}; it must answer 0x[0-9a-f]{64}\./,
    );
  });

  test("names them, too, where the chain hashes its blocks in another way", async () => {
    const rawBlock: ChainReader["rawBlock"] = async (number) => ({
      ...(await chain.rawBlock(number)),
      extraData: "0x01",
    });
    expect((await laneProof(audited.history.payer, 2, { rawBlock })).state).toBeNull();
  });

  test("is not made of a lane that nobody used", async () => {
    await expect(laneProof(audited.history.payer, 777)).rejects.toMatchObject({ code: "LANE_UNUSED" });
  });

  test("is not made where the call came through another contract: no signed transaction shows it", async () => {
    const second = await laneProof(audited.history.payer, 9).catch(() => null);
    expect(second).toBeNull();
    const hidden = audited.facts
      .flatMap(({ events }) => events)
      .find((event) => event.kind === "Claimed" && event.lane === 10);
    expect(hidden?.kind).toBe("Claimed");
    if (hidden?.kind === "Claimed")
      await expect(laneProof(hidden.payer, 10)).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });
});

describe("a proof about an account", () => {
  test("shows its balance, its last movements and what signed rows prove of them", async () => {
    const proof = await accountProof(audited.history.payer);
    const { subject, proven, trusted } = verifyProof(decodeProof(encodeProof(proof)));
    expect(subject).toMatch(
      /^The balance of 0x[0-9a-fA-F]{40} at block \d+ \(0x[0-9a-f]{64}\): 0\.621886 TUSD, in the contract/,
    );
    expect(proof.entries).toHaveLength(14);
    expect(proven.filter((sentence) => /: (payment|earning) /.test(sentence))).toHaveLength(5);
    expect(trusted).toContain("That the balance was 0.000000 TUSD before the first of these movements.");
    expect(
      trusted.filter((sentence) => /: (deposit|withdrawal|claim-earning|claim-payment) /.test(sentence)),
    ).toHaveLength(9);
    expect(proven).toContainEqual(
      expect.stringMatching(
        /^In block \d+ the contract's storage gives accountOf\(0x.*\) as 621886 base units as its balance\.$/,
      ),
    );
  });

  test("is made of every account, also of one whose calls came through another contract", async () => {
    for (const account of audited.replay(audited.facts).state.accounts.keys()) {
      const proof = await accountProof(account);
      expect(proof.state, account).not.toBeNull();
      expect(read(encodeProof(proof)), account).toContain(getAddress(account));
    }
  });
});

/** Another sign of the same kind, so that the file stays well formed as often as it can. */
function otherSign(sign: string): string {
  if (/[0-8a-e]/.test(sign)) return String.fromCharCode(sign.charCodeAt(0) + 1);
  return sign === "9" || sign === "f" ? "0" : "x";
}

function changeAt(text: string, at: number): string {
  return text.slice(0, at) + otherSign(text[at] as string) + text.slice(at + 1);
}

type Place = readonly (string | number)[];

/** Every single value in a JSON document. */
function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  return Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...place, key]));
}

function changeValue(text: string, place: Place): string {
  const document = JSON.parse(text);
  const parent = place.slice(0, -1).reduce((inner, key) => inner[key], document);
  const key = place.at(-1) as string;
  const value: unknown = parent[key];
  if (typeof value === "number") parent[key] = value + 1;
  else if (value === null) parent[key] = 7;
  else parent[key] = changeAt(String(value), String(value).length - 1);
  return encodeProof(document);
}

describe("whatever is changed in a proof", () => {
  test("a sign: it is refused, or says something else", async () => {
    const text = encodeProof(await laneProof(audited.history.payer, 3));
    const said = read(text);
    for (let at = 0; at < text.length; at += 11)
      expect(isNoticed(text, changeAt(text, at), said), `at ${at}: ${text.slice(at - 20, at + 20)}`).toBe(true);
  });

  test("a value: it is refused, or says something else", async () => {
    const proof = await laneProof(audited.history.payer, 30);
    const text = encodeProof(proof);
    const said = read(text);
    for (const place of placesOf(proof))
      expect(isNoticed(text, changeValue(text, place), said), `${place.join(".")} is changed`).toBe(true);
  });

  test("a value of an account, or of one movement of each kind: it is refused, or says something else", async () => {
    const proof = await accountProof(audited.history.payer);
    const text = encodeProof(proof);
    const said = read(text);
    const kinds = proof.entries.map(({ kind }) => kind);
    const isFirst = ([key, at]: Place): boolean =>
      key === "entries" && kinds.indexOf(kinds[at as number] as string) === at;
    for (const place of placesOf(proof).filter((one) => one[0] === "subject" || isFirst(one)))
      expect(isNoticed(text, changeValue(text, place), said), `${place.join(".")} is changed`).toBe(true);
  });

  test.each<readonly [string, (text: string) => string]>([
    ["a blank more", (text) => `${text} `],
    ["a blank less", (text) => text.replace("\n ", "\n")],
    ["a key twice", (text) => text.replace('"version": 2', '"version": 2,\n "version": 2')],
    ["a key that nobody knows", (text) => text.replace('"version": 2', '"version": 2,\n "note": 1')],
    ["half of it", (text) => text.slice(0, text.length / 2)],
    ["nothing", () => ""],
    ["a list", () => "[]\n"],
    ["another version", (text) => text.replace('"version": 2', '"version": 1')],
  ])("%s: it is refused", async (_what, change) => {
    const text = encodeProof(await laneProof(audited.history.payer, 3));
    expect(() => read(change(text))).toThrow(expect.objectContaining({ code: "PROOF_INVALID" }));
  });

  test("its storage: left out, the reader is told what to compare", async () => {
    const proof = await laneProof(audited.history.payer, 3);
    expect(read(encodeProof({ ...proof, state: null }))).toMatch(/ask any node for outcomeHash\(1\)/);
  });

  test("a row that was skipped is called paid: the contract's storage says otherwise", async () => {
    const proof = await laneProof(audited.history.payer, 3);
    const batches = proof.batches.map((batch) => ({ ...batch, paidRows: batch.paidRows.map(() => "0x3") }));
    expect(() => read(encodeProof({ ...proof, batches }))).toThrow(
      /the rows of batch 1 give outcome hash 0x|not of its groups/,
    );
  });
});
