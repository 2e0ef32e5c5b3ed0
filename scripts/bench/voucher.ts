import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { type Hex, recoverTypedDataAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, recoverSigner, sign } from "../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { hashVoucher, type Voucher } from "../../protocol/signed/voucher.ts";
import { decodeMessage, encodeMessage } from "../../protocol/wire/voucher-stream.ts";
import { readOptions } from "../options.ts";
import { formatQuartiles, type Quartiles, quartiles } from "./statistics.ts";

/** `npm run bench:voucher`: vouchers per second on one core, ours beside viem's. */

const HELP = `Usage: npm run bench:voucher -- [OPTIONS]

Vouchers per second on one core, hashing included: signed, verified, encoded and decoded for the stream. viem does the
same beside it. Rounds take turns, so that a noisy machine is noisy for all.

  --smoke  one short round: proves that it works
  --json   one more line at the end, for programs`;

const values = readOptions(HELP, { json: { type: "boolean" }, smoke: { type: "boolean" } });
const ROUNDS = values.smoke ? 1 : 9;
const ROUND_MS = values.smoke ? 5 : 300;

const privateKey = new Uint8Array(32).fill(7);
const sessionKey = addressOfKey(publicKeyOf(privateKey));
const contract: Hex = `0x${"c0".repeat(20)}`;
const separator = hashDomain({ chainId: 31_337, contract });
const account = privateKeyToAccount(bytesToHex(privateKey));
const typedData = {
  domain: { name: "Floodgate", version: "1", chainId: 31_337, verifyingContract: contract },
  types: {
    Voucher: [
      { name: "payer", type: "address" },
      { name: "payee", type: "address" },
      { name: "lane", type: "uint32" },
      { name: "amount", type: "uint96" },
    ],
  },
  primaryType: "Voucher",
} as const;

const voucherOf = (count: number): Voucher => ({
  payer: `0x${"11".repeat(20)}`,
  payee: `0x${"22".repeat(20)}`,
  lane: 65_536 + (count % 1_000),
  amount: 1_000_000_000n + BigInt(count),
});
/** Enough different ones that no cache helps. */
const signed = Array.from({ length: 2_000 }, (_, i) => {
  const voucher = voucherOf(i);
  return { voucher, signature: sign(hashVoucher(separator, voucher), privateKey) };
});
const messages = signed.map(({ voucher: { lane, amount }, signature }) => ({
  type: "voucher" as const,
  lane,
  amount,
  signature,
}));
const frames = messages.map(encodeMessage);
const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

/** Each call does one of it; those of viem are asynchronous. */
const work: Readonly<Record<string, (i: number) => unknown>> = {
  sign: (i) => sign(hashVoucher(separator, voucherOf(i)), privateKey),
  verify: (i) => {
    const { voucher, signature } = at(signed, i);
    if (recoverSigner(hashVoucher(separator, voucher), signature) !== sessionKey) throw new Error("not verified");
  },
  encode: (i) => encodeMessage(at(messages, i)),
  decode: (i) => decodeMessage(at(frames, i)),
  "viem sign": (i) => account.signTypedData({ ...typedData, message: voucherOf(i) }),
  "viem verify": async (i) => {
    const { voucher, signature } = at(signed, i);
    // viem wants r, s, v.
    const hex = bytesToHex(signature);
    const yParity = (signature[32] as number) >> 7;
    const s = (BigInt(`0x${hex.slice(66)}`) & ((1n << 255n) - 1n)).toString(16).padStart(64, "0");
    const full: Hex = `${hex.slice(0, 66) as Hex}${s}${yParity === 1 ? "1c" : "1b"}`;
    const signer = await recoverTypedDataAddress({ ...typedData, message: voucher, signature: full });
    if (signer.toLowerCase() !== sessionKey) throw new Error("not verified");
  },
};

/** By this process's own CPU time: what else the machine does does not count. */
async function perSecond(run: (i: number) => unknown, first: number): Promise<number> {
  const before = process.cpuUsage();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let i = 0; i < 50; i++) {
      const result = run(first + count++);
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(before);
    elapsedMs = (user + system) / 1_000;
  }
  return (count * 1_000) / elapsedMs;
}

const rates = new Map<string, number[]>(Object.keys(work).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(work)) rates.get(name)?.push(await perSecond(run, round * 100_000));
}
const results = new Map([...rates].map(([name, list]) => [name, quartiles(list)]));
const table = new Table({ head: ["vouchers", "per CPU second (quartiles)"], style: { head: [], border: [] } });
for (const [name, rate] of results) table.push([name, formatQuartiles(rate, 0)]);
console.log(table.toString());
console.log(`medians of ${ROUNDS} rounds; the machine has ${availableParallelism()} cores`);
if (values.json) {
  const rate = (name: string): number => Math.round((results.get(name) as Quartiles).median);
  console.log(
    JSON.stringify({
      signPerSecond: rate("sign"),
      verifyPerSecond: rate("verify"),
      encodePerSecond: rate("encode"),
      decodePerSecond: rate("decode"),
      viemSignPerSecond: rate("viem sign"),
      viemVerifyPerSecond: rate("viem verify"),
    }),
  );
}
