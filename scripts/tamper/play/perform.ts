import { createRandom, type Random } from "../random.ts";
import { settleableLanes, settleByStatements, settleByVouchers, settleTwo } from "./batches.ts";
import { publishBundle } from "./bundle.ts";
import { openContract } from "./chain.ts";
import { claimableLanes, claimFromBond, claimLane, claimMany } from "./claims.ts";
import { ALLOTMENT_PERIOD, CLAIM_PERIOD } from "./constants.ts";
import { issue, promise, push, receiptOf } from "./lane.ts";
import {
  authorize,
  callMany,
  deposit,
  depositMany,
  NO_ID,
  requestWithdrawal,
  revoke,
  withdraw,
  withdrawNow,
} from "./money-moves.ts";
import type { Node } from "./node.ts";
import {
  BOND_BUDGET,
  changeAllotter,
  changeFee,
  changeFeeRecipient,
  changeOperator,
  changeOwner,
  pauseAWhile,
  requestBond,
  retireAllotters,
  withdrawBond,
} from "./owner-moves.ts";
import { createPapers } from "./papers.ts";
import { allotterKey, type Key, keyOf, type Party } from "./people.ts";
import { isUsed, type Scene } from "./scene.ts";

/** What may happen next. */
type Move = (scene: Scene) => Promise<unknown>;

const PARTIES = 4;
const LONG = 3_000;
const NO_BUNDLE = `0x${"0".repeat(64)}` as const;

const PATRON = keyOf("patron");
const OWNER = keyOf("owner");
const WALLETS = Array.from({ length: PARTIES }, (_, i) => keyOf(`wallet ${i}`));
/** All senders of transactions. */
export const SENDERS: readonly Key[] = [PATRON, OWNER, ...WALLETS];

/**
 * Plays an honest history on a contract of its own. The seed decides what happens, and in which
 * order.
 */
export async function perform(node: Node, seed: string): Promise<Scene> {
  const random = createRandom(seed);
  const scene = await open(node, random);
  for (const move of programme(random)) {
    await trade(scene);
    await settleWhatIsDue(scene, 30);
    await move(scene);
  }
  await trade(scene);
  await settleSome(scene);
  if (random.once(2)) await pass(scene, 150);
  while (!(await claimFromBond(scene))) await pass(scene, 60);
  await scene.chain.mine();
  return scene;
}

async function open(node: Node, random: Random): Promise<Scene> {
  const allotter = allotterKey(1);
  const chain = await openContract(
    node,
    {
      allotmentPeriod: ALLOTMENT_PERIOD,
      claimPeriod: CLAIM_PERIOD,
      owner: OWNER.address,
      operator: OWNER.address,
      allotter: allotter.address,
      bondBudget: BOND_BUDGET,
      feeRecipient: OWNER.address,
      feeBps: random.below(500),
    },
    PATRON.address,
  );
  await chain.fund(OWNER.address);
  const parties = WALLETS.map((wallet): Party => ({ wallet, session: wallet, sessionNumber: 0 }));
  const scene: Scene = {
    random,
    chain,
    papers: createPapers(chain.contract),
    parties,
    patron: PATRON,
    owner: OWNER,
    operator: OWNER,
    allotter,
    leaving: [],
    allotters: 1,
    deposits: 0,
    lanes: [],
    batches: [],
    bundles: new Map(),
    previousBundle: NO_BUNDLE,
    unpublished: [],
  };
  await chain.call(OWNER.address, "depositBond", random.between(10_000n, 90_000n));
  for (const party of parties) {
    const amount = random.between(100_000n, 900_000n);
    await chain.call(PATRON.address, "depositFor", party.wallet.address, amount, NO_ID);
    await authorize(scene, party, LONG);
  }
  return scene;
}

/**
 * Everything that can happen, most of it more than once. What must wait for a delay comes after it.
 */
