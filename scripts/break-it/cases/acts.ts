import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, type Hex, http } from "viem";
import type { Finding as AuditFinding } from "../../../audit/findings.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Arena, Goods, Person } from "../../cheats/arena.ts";
import type { Line } from "../../devnet/command.ts";

/** What several cases do: buy a whole content, claim, settle, audit. */

/** Key of the devnet's account 7, which pays the gas of those who have no ether. */
const GAS_KEY = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";

/** One seller, one buyer, the whole content; both stop. Returns what the buyer has signed. */
export async function buyWhole(arena: Arena, seller: Person, buyer: Person, goods: Goods): Promise<Amount> {
  const selling = await arena.seed(seller, goods);
  const buying = arena.get(buyer, goods);
  const { paid } = await buying.said(({ event }) => event === "done");
  await Promise.all([buying.stop(), selling.stop()]);
  return BigInt(String(paid));
}

/** Of all lanes of a claim together. Base units; gas in wei. */
export interface Claimed {
  readonly promised: Amount;
  readonly paidBefore: Amount;
  readonly claimed: Amount;
  readonly fromBond: Amount;
  readonly gas: Amount;
}

/** The home takes what its vouchers are worth from the contract. */
export async function claimAll({ world }: Pick<Arena, "world">, home: string): Promise<Claimed> {
  const { network, runner, directory } = world;
  const keyFile = join(directory, "gas.key");
  if (!existsSync(keyFile)) writeFileSync(keyFile, GAS_KEY, { mode: 0o600 });
  chmodSync(keyFile, 0o600);
  const lanes: Line[] = [];
  const args = ["claim", "--rpc", network.rpcUrl, "--all", "--gas-key-file", keyFile, "--home", home];
  const command = runner.start(args, (line) => {
    if (line.event === "lane") lanes.push(line);
  });
  const done = await command.event("done");
  const sum = (field: string): Amount => lanes.reduce((total, lane) => total + BigInt(String(lane[field])), 0n);
  return {
    promised: sum("voucher"),
    paidBefore: sum("paidBefore"),
    claimed: BigInt(String(done.claimed)),
    fromBond: sum("fromBond"),
    gas: await gasOf(network.rpcUrl, done.txHashes as readonly Hex[]),
  };
}

async function gasOf(rpcUrl: string, hashes: readonly Hex[]): Promise<Amount> {
  const client = createPublicClient({ transport: http(rpcUrl) });
  const receipts = await Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })));
  return receipts.reduce((sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice, 0n);
}

/** What an audit says of the contract's whole history. */
export async function auditAll({ world }: Pick<Arena, "world">, ...more: readonly string[]): Promise<Audited> {
  const { network, runner } = world;
  let findings: readonly Finding[] = [];
  const at = ["--rpc", network.rpcUrl, "--contract", network.contract];
  // The report comes before the error that tells of it.
  const command = runner.start(["audit", "run", ...at, ...more], (line) => {
    if (line.event === "done") findings = line.findings as readonly Finding[];
  });
  const code = await command.exited();
  const [first] = findings;
  return { isOk: code === 0, finding: first ? `Audit, check ${first.check}: ${shorten(first.sentence)}.` : null };
}

/** What a case says where the audit finds nothing. */
export const CLEAN = "Audit: every check holds.";

/** Signatures and hashes with their middle left out: the audit's own report has the whole. */
function shorten(sentence: string): string {
  return sentence.replaceAll(/0x[0-9a-fA-F]{40,}/g, (hex) => `${hex.slice(0, 6)}…${hex.slice(-4)}`);
}

type Finding = Pick<AuditFinding, "check" | "sentence">;

export interface Audited {
  readonly isOk: boolean;
  /** The first finding, in words; null: there is none. */
  readonly finding: string | null;
}
