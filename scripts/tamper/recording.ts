import { getAddress } from "viem";
import type { ContentSizes } from "../../audit/bundles/format/content-sizes.ts";
import { openChain } from "../../audit/chain/chain-reader.ts";
import { findContractWallets } from "../../audit/chain/contract-wallets.ts";
import { readHistory } from "../../audit/chain/read-history.ts";
import { createViewReader, readLanes, readState } from "../../audit/chain/read-state.ts";
import type { DeployedCode } from "../../audit/code/check-code.ts";
import type { Rules, TransactionFacts } from "../../audit/facts/facts.ts";
import { emptyLaneState, type LaneState } from "../../audit/facts/lane-book.ts";
import type { Address } from "../../audit/facts/primitives.ts";
import type { ShownState } from "../../audit/facts/state.ts";
import { replay } from "../../audit/replay/replay.ts";
import { domainSeparatorOf } from "../../audit/signatures/signatures.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import { exportVouchers } from "./play/bundle.ts";
import { ALLOTMENT_PERIOD, CHAIN_ID, CLAIM_PERIOD } from "./play/constants.ts";
import { CONTENT_SIZES } from "./play/lane.ts";
import { startNode } from "./play/node.ts";
import { perform, SENDERS } from "./play/perform.ts";

/**
 * Everything an audit learns about one history, from node, authority and payees. It is never
 * changed.
 */
export interface Recording {
  readonly seed: string;
  readonly rules: Rules;
  readonly history: readonly TransactionFacts[];
  readonly contractWallets: ReadonlySet<Address>;
  /** What the contract's views say at the end: of accounts and powers, and of lanes and batches. */
  readonly state: ShownState;
  readonly lanes: LaneState;
  readonly token: Address;
  /** Of the contract and its token. */
  readonly code: DeployedCode;
  /** Tokens that the contract has, base units. */
  readonly held: bigint;
  readonly end: { readonly block: number; readonly time: number };
  /** The authority's bundles, by name. */
  readonly bundles: ReadonlyMap<Hex, Uint8Array>;
  /** The payees' own vouchers and receipts: JSON Lines. */
  readonly vouchers: Uint8Array;
  readonly contents: ContentSizes;
}

/** Plays the history of this seed on a chain of its own, and reads it as an audit does. */
export async function record(seed: string): Promise<Recording> {
  await using node = await startNode(SENDERS);
  const scene = await perform(node, seed);
  const abort = new AbortController();
  const reader = await openChain(node.rpcUrl, abort.signal);
  try {
    const [contract, token] = [getAddress(scene.chain.contract), getAddress(scene.chain.token)];
    const end = scene.chain.last();
    const history = await readHistory(reader, { contract, token, fromBlock: 0, toBlock: end.block });
    const rules = { chainId: BigInt(CHAIN_ID), contract, allotmentPeriod: ALLOTMENT_PERIOD, claimPeriod: CLAIM_PERIOD };
    const contractWallets = await findContractWallets(reader, domainSeparatorOf(rules), history);
    const replayed = replay({ rules, history, contractWallets, money: String });
    const view = createViewReader(reader, { contract, token }, end.block);
    const state = await readState(view, replayed.state);
    const [held] = await view.token("balanceOf", contract);
    const code = {
      contract: (await reader.code(contract, end.block)) as Hex,
      token: (await reader.code(token, end.block)) as Hex,
    };
    const lanes = emptyLaneState();
    for (const part of replayed.lanes.changedSince(0)) {
      const read = await readLanes(view, part);
      for (const lane of read.usedLanes) lanes.usedLanes.add(lane);
      for (const [id, record] of read.paid) lanes.paid.set(id, record);
      for (const [batch, hash] of read.outcomeHashes) lanes.outcomeHashes.set(batch, hash);
      for (const id of read.depositIds) lanes.depositIds.add(id);
    }
    const { bundles } = scene;
    const [vouchers, contents] = [exportVouchers(scene), CONTENT_SIZES];
    return { seed, rules, history, contractWallets, state, lanes, code, token, held, end, bundles, vouchers, contents };
  } finally {
    abort.abort();
  }
}
