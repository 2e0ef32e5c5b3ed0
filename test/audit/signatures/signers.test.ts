import { computeAddress } from "ethers";
import { describe, expect, test } from "vitest";
import { emptyTallies } from "../../../audit/facts/tallies.ts";
import { ETHERS } from "../../../audit/signatures/ethers-signatures.ts";
import { digestOf } from "../../../audit/signatures/native-digests.ts";
import { NATIVE } from "../../../audit/signatures/native-signatures.ts";
import type { SignatureEngine, SignedKind, SignedTerms } from "../../../audit/signatures/signed-terms.ts";
import { createSigners, type SignersOptions } from "../../../audit/signatures/signers.ts";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";

const DOMAIN = `0x${"d0".repeat(32)}`;
const SECRET = hexToBytes(`0x${"07".repeat(32)}`);
/** Of that key: EIP-55. */
const SIGNER = computeAddress(`0x${"07".repeat(32)}`);
const PARTY = "0x52908400098527886E0F7030069857D2E4169EE7";
const OTHER = "0xde709f2102306220921060314715629080e2fb77";

const TERMS: SignedTerms = {
  voucher: voucher(1),
  statement: {
    payer: PARTY,
    rows: [
      { payee: OTHER, lane: 1, amount: 5n },
      { payee: PARTY, lane: 2 ** 32 - 1, amount: 2n ** 96n - 1n },
    ],
  },
  allotment: {
    payer: PARTY,
    payee: OTHER,
    sessionKey: OTHER,
    payeeKey: PARTY,
    lane: 9,
    cap: 10n,
    pricePerGiB: 11n,
    credit: 12,
    infoHash: `0x${"ab".repeat(20)}`,
    expiresAt: 13,
  },
  receipt: { ...voucher(1), receivedAt: 1_900_000_000 },
  release: { account: PARTY, to: OTHER, amount: 1n, nonce: 2, deadline: 3 },
  authorization: { account: PARTY, sessionKey: OTHER, limit: 2n ** 96n - 1n, expiresAt: 4 },
  withdrawal: { account: PARTY, to: OTHER, amount: 1n, deadline: 3, nonce: 2n ** 256n - 1n },
  instantWithdrawal: { account: PARTY, to: OTHER, amount: 1n, deadline: 3, nonce: 2n ** 256n - 1n },
};

/** 65 bytes r, s, v. */
const WALLETS_SIGN: readonly SignedKind[] = ["authorization", "withdrawal", "instantWithdrawal"];

function voucher(lane: number) {
  return { payer: PARTY, payee: OTHER, lane, amount: 123n };
}

/** 64 bytes r, vs; 65 bytes r, s, v for what wallets sign. */
function signed<K extends SignedKind>(kind: K, terms: SignedTerms[K]): string {
  const bytes = sign(digestOf(DOMAIN, kind, terms), SECRET);
  if (!WALLETS_SIGN.includes(kind)) return `0x${Buffer.from(bytes).toString("hex")}`;
  const v = (bytes[32] as number) >> 7 === 1 ? "1c" : "1b";
  bytes[32] = (bytes[32] as number) & 0x7f;
  return `0x${Buffer.from(bytes).toString("hex")}${v}`;
}

const KINDS = Object.keys(TERMS) as SignedKind[];
const recoverBy = (engine: SignatureEngine, kind: SignedKind, signature: string, terms: object = TERMS[kind]) =>
  engine[kind](DOMAIN, terms as never, signature);

