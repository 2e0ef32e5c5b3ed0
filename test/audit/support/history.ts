import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { buildBatch, buildStatementBatch } from "../../../protocol/contract/batch.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { createPapers, evidenceOf, evidenceOfClaim, type Papers, settleStep } from "./papers.ts";
import { createKey, type Key, openStage, type Party, PERIOD, type Stage } from "./stage.ts";

const EVIDENCE_HASH = `0x${"e5".repeat(32)}` as const;
const FAR = 4_000_000_000;
const NO_LIMIT = 2n ** 96n - 1n;

/** A signature that no key has made: a wallet with code takes any, a permit fails. */
const JUNK = `0x${"11".repeat(32)}` as const;

/** Answers every call with ERC-1271's "valid". */
const YES_WALLET = "0x631626ba7e60e01b60005260206000f3";

/** A contract with a history in which everything has happened that the contract can do. */
export interface History extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly contract: Address;
  readonly token: Address;
  /** Has money at the end. */
  readonly payer: Address;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
}

interface Cast extends Papers {
  readonly stage: Stage;
  readonly payer: Party;
  readonly second: Party;
  readonly payee: Party;
  /** Has less than it promises. */
  readonly broke: Party;
  /** A wallet with code. */
  readonly vault: Address;
  /** An allotter with a small budget. */
  readonly clerk: Key;
}

export async function makeHistory(): Promise<History> {
  const stage = await openStage();
  const cast: Cast = {
    stage,
    ...createPapers(stage),
    payer: await stage.createParty(),
    second: await stage.createParty(),
    payee: await stage.createParty(),
    broke: await stage.createParty(),
    vault: await stage.deploy(YES_WALLET),
    clerk: createKey(),
  };
  await deposit(cast);
  await authorize(cast);
  await settleAndClaim(cast);
  await payFromBond(cast);
  await exitAfterDelay(cast);
  await exitAtOnce(cast);
  await callManyAtOnce(cast);
  await endBond(cast);
  await changeHands(cast);
  const { rpcUrl, contract, token, rpc } = stage;
  const [payer, dispose] = [cast.payer.account, () => stage[Symbol.asyncDispose]()];
  return { rpcUrl, contract, token, payer, rpc, [Symbol.asyncDispose]: dispose };
}

async function deposit({ stage, payer, second, broke, vault }: Cast): Promise<void> {
  const { root } = stage;
  await stage.callToken(root, "mint", root.address, 10n ** 12n);
  await stage.callToken(root, "approve", stage.contract, 10n ** 12n);
  for (const { account } of [payer, second]) await stage.call(root, "depositFor", account, 1_000_000n);
  await stage.call(root, "depositFor", vault, 20_000n);
  // The permit fails, the allowance suffices.
  await stage.call(root, "depositWithPermit", broke.account, 3_000n, BigInt(FAR), 27, JUNK, JUNK);
  await stage.call(root, "depositBond", 50_000n);
}

/** Relayed, direct, revoked, and by a wallet with code. */
async function authorize({ stage, payer, second, payee, broke, vault }: Cast): Promise<void> {
  const { root } = stage;
  const separator = hashDomain({ chainId: 31_337, contract: stage.contract });
  const terms = { account: payer.account, sessionKey: payer.session.address, limit: 600_000n, expiresAt: FAR };
  const signature = await payer.wallet.sign?.({ hash: bytesToHex(hashSessionAuthorization(separator, terms)) });
  await stage.call(root, "authorizeSessionFor", terms, signature);
  for (const { wallet, session } of [second, broke]) {
    await stage.call(wallet, "authorizeSession", session.address, NO_LIMIT, FAR);
  }
  await stage.call(payee.wallet, "authorizeSession", payee.session.address, 5n, FAR);
  await stage.call(payee.wallet, "revokeSession", payee.session.address);
  const byVault = { account: vault, sessionKey: createKey().address, limit: 1_000n, expiresAt: FAR };
  await stage.call(root, "authorizeSessionFor", byVault, JUNK);
}

