/** Money in wrong hands, wrong books, or an inexact record. */
export type Severity = "critical" | "major" | "minor";

/** The bundles that the authority publishes, and the vouchers that payees hold. */
export type Source = "bundles" | "vouchers";

interface Check {
  readonly number: number;
  readonly severity: Severity;
  readonly sentence: string;
  /** What the check needs beside the chain. */
  readonly needs?: Source;
}

/** Every check of the audit. Numbers are stable, so reports of different days can be compared. */
export const CHECKS = {
  operator: { number: 1, severity: "critical", sentence: "Every batch was sent by the operator of that time." },
  "batch-calldata": {
    number: 2,
    severity: "major",
    sentence: "Every batch has the layout that the contract takes, came in time, and is numbered without a gap.",
  },
  "row-signature": {
    number: 3,
    severity: "critical",
    sentence: "Every paid voucher carries its session key's canonical signature of payer, payee, lane and amount.",
  },
  "row-session": {
    number: 4,
    severity: "critical",
    sentence: "Every paid row's session was authorized by the payer, and had not ended too long before.",
  },
  "row-covered": {
    number: 5,
    severity: "critical",
    sentence: "Every paid row was within the payer's balance and the session's limit.",
  },
  "row-lane": { number: 6, severity: "critical", sentence: "No lane was paid twice." },
  "row-payee": { number: 7, severity: "critical", sentence: "No row paid the payer itself." },
  "row-skipped": {
    number: 8,
    severity: "major",
    sentence: "Every skipped row had to be skipped, for the reason that the contract gave, in order.",
  },
  "batch-totals": {
    number: 9,
    severity: "major",
    sentence: "Every batch's debits, credits and total are the sums of its paid rows.",
  },
  "outcome-hash": {
    number: 10,
    severity: "major",
    sentence: "Every batch's outcome hash is the Merkle root over its groups and the rows that paid.",
  },
  fee: {
    number: 11,
    severity: "critical",
    sentence: "Fees are the announced share of each row, rounded down; changes waited for a withdrawal delay.",
  },
  "claim-allotment": {
    number: 12,
    severity: "critical",
    sentence: "Every claim carries an allotment that a valid allotter may have signed by that time.",
  },
  "claim-voucher": {
    number: 13,
    severity: "critical",
    sentence: "Every claim carries a voucher signed by the session key that the allotment names.",
  },
  "claim-terms": {
    number: 14,
    severity: "critical",
    sentence: "Every claim came in time, and paid min(voucher, cap) less what its lane had paid, from the payer first.",
  },
  "session-authorization": {
    number: 15,
    severity: "critical",
    sentence: "Every session was authorized, and ended, by the account's wallet; limits and ends only rise.",
  },
  "withdrawal-request": {
    number: 16,
    severity: "critical",
    sentence: "Every withdrawal was asked for by the account's wallet, within its balance, and with the full delay.",
  },
  withdrawal: {
    number: 17,
    severity: "critical",
    sentence: "Every withdrawal left after the delay, to the right recipient, and was what was asked for.",
  },
  "token-flow": {
    number: 18,
    severity: "critical",
    sentence: "Every deposit brought its tokens, and no token left except by a withdrawal or a release.",
  },
  balance: { number: 19, severity: "critical", sentence: "Every account in the contract equals its replay." },
  session: { number: 20, severity: "major", sentence: "Every session in the contract equals its replay." },
  "claimed-lanes": {
    number: 21,
    severity: "major",
    sentence: "Used lanes, and what the contract knows that they paid, equal their replay.",
  },
  "contract-state": {
    number: 22,
    severity: "major",
    sentence: "Batch count, outcome hashes, owner, operator, fee and pause in the contract equal their replay.",
  },
  solvency: {
    number: 23,
    severity: "critical",
    sentence: "The contract holds at least the tokens that it owes: all balances and the bond.",
  },
  "statement-signature": {
    number: 24,
    severity: "critical",
    sentence: "Every paid row of a statement is one of those that its session key signed together.",
  },
  "claim-evidence": {
    number: 25,
    severity: "critical",
    sentence: "Every first claim on a used lane proves what the lane had paid: by a batch, or by another claim.",
  },
  "claim-bond": {
    number: 26,
    severity: "critical",
    sentence: "Claims took from the bond only what the payer could not pay, within their allotter's budget.",
  },
  bond: {
    number: 27,
    severity: "critical",
    sentence: "The bond left only as it was asked for, after two withdrawal delays, less what claims had taken.",
  },
  allotters: {
    number: 28,
    severity: "critical",
    sentence: "Allotters never come back from retirement; budgets never fall, and rise with the bond's delay.",
  },
  owner: {
    number: 29,
    severity: "critical",
    sentence: "The owner's powers were used by the owner only, and ownership changed in two steps, to somebody.",
  },
  deposit: {
    number: 30,
    severity: "major",
    sentence: "Every deposit went where its payer's call said, and none came while deposits were paused.",
  },
  release: {
    number: 31,
    severity: "critical",
    sentence: "All that left at once was released by a current allotter: once, in order and in time.",
  },
  "release-consent": {
    number: 32,
    severity: "critical",
    sentence: "All that left at once was asked for by the account, by a call or by a signature used once.",
  },
  "call-events": { number: 33, severity: "major", sentence: "Every call that changed something left its event." },
  conservation: {
    number: 34,
    severity: "critical",
    sentence: "The sum that the contract says it owes is the sum of all balances and the bond.",
  },
  "bond-state": { number: 35, severity: "critical", sentence: "Bond, allotters and budgets equal their replay." },
  bundle: {
    number: 36,
    severity: "major",
    needs: "bundles",
    sentence: "Every batch names a bundle that is available, intact, of this contract, and made for it alone.",
  },
  "bundle-chain": {
    number: 37,
    severity: "major",
    needs: "bundles",
    sentence: "Each bundle names the one before it, back to the first without a gap, and repeats no allotment.",
  },
  "bundle-rows": {
    number: 38,
    severity: "major",
    needs: "bundles",
    sentence: "Every batch settles the vouchers and statements that its bundle lists, and nothing else.",
  },
  "bundle-voucher": {
    number: 39,
    severity: "critical",
    needs: "bundles",
    sentence: "Every voucher in a bundle is signed by its allotment's session key, and within its cap.",
  },
  "row-below-voucher": {
    number: 40,
    severity: "critical",
    needs: "bundles",
    sentence: "No row settled less than the voucher that the authority held.",
  },
  "lane-given": {
    number: 41,
    severity: "critical",
    needs: "bundles",
    sentence: "Every lane number was given once per payer, in ascending order.",
  },
  "allotment-signature": {
    number: 42,
    severity: "critical",
    needs: "bundles",
    sentence: "Every allotment is signed by an allotter that was current when it was issued.",
  },
  "allotment-terms": {
    number: 43,
    severity: "critical",
    needs: "bundles",
    sentence: "Every allotment ends within an allotment period of its block, and within its payer's session then.",
  },
  "allotment-covered": {
    number: 44,
    severity: "critical",
    needs: "bundles",
    sentence: "A payer's live lanes never summed to more than its deposit, or than its session's limit.",
  },
  "row-allotment": {
    number: 45,
    severity: "critical",
    needs: "bundles",
    sentence: "Every settled row is of an allotment: its payee, its session key, and at most its cap.",
  },
  "allotment-published": {
    number: 46,
    severity: "critical",
    needs: "bundles",
    sentence: "Every allotment by the authority that somebody shows is in a bundle.",
  },
  "voucher-left-out": {
    number: 47,
    severity: "critical",
    needs: "bundles",
    sentence:
      "No voucher that the authority held was left out, lowered or forgotten: it was settled in time, or the reason holds.",
  },
  "settlement-delay": {
    number: 48,
    severity: "minor",
    needs: "bundles",
    sentence:
      "Every voucher was settled within a quarter of the claim period after its allotment's end or its receipt.",
  },
  "bond-cover": {
    number: 49,
    severity: "critical",
    needs: "bundles",
    sentence: "What live lanes may take beyond their payers' money is within the bond and its budgets.",
  },
  credit: {
    number: 50,
    severity: "major",
    needs: "bundles",
    sentence: "No account's live credit on a content was above 8 pieces or a quarter of it.",
  },
  receipt: {
    number: 51,
    severity: "critical",
    needs: "vouchers",
    sentence: "No receipt by the authority was ignored: what it took in was paid, or its bundles list it.",
  },
  "held-papers": {
    number: 52,
    severity: "minor",
    needs: "vouchers",
    sentence: "What a payee shows is signed by those it names.",
  },
  "row-overtaken": {
    number: 53,
    severity: "major",
    needs: "bundles",
    sentence: "Every skipped row was overtaken by a claim: the authority sends no other row that cannot be paid.",
  },
  "claim-skipped": {
    number: 54,
    severity: "major",
    sentence: "Every claim that claimMany skipped was among its calls, could not hold, and paid nothing.",
  },
  "deposit-id": {
    number: 55,
    severity: "critical",
    sentence: "No numbered deposit was credited twice, and the contract knows the numbers of all that were.",
  },
  "operator-key": {
    number: 56,
    severity: "major",
    sentence: "Every operator was a key without code, and sent its batches straight to the contract.",
  },
  "contract-code": {
    number: 57,
    severity: "critical",
    sentence: "The contract's code is a published build of Floodgate, made with what its views tell.",
  },
  share: { number: 58, severity: "critical", needs: "bundles", sentence: "Sellers' lanes came with the publisher's." },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;
