import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { type Batch, buildBatch, buildStatementBatch } from "../../../protocol/contract/batch.ts";
import { claimEvidence } from "../../../protocol/contract/evidence.ts";
import { encode } from "../../../scripts/tamper/play/chain.ts";
import { keyOf, type Party } from "../../../scripts/tamper/play/people.ts";
import {
  type Cast,
  claim,
  deploy,
  evidenceOf,
  instantWithdrawal,
  release,
  settleStep,
  statement,
  voucher,
  withdrawal,
} from "./cast.ts";
import { openStage, PERIOD, partyOf } from "./stage.ts";

const FAR = 4_000_000_000;
const HEAD = { bundleHash: `0x${"e5".repeat(32)}`, validUntil: FAR } as const;
/** What a budget and the bond wait for, seconds. */
const BOND_DELAY = 4 * PERIOD;
/** Numbers of deposits: none, and two. */
const [NO_ID, ONE, TWO] = [0, 1, 2].map((count): Hex => `0x${String(count).padStart(64, "0")}`) as [Hex, Hex, Hex];
const NO_LIMIT = 2n ** 96n - 1n;

/** A signature that no key has made: a wallet with code accepts it. */
const JUNK = `0x${"11".repeat(32)}` as const;

/** Answers every call with ERC-1271's "valid". */
const YES_WALLET: Hex = "0x631626ba7e60e01b60005260206000f3";

/**
 * Calls the address of its first 20 bytes with the rest of its calldata, and reverts if that does.
 */
const FORWARDER: Hex = "0x601436038060145f375f5f825f5f5f3560601c5af1601b575f5ffd5b00";

/** A contract with a history in which everything happens that the contract can do. */
export interface History extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly contract: Address;
  readonly token: Address;
  /** Has money at the end. */
  readonly payer: Address;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
}

export async function makeHistory(): Promise<History> {
  const parties = ["payer", "second", "payee", "broke", "leaver"].map(partyOf);
  const [payer, second, payee, broke, leaver] = parties as [Party, Party, Party, Party, Party];
  const stage = await openStage(parties);
  const root = stage.owner.address;
  const [vault, forwarder] = [await deploy(stage, YES_WALLET), await deploy(stage, FORWARDER)];
  const cast: Cast = { ...stage, root, payer, second, payee, broke, leaver, vault, forwarder, clerk: keyOf("clerk") };
  await deposit(cast);
  await authorize(cast);
  await settle(cast);
  await claimLanes(cast);
  await payFromBond(cast);
  await payByRevokedSession(cast);
  await claimManyAtOnce(cast);
  await exitAfterDelay(cast);
  await exitAtOnce(cast);
  await callManyAtOnce(cast);
  await endBond(cast);
  await changeHands(cast);
  const { rpcUrl, chain, rpc } = stage;
  const { contract, token } = chain;
  const dispose = () => stage[Symbol.asyncDispose]();
  return { rpcUrl, contract, token, payer: payer.wallet.address, rpc, [Symbol.asyncDispose]: dispose };
}

async function deposit({ chain, root, payer, second, broke, leaver, vault }: Cast): Promise<void> {
  for (const { wallet } of [payer, second]) await chain.call(root, "depositFor", wallet.address, 1_000_000n, NO_ID);
  await chain.call(root, "depositFor", vault, 20_000n, NO_ID);
  const numbered = { account: broke.wallet.address, amount: 3_000n, id: ONE };
  await chain.call(root, "depositFor", numbered.account, numbered.amount, numbered.id);
  // The first is sent a second time, and changes nothing.
  const other = { account: leaver.wallet.address, amount: 9_000n, id: TWO };
  await chain.call(root, "depositForMany", [numbered, other]);
  await chain.call(root, "depositBond", 50_000n);
}

/** Relayed, direct, revoked, and by a wallet with code. */
async function authorize({ chain, papers, root, payer, second, payee, broke, leaver, vault }: Cast): Promise<void> {
  const terms = { account: payer.wallet.address, sessionKey: payer.session.address, limit: 600_000n, expiresAt: FAR };
  await chain.call(root, "authorizeSessionFor", terms, papers.authorization(terms, payer.wallet));
  for (const { wallet, session } of [second, broke, leaver]) {
    await chain.call(wallet.address, "authorizeSession", session.address, NO_LIMIT, FAR);
  }
  await chain.call(payee.wallet.address, "authorizeSession", payee.session.address, 5n, FAR);
  await chain.call(payee.wallet.address, "revokeSession", payee.session.address);
  const byVault = { account: vault, sessionKey: keyOf("vault's session").address, limit: 1_000n, expiresAt: FAR };
  await chain.call(root, "authorizeSessionFor", byVault, JUNK);
}