/** Batches of vouchers and statements, and claims before, beside and after them. */
async function settleAndClaim(cast: Cast): Promise<void> {
  const { stage, payer, second, payee, voucher, statement, claim } = cast;
  const { root } = stage;
  const vouchers = buildBatch(EVIDENCE_HASH, [
    voucher(payer, payee, 1, 100_001n),
    voucher(payer, second, 2, 50_000n),
    voucher(second, payee, 1, 70_000n),
    // Skipped: another's signature, more than the limit, the payer itself.
    voucher(payer, payee, 3, 10n, payee.session),
    voucher(payer, payee, 4, 900_000n),
    voucher(second, second, 2, 5n),
  ]);
  await stage.call(root, ...settleStep(vouchers));
  const late = [voucher(payer, payee, 1, 7n), voucher(second, payee, 3, 33n)];
  await stage.call(root, ...settleStep(buildBatch(EVIDENCE_HASH, late)));

  const lanes = [
    { payee: payee.account, lane: 1, amount: 5n },
    { payee: payee.account, lane: 30, amount: 10_050n },
    { payee: second.account, lane: 31, amount: 20_000n },
  ];
  const unsigned = [{ payee: payee.account, lane: 40, amount: 5_000n }];
  const statements = buildStatementBatch(EVIDENCE_HASH, [
    statement(payer, lanes),
    statement(second, unsigned, payer.session),
  ]);
  await stage.call(root, ...settleStep(statements));

  // A claim in two parts, and a third for another payee whom T had given the same lane.
  const lane9 = { payer: second, payee, lane: 9, cap: 40_000n };
  for (const amount of [10_000n, 25_000n]) await stage.call(root, ...(await claim(lane9, amount)));
  await stage.call(root, ...(await claim({ ...lane9, payee: payer }, 77n, evidenceOfClaim(payee))));

  // T settled less than was signed: on a voucher's lane twice, on a statement's once. And it gave lane 2 away twice.
  const skipped = [`${payer.account}/3`, `${payer.account}/4`, `${second.account}/2`];
  const lane1 = { payer, payee, lane: 1, cap: 200_000n };
  await stage.call(root, ...(await claim(lane1, 100_501n, evidenceOf(1, vouchers, skipped, payer, 1))));
  await stage.call(root, ...(await claim(lane1, 100_601n)));
  const lane2 = { ...lane1, lane: 2 };
  await stage.call(root, ...(await claim(lane2, 300n, evidenceOf(1, vouchers, skipped, payer, 2))));
  const unpaid = [`${payer.account}/1`, `${second.account}/40`];
  const lane30 = { ...lane1, lane: 30 };
  await stage.call(root, ...(await claim(lane30, 10_150n, evidenceOf(3, statements, unpaid, payer, 30))));
}

async function payFromBond({ stage, payer, second, payee, broke, clerk, claim }: Cast): Promise<void> {
  const { root } = stage;
  await stage.call(root, "setAllotter", clerk.address, 4_000n);
  const short = { payer: broke, payee, lane: 1, cap: 8_000n, allotter: clerk };
  // 3,000 of the payer, 4,000 of the bond: the clerk's budget has no more, until it rises.
  await stage.call(root, ...(await claim(short, 8_000n)));
  await stage.call(root, "setAllotter", clerk.address, 6_000n);
  await stage.call(root, ...(await claim(short, 8_000n)));
  // A session that its wallet never authorized: the bond pays all.
  const unknown = { payer: second, payee: payer, lane: 50, cap: 900n, session: createKey() };
  await stage.call(root, ...(await claim(unknown, 900n)));
}

