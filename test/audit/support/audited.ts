import { getAddress } from "ethers";
import { runAudit } from "../../../audit/audit.ts";
import type { AuditReport } from "../../../audit/audit-report.ts";
import { openChain } from "../../../audit/chain/chain-reader.ts";
import { findContractWallets } from "../../../audit/chain/contract-wallets.ts";
import { readHistory } from "../../../audit/chain/read-history.ts";
import type { TransactionFacts } from "../../../audit/facts/facts.ts";
import type { Address } from "../../../audit/facts/primitives.ts";
import type { Observer } from "../../../audit/replay/observer.ts";
import { type ReplayResult, replay } from "../../../audit/replay/replay.ts";
import { domainSeparatorOf } from "../../../audit/signatures/signatures.ts";
import { type History, makeHistory } from "./history.ts";
import { PERIOD } from "./stage.ts";

/** The honest history, its audit, and what the audit has read. */
export interface Audited extends AsyncDisposable {
  readonly history: History;
  readonly report: AuditReport;
  readonly facts: readonly TransactionFacts[];
  audit(contract?: string, fromBlock?: number | null): Promise<AuditReport>;
  replay(facts: readonly TransactionFacts[], observers?: readonly Observer[]): ReplayResult;
}

export async function auditHistory(): Promise<Audited> {
  const { signal } = new AbortController();
  const history = await makeHistory();
  const { rpcUrl } = history;
  const audit: Audited["audit"] = (contract = history.contract, fromBlock = null) =>
    runAudit({ rpcUrl, contract, fromBlock, signal });
  const report = await audit();
  const chain = await openChain(rpcUrl, signal);
  const [contract, token] = [getAddress(history.contract), report.token.address];
  const facts = await readHistory(chain, { contract, token, fromBlock: report.fromBlock, toBlock: report.toBlock });
  const rules = { chainId: 31_337n, contract, allotmentPeriod: PERIOD, claimPeriod: PERIOD };
  const contractWallets: Set<Address> = await findContractWallets(chain, domainSeparatorOf(rules), facts);
  return {
    history,
    report,
    facts,
    audit,
    replay: (shown, observers = []) => replay({ rules, history: shown, contractWallets, money: String, observers }),
    [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
  };
}