function firstBatch(cast: Cast): Batch {
  const { payer, second, payee } = cast;
  return buildBatch(HEAD, [
    voucher(cast, payer, payee, 1, 100_001n),
    voucher(cast, payer, second, 2, 50_000n),
    voucher(cast, second, payee, 1, 70_000n),
    // Skipped: another's signature, more than the limit, the payer itself.
    voucher(cast, payer, payee, 3, 10n, payee.session),
    voucher(cast, payer, payee, 4, 900_000n),
    voucher(cast, second, second, 2, 5n),
  ]);
}

function thirdBatch(cast: Cast): Batch {
  const { payer, second, payee } = cast;
  const lanes = [
    { payee: payee.wallet.address, lane: 1, amount: 5n },
    { payee: payee.wallet.address, lane: 30, amount: 10_050n },
    { payee: second.wallet.address, lane: 31, amount: 20_000n },
  ];
  const unsigned = [{ payee: payee.wallet.address, lane: 40, amount: 5_000n }];
  return buildStatementBatch(HEAD, [statement(cast, payer, lanes), statement(cast, second, unsigned, payer.session)]);
}

/** Batches of vouchers and statements. */
async function settle(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee } = cast;
  await chain.call(root, ...settleStep(firstBatch(cast)));
  const late = [voucher(cast, payer, payee, 1, 7n), voucher(cast, second, payee, 3, 33n)];
  await chain.call(root, ...settleStep(buildBatch(HEAD, late)));
  await chain.call(root, ...settleStep(thirdBatch(cast)));
}

/** Claims on lanes that no batch has paid, and on lanes that one has. */
async function claimLanes(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee } = cast;
  const [first, third] = [firstBatch(cast), thirdBatch(cast)];
  // A claim in two parts, and a third for another payee who was given the same lane.
  const lane9 = { payer: second, payee, lane: 9, cap: 40_000n };
  for (const amount of [10_000n, 25_000n]) await chain.call(root, ...claim(cast, lane9, amount));
  await chain.call(root, ...claim(cast, { ...lane9, payee: payer }, 77n, claimEvidence(payee.wallet.address)));

  // Less was settled than was signed: on a voucher's lane twice, on a statement's once. And lane 2
  // was given away twice.
  const isSkipped = (account: Address, lane: number): boolean =>
    account === payer.wallet.address ? lane === 3 || lane === 4 : lane === 2;
  const lane1 = { payer, payee, lane: 1, cap: 200_000n };
  await chain.call(root, ...claim(cast, lane1, 100_501n, evidenceOf(1, first, isSkipped, 1, payer)));
  await chain.call(root, ...claim(cast, lane1, 100_601n));
  await chain.call(root, ...claim(cast, { ...lane1, lane: 2 }, 300n, evidenceOf(1, first, isSkipped, 2, payer)));
  const isUnpaid = (account: Address, lane: number): boolean => account !== payer.wallet.address || lane === 1;
  await chain.call(root, ...claim(cast, { ...lane1, lane: 30 }, 10_150n, evidenceOf(3, third, isUnpaid, 30, payer)));
}

async function wait({ chain }: Cast, seconds: number): Promise<void> {
  chain.pass(seconds);
  await chain.mine();
}

async function payFromBond(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee, broke, clerk } = cast;
  await chain.call(root, "setAllotter", clerk.address, 4_000n);
  await wait(cast, BOND_DELAY);
  const short = { payer: broke, payee, lane: 1, cap: 8_000n, allotter: clerk };
  // 3,000 of the payer, 4,000 of the bond: the clerk's budget has no more, until it has risen.
  await chain.call(root, ...claim(cast, short, 8_000n));
  await chain.call(root, "setAllotter", clerk.address, 6_000n);
  await chain.call(root, ...claim(cast, short, 8_000n));
  await wait(cast, BOND_DELAY);
  await chain.call(root, ...claim(cast, short, 8_000n));
  // A session that its wallet never authorized: the bond pays all.
  const unknown = { payer: second, payee: payer, lane: 50, cap: 900n, session: keyOf("unknown session") };
  await chain.call(root, ...claim(cast, unknown, 900n));
}

/** Until its end it pays; for allotments beyond it the bond does, and batches skip its rows. */
async function payByRevokedSession(cast: Cast): Promise<void> {
  const { chain, root, payee, leaver } = cast;
  await chain.call(leaver.wallet.address, "revokeSession", leaver.session.address);
  await chain.call(root, ...settleStep(buildBatch(HEAD, [voucher(cast, leaver, payee, 1, 400n)])));
  const lane = { payer: leaver, payee, cap: 1_000n };
  await chain.call(root, ...claim(cast, { ...lane, lane: 2 }, 300n));
  await wait(cast, PERIOD / 2);
  await chain.call(root, ...claim(cast, { ...lane, lane: 3 }, 200n));
  await wait(cast, PERIOD / 2);
  await chain.call(root, ...settleStep(buildBatch(HEAD, [voucher(cast, leaver, payee, 4, 100n)])));
}