/** Direct, relayed, of a wallet with code, and cancelled. A new fee waits as long. */
async function exitAfterDelay({ stage, payer, second, payee, vault, withdrawal }: Cast): Promise<void> {
  const { root } = stage;
  await stage.call(payer.wallet, "requestWithdrawal", 200_000n);
  const byPayee = await withdrawal(payee, { to: second.account, amount: 12_345n, nonce: 0n });
  await stage.call(root, "requestWithdrawalFor", ...byPayee);
  const byVault = { account: vault, to: second.account, amount: 5_000n, deadline: FAR, nonce: 0n };
  await stage.call(root, "requestWithdrawalFor", byVault, JUNK);
  await stage.call(second.wallet, "requestWithdrawal", 500n);
  const cancel = await withdrawal(second, { to: second.account, amount: 0n, nonce: 1n });
  await stage.call(root, "requestWithdrawalFor", ...cancel);
  await stage.call(root, "setFee", 250);
  await stage.call(root, "requestBondWithdrawal", 1n);
  await stage.call(root, "requestBondWithdrawal", 0n);
  await stage.call(root, "requestBondWithdrawal", 10_000n);
  await stage.pass(2 * PERIOD + 1);
  await stage.call(payer.wallet, "withdraw", payer.account);
  await stage.call(root, "withdrawFor", payee.account);
  await stage.call(root, "withdrawFor", vault);
  await stage.call(second.wallet, "requestWithdrawal", 1_000n);
}

async function exitAtOnce({ stage, payer, second, payee, withdrawal, release }: Cast): Promise<void> {
  const { root } = stage;
  const bySecond = await release(second.account, second.account, 2_000n, 0);
  await stage.call(second.wallet, "withdrawNow", second.account, 2_000n, ...bySecond);
  const signed = await withdrawal(payee, { to: payer.account, amount: 3_000n, nonce: 1n });
  const relayed = await release(payee.account, payer.account, 3_000n, 0);
  await stage.call(root, "withdrawNowFor", ...signed, ...relayed);
  const again = await release(payee.account, payee.account, 1_500n, 1);
  await stage.call(payee.wallet, "withdrawNow", payee.account, 1_500n, ...again);
}

/** At the new fee: one batch alone, then several calls in one transaction; and one through another contract. */
async function callManyAtOnce(cast: Cast): Promise<void> {
  const { stage, payer, second, payee, voucher, statement, claim } = cast;
  const { root } = stage;
  await stage.call(root, ...settleStep(buildBatch(EVIDENCE_HASH, [voucher(second, payee, 20, 4_001n)])));
  const finished = statement(second, [{ payee: payer.account, lane: 60, amount: 2_000n }]);
  await stage.multicall(
    root,
    settleStep(buildBatch(EVIDENCE_HASH, [voucher(second, payee, 21, 1_000n)])),
    settleStep(buildStatementBatch(EVIDENCE_HASH, [finished])),
    ["depositFor", payer.account, 10n],
  );
  const lane9 = { payer: second, payee, lane: 9, cap: 40_000n };
  // The first adds nothing to what was paid, and leaves no event.
  await stage.multicall(payee.wallet, await claim(lane9, 25_000n), await claim(lane9, 26_000n));
  const [key, weaker] = [createKey().address, 6n];
  await stage.multicall(
    payer.wallet,
    ["authorizeSession", key, 7n, FAR],
    ["authorizeSession", key, weaker, FAR],
    ["requestWithdrawal", 111n],
  );
  await stage.forward(root, ...(await claim({ payer: second, payee, lane: 10, cap: 60n }, 60n)));
}

/** The owner adds to the bond while deposits are paused, takes a part of it back, and retires the clerk. */
async function endBond({ stage, payee, broke, clerk, claim }: Cast): Promise<void> {
  const { root } = stage;
  await stage.call(root, "pauseDeposits");
  await stage.call(root, "depositBond", 100n);
  await stage.call(root, "unpauseDeposits");
  await stage.pass(2 * PERIOD);
  await stage.call(root, "withdrawBond", root.address);
  const owed = await claim({ payer: broke, payee, lane: 2, cap: 200n, allotter: clerk }, 200n);
  await stage.call(root, "retireAllotter", clerk.address);
  await stage.call(root, ...owed);
}

async function changeHands({ stage, payer, second, payee }: Cast): Promise<void> {
  const { root } = stage;
  await stage.call(root, "setOperator", payer.account);
  await stage.call(root, "setFeeRecipient", payee.account);
  await stage.call(root, "transferOwnership", second.account);
  await stage.call(second.wallet, "acceptOwnership");
  await stage.call(second.wallet, "transferOwnership", payer.account);
}