describe.each(KINDS)("two engines, one %s:", (kind) => {
  test("both recover who signed", () => {
    const signature = signed(kind, TERMS[kind]);
    expect([recoverBy(NATIVE, kind, signature), recoverBy(ETHERS, kind, signature)]).toEqual([SIGNER, SIGNER]);
  });

  test("both recover somebody else, or nobody, for each changed member", () => {
    const signature = signed(kind, TERMS[kind]);
    for (const [member, value] of Object.entries(TERMS[kind])) {
      const changed = { ...TERMS[kind], [member]: otherThan(value) };
      const found = [recoverBy(NATIVE, kind, signature, changed), recoverBy(ETHERS, kind, signature, changed)];
      expect(found[0], member).toBe(found[1]);
      expect(found[0], member).not.toBe(SIGNER);
    }
  });

  test("both take bad signatures for nobody's", () => {
    const good = signed(kind, TERMS[kind]);
    const bad = [
      "0x",
      good.slice(0, -2),
      `${good}00`,
      `0x${"00".repeat(good.length / 2 - 1)}`,
      `0x${"ff".repeat(good.length / 2 - 1)}`,
      // s = n - 1: high.
      `${good.slice(0, 66)}7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1${good.length > 130 ? "1b" : ""}`,
      ...(good.length > 130 ? [`${good.slice(0, -2)}00`, `${good.slice(0, -2)}1d`] : []),
    ];
    for (const signature of bad)
      expect([recoverBy(NATIVE, kind, signature), recoverBy(ETHERS, kind, signature)], signature).toEqual([null, null]);
  });
});

function otherThan(value: unknown): unknown {
  if (typeof value === "bigint") return value - 1n;
  if (typeof value === "number") return value === 0 ? 1 : value - 1;
  if (typeof value === "string") return value === PARTY ? OTHER : value === OTHER ? PARTY : `0x${"cd".repeat(20)}`;
  return (value as SignedTerms["statement"]["rows"]).toReversed();
}

test("many keys in turns are never taken for each other", () => {
  const secrets = Array.from({ length: 200 }, (_, i) => hexToBytes((i + 1).toString(16).padStart(64, "0")));
  const digest = digestOf(DOMAIN, "voucher", voucher(1));
  const signatures = secrets.map((secret) => `0x${Buffer.from(sign(digest, secret)).toString("hex")}`);
  const addresses = secrets.map((secret) => computeAddress(`0x${Buffer.from(secret).toString("hex")}`));
  for (const _ of ["first", "again"])
    expect(signatures.map((signature) => recoverBy(NATIVE, "voucher", signature))).toEqual(addresses);
});

describe("the second opinion", () => {
  const open = (options: Partial<SignersOptions> = {}) => {
    const tallies = emptyTallies();
    const signers = createSigners({ domain: DOMAIN, tallies, seed: "s", isParanoid: false, ...options });
    const signature = signed("voucher", voucher(1));
    return { tallies, ask: (due = SIGNER) => signers.recover("voucher", voucher(1), signature, (one) => one === due) };
  };

  test("is asked for about one signature in 1,024, the same ones for the same seed", () => {
    const agreeing: SignatureEngine = { ...NATIVE, voucher: () => SIGNER };
    const engines = { first: agreeing, second: agreeing };
    const [first, again, other] = [open(engines), open(engines), open({ ...engines, seed: "t" })];
    const choices = ({ ask, tallies }: ReturnType<typeof open>) =>
      Array.from({ length: 8_000 }, () => {
        const before = tallies.signaturesCheckedTwice;
        ask();
        return tallies.signaturesCheckedTwice - before;
      }).join("");
    const chosen = choices(first);
    expect(choices(again)).toBe(chosen);
    expect(choices(other)).not.toBe(chosen);
    expect(first.tallies.signaturesChecked).toBe(8_000);
    expect(first.tallies.signaturesCheckedTwice).toBeGreaterThan(1);
    expect(first.tallies.signaturesCheckedTwice).toBeLessThan(25);
  });

  test("is asked for whenever the signer is not the one that is due", () => {
    const { ask, tallies } = open();
    for (let i = 0; i < 10; i++) expect(ask(PARTY)).toBe(SIGNER);
    expect(tallies.signaturesCheckedTwice).toBe(10);
  });

  test("is asked for always with --paranoid", () => {
    const { ask, tallies } = open({ isParanoid: true });
    for (let i = 0; i < 10; i++) ask();
    expect(tallies.signaturesCheckedTwice).toBe(10);
  });

  test("that differs stops the audit", () => {
    const wrong: SignatureEngine = { ...NATIVE, voucher: () => PARTY };
    expect(() => open({ first: wrong }).ask()).toThrow(expect.objectContaining({ code: "ENGINES_DISAGREE" }));
    const deaf: SignatureEngine = { ...ETHERS, voucher: () => null };
    expect(() => open({ second: deaf, isParanoid: true }).ask()).toThrow(/libsecp256k1 0x.*, ethers nobody/);
  });
});