/** One pays, one adds nothing, and three do not hold. */
async function claimManyAtOnce(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee } = cast;
  const lane = { payer: second, payee, lane: 11, cap: 80n };
  const good = claim(cast, lane, 70n);
  const ofStranger = claim(cast, { ...lane, allotter: keyOf("stranger") }, 80n);
  const withoutEvidence = claim(cast, { payer, payee: second, lane: 1, cap: 80n }, 80n);
  const claims = [ofStranger, good, good, withoutEvidence].map((step) => encode(step));
  const cutShort = (claims[1] as Hex).slice(0, -64);
  await chain.call(root, "claimMany", [...claims, cutShort]);
}

/** Direct, relayed, by a wallet with code, and cancelled. A new fee waits as long. */
async function exitAfterDelay(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee, vault } = cast;
  const to = second.wallet.address;
  await chain.call(payer.wallet.address, "requestWithdrawal", 200_000n);
  await chain.call(root, "requestWithdrawalFor", ...withdrawal(cast, payee, { to, amount: 12_345n, nonce: 0n }));
  const byVault = { account: vault, to, amount: 5_000n, deadline: FAR, nonce: 0n };
  await chain.call(root, "requestWithdrawalFor", byVault, JUNK);
  await chain.call(to, "requestWithdrawal", 500n);
  await chain.call(root, "requestWithdrawalFor", ...withdrawal(cast, second, { to, amount: 0n, nonce: 1n }));
  await chain.call(root, "setFee", 250);
  for (const amount of [1n, 0n, 10_000n]) await chain.call(root, "requestBondWithdrawal", amount);
  chain.pass(2 * PERIOD + 1);
  await chain.call(payer.wallet.address, "withdraw", payer.wallet.address);
  await chain.call(root, "withdrawFor", payee.wallet.address);
  await chain.call(root, "withdrawFor", vault);
  await chain.call(to, "requestWithdrawal", 1_000n);
}

async function exitAtOnce(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee } = cast;
  const [one, other, third] = [payer, second, payee].map(({ wallet }) => wallet.address) as [Address, Address, Address];
  await chain.call(other, "withdrawNow", other, 2_000n, ...release(cast, other, other, 2_000n, 0));
  const signed = instantWithdrawal(cast, payee, { to: one, amount: 3_000n, nonce: 1n });
  await chain.call(root, "withdrawNowFor", ...signed, ...release(cast, third, one, 3_000n, 0));
  await chain.call(third, "withdrawNow", third, 1_500n, ...release(cast, third, third, 1_500n, 1));
}

/**
 * At the new fee: one batch alone, then several calls in one transaction, and one through another
 * contract.
 */
async function callManyAtOnce(cast: Cast): Promise<void> {
  const { chain, root, payer, second, payee, forwarder } = cast;
  await chain.call(root, ...settleStep(buildBatch(HEAD, [voucher(cast, second, payee, 20, 4_001n)])));
  const finished = statement(cast, second, [{ payee: payer.wallet.address, lane: 60, amount: 2_000n }]);
  await chain.multicall(root, [
    settleStep(buildBatch(HEAD, [voucher(cast, second, payee, 21, 1_000n)])),
    settleStep(buildStatementBatch(HEAD, [finished])),
    ["depositFor", payer.wallet.address, 10n, NO_ID],
  ]);
  const lane9 = { payer: second, payee, lane: 9, cap: 40_000n };
  // The first adds nothing to what was paid, and leaves no event.
  await chain.multicall(payee.wallet.address, [claim(cast, lane9, 25_000n), claim(cast, lane9, 26_000n)]);
  const [key, weaker] = [keyOf("idle session").address, 6n];
  await chain.multicall(payer.wallet.address, [
    ["authorizeSession", key, 7n, FAR],
    ["authorizeSession", key, weaker, FAR],
    ["requestWithdrawal", 111n],
  ]);
  const forwarded = encode(claim(cast, { payer: second, payee, lane: 10, cap: 60n }, 60n));
  await chain.send(root, forwarder, `0x${chain.contract.slice(2)}${forwarded.slice(2)}`);
}

/**
 * The owner adds to the bond while deposits are paused, takes a part of it back, and retires the
 * clerk.
 */
async function endBond(cast: Cast): Promise<void> {
  const { chain, root, payee, broke, clerk } = cast;
  await chain.call(root, "pauseDeposits");
  await chain.call(root, "depositBond", 100n);
  await chain.call(root, "unpauseDeposits");
  chain.pass(2 * PERIOD);
  await chain.call(root, "withdrawBond", root);
  const owed = claim(cast, { payer: broke, payee, lane: 2, cap: 200n, allotter: clerk }, 200n);
  await chain.call(root, "retireAllotter", clerk.address);
  await chain.call(root, ...owed);
}

async function changeHands({ chain, root, payer, second, payee }: Cast): Promise<void> {
  await chain.call(root, "setOperator", payer.wallet.address);
  await chain.call(root, "setFeeRecipient", payee.wallet.address);
  await chain.call(root, "transferOwnership", second.wallet.address);
  await chain.call(second.wallet.address, "acceptOwnership");
  await chain.call(second.wallet.address, "transferOwnership", payer.wallet.address);
}