function programme(random: Random): Move[] {
  const some = ({ parties }: Scene): Party => random.pick(parties);
  const always: Move[] = [
    deposit,
    depositMany,
    (scene) => authorize(scene, some(scene), LONG),
    // A short session: it ends before the play does.
    (scene) => authorize(scene, some(scene), 150),
    (scene) => renew(scene, some(scene)),
    (scene) => requestWithdrawal(scene, some(scene)),
    (scene) => requestWithdrawal(scene, some(scene)),
    (scene) => withdrawNow(scene, some(scene)),
    (scene) => withdrawNow(scene, some(scene)),
    (scene) => callMany(scene, some(scene)),
    changeFee,
    changeFeeRecipient,
    changeOperator,
    changeAllotter,
    retireAllotters,
    pauseAWhile,
    requestBond,
    changeOwner,
    claimSome,
    claimSome,
    claimSome,
    claimMany,
    claimMany,
    settleSome,
    settleSome,
    settleFinished,
    settleFinished,
    settleSomeTwice,
    failToSettle,
    (scene) => pass(scene, 60),
  ];
  const often: Move[] = [settleSome, settleFinished, claimSome, deposit, (scene) => pass(scene, 100)];
  const sometimes = (): Move[] => Array.from({ length: random.below(8) }, () => random.pick(often));
  return [...random.shuffled([...always, ...sometimes()]), exitAndWait, ...sometimes(), settleSome, settleFinished];
}

/** New lanes, more vouchers on old ones, and pushes to the authority. */
async function trade(scene: Scene): Promise<void> {
  const { random, parties, lanes, chain } = scene;
  for (let count = random.below(3); count > 0; count--) {
    const [payer, payee] = random.shuffled(parties);
    if (payer && payee) await issue(scene, payer, payee);
  }
  const { time } = chain.last();
  for (const lane of lanes) {
    if (time >= lane.allotment.expiresAt) continue;
    // A used lane gets no more vouchers. Its payee may still claim what was promised.
    if (!isUsed(lane) && lane.promised < lane.allotment.cap && random.once(2)) promise(scene, lane);
    if (!isUsed(lane) && lane.promised > (lane.taken?.amount ?? 0n) && random.once(2)) push(scene, lane);
    // The same push again: a new allotter signs for what the old one took.
    else if (lane.taken !== null && random.once(4)) lane.receipt = receiptOf(scene, lane, lane.taken);
  }
}

async function settleSome(scene: Scene): Promise<void> {
  const lanes = settleableLanes(scene).filter(() => !scene.random.once(4));
  if (lanes.length > 0) await settleByVouchers(scene, lanes);
}

async function settleSomeTwice(scene: Scene): Promise<void> {
  const [first, ...others] = settleableLanes(scene);
  if (first && others.length > 0) await settleTwo(scene, [first], others);
}

async function settleFinished(scene: Scene): Promise<void> {
  const lanes = settleableLanes(scene);
  if (lanes.length > 0) await settleByStatements(scene, lanes);
}

/** Settles what must be settled before so many seconds have passed. */
async function settleWhatIsDue(scene: Scene, seconds: number): Promise<void> {
  const then = scene.chain.last().time + seconds;
  const lanes = settleableLanes(scene).filter(({ settleBy }) => settleBy <= then);
  if (lanes.length > 0) await settleByVouchers(scene, lanes);
}

/** A batch whose transaction fails leaves a bundle that no batch names. */
async function failToSettle(scene: Scene): Promise<void> {
  publishBundle(scene, settleableLanes(scene), []);
}

async function claimSome(scene: Scene): Promise<void> {
  const lanes = claimableLanes(scene);
  if (lanes.length > 0) await claimLane(scene, scene.random.pick(lanes));
}

/** A wallet ends its session and begins another. */
async function renew(scene: Scene, party: Party): Promise<void> {
  await revoke(scene, party);
  await authorize(scene, party, LONG);
}

async function pass(scene: Scene, seconds: number): Promise<void> {
  await settleWhatIsDue(scene, seconds + 10);
  scene.chain.pass(seconds);
  await scene.chain.mine();
}

/** Withdrawals and a part of the bond leave after their delay. */
async function exitAndWait(scene: Scene): Promise<void> {
  await pass(scene, 2 * (ALLOTMENT_PERIOD + CLAIM_PERIOD) + 1);
  while (await withdraw(scene));
  await withdrawBond(scene);
}
