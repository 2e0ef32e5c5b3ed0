import { basename, join } from "node:path";
import { type Amount, parseAmount } from "../../protocol/base/units.ts";
import { type BatchTotals, readBatches } from "../devnet/batches.ts";
import { openChainView } from "../devnet/chain-view.ts";
import type { Command, CommandRunner, Line } from "../devnet/command.ts";
import { type Customer, registerCustomer } from "../devnet/customers.ts";
import { type RunningNetwork, startNetwork } from "../devnet/network.ts";
import type { Scene } from "../live/scene.ts";
import { checkStory } from "./checks.ts";
import { claimAlone } from "./claim-alone.ts";
import { applyLine, newProgress, type PeerProgress, showProgress } from "./progress.ts";
import { type AccountResult, type DemoResult, readAccount } from "./report.ts";
import { withdrawEarnings } from "./withdrawal.ts";

export interface StoryOptions {
  /** Someone may look at the pages when the story is told: the authority runs again. */
  readonly stays: boolean;
  readonly file: string;
  readonly fileBytes: number;
  readonly leechers: number;
  /** Decimal, token units per GiB. */
  readonly price: string;
  readonly directory: string;
  readonly runner: CommandRunner;
  readonly output: NodeJS.WriteStream;
  /** What the live page shows of it. */
  readonly scene: Scene;
  /** The network runs now. */
  readonly onNetwork: (network: RunningNetwork) => void;
  /** Seconds since the demo started. */
  readonly elapsed: () => number;
}

/** In a word each, for the live page. */
const STEPS = ["Network", "Customers", "Publish", "Download", "Settle", "Audit", "Withdraw", "Alone"];

/**
 * What each customer pays in: many times the price of the file, so that no peer waits for money.
 */
const DEPOSIT = "5.00";

interface Peer {
  readonly customer: Customer;
  readonly progress: PeerProgress;
}

/** What became of the file. */
interface Share {
  readonly peers: readonly Peer[];
  readonly running: readonly Command[];
  /** Paths of the downloads. */
  readonly copies: readonly string[];
  readonly pieceLength: number;
  /** Of the downloads. */
  readonly seconds: number;
}

/** The whole life of a file, and of the coins that pay for it, in order. */
export async function runStory(options: StoryOptions): Promise<DemoResult> {
  const { runner, output, directory, scene } = options;
  const say = (line: string): boolean => output.write(`${line}\n`);
  const begin = (step: number, line: string): void => {
    say(`${step === 1 ? "" : "\n"}${step}. ${line}`);
    scene.step(step - 1);
  };

  scene.begin("The life of a file.", STEPS);
  begin(1, "A devnet, the contracts, the authority and the tracker");
  const network = await startNetwork(runner, directory);
  options.onNetwork(network);
  say(`  the repository, in a browser: ${network.apiUrl}`);
  say(`  the auditor, in a browser:    ${network.apiUrl}/audit#rpc=${encodeURIComponent(network.rpcUrl)}`);
  const devnet = openChainView(network.rpcUrl, network.contract, network.token);

  begin(2, `${options.leechers + 1} customers with new wallets; the authority funds their deposits`);
  const names = ["seeder", ...Array.from({ length: options.leechers }, (_, i) => `leecher${i + 1}`)];
  const customers = await Promise.all(names.map((name) => registerCustomer(runner, network, directory, name, DEPOSIT)));
  for (const customer of customers) scene.enter({ ...customer, isCheat: false });
  const seeder = customers[0] as Customer;

  const share = await shareFile(options, network, customers, begin);

  begin(5, "The authority settles the vouchers on-chain");
  await settle(runner, network);
  await Promise.all(share.running.map((peer) => peer.stop()));
  for (const { name } of customers) scene.leave(name);

  begin(6, "Anyone audits the settlement: the chain, what the authority published of it, and a payee's receipts");
  const vouchers = join(directory, "seeder-vouchers.jsonl");
  await runner.run(["vouchers", "export", "--out", vouchers, "--home", seeder.home]);
  const page = join(directory, "audit.html");
  const shown = ["--bundles", network.apiUrl, "--vouchers", vouchers, "--html", page];
  const audited = await audit(runner, network, shown);
  const accounts = await Promise.all(share.peers.map((peer) => readAccount(runner, peer.customer, peer.progress)));
  const problems = await checkStory({ original: options.file, copies: share.copies, accounts, audited, devnet });

  begin(7, "The seeder withdraws its earnings: the authority releases them at once");
  const withdrawal = await withdrawEarnings(runner, devnet, seeder, accounts[0]?.earned ?? 0n, network.decimals);
  say(withdrawal.text);
  const batches = await readBatches(network.apiUrl);

  begin(8, "One more file is bought, the authority dies before it settles, and the seeder claims its money alone");
  const parties = { network, devnet, payee: seeder, payer: customers[1] as Customer };
  const claim = await claimAlone(runner, parties, directory);
  say(claim.text);
  const auditedAgain = await audit(runner, network);
  scene.step(STEPS.length);
  if (options.stays) await stay(network, say);
  if (!auditedAgain.ok) problems.push("the audit at the end is not clean");
  problems.push(...withdrawal.problems, ...claim.problems);
  return {
    ok: problems.length === 0,
    problems,
    fileBytes: options.fileBytes,
    pieceLength: share.pieceLength,
    leechers: options.leechers,
    seconds: options.elapsed(),
    downloadSeconds: share.seconds,
    ...sumUp(accounts, batches),
    auditOk: audited.ok && auditedAgain.ok,
    withdrawn: withdrawal.amount,
    claimed: claim.amount,
    symbol: network.symbol,
    decimals: network.decimals,
    accounts,
  };
}

/** The authority had died: it finds its home as it left it. */
async function stay(network: RunningNetwork, say: (line: string) => void): Promise<void> {
  await network.restartAuthority();
  say(`\nThe authority is back. In a browser, until Ctrl-C:
  contents         ${network.apiUrl}
  operator's desk  ${network.apiUrl}/operator
                   its secret: ${join(network.operatorHome, "operator-secret")}`);
}

/** Parts 3 and 4: one customer seeds the file, the others download it. */
async function shareFile(
  { runner, output, scene, ...options }: StoryOptions,
  { decimals }: RunningNetwork,
  customers: readonly Customer[],
  begin: (step: number, line: string) => void,
): Promise<Share> {
  const peers = customers.map((customer) => ({ customer, progress: newProgress(customer.name, options.fileBytes) }));
  const [seeding, ...downloading] = peers as [Peer, ...Peer[]];

  const listen =
    ({ customer, progress }: Peer) =>
    (line: Line): void => {
      applyLine(progress, line);
      scene.hear(customer.name, line);
    };

  begin(3, "The seeder publishes the file and serves it");
  const home = ["--home", seeding.customer.home];
  const published = await runner.run(["publish", options.file, "--price", options.price, ...home]);
  const infoHash = String(published.infoHash);
  const { file, fileBytes: bytesTotal } = options;
  scene.publish({ infoHash, title: basename(file), bytesTotal, pricePerGiB: parseAmount(options.price, decimals) });
  const seedArgs = ["seed", infoHash, "--file", options.file, ...home];
  const seed = runner.start(seedArgs, listen(seeding));
  await seed.event("ready");

  begin(4, `${options.leechers} leechers download it at once, pay per piece, and go on seeding`);
  const startedAt = options.elapsed();
  const gets = downloading.map(({ customer, progress }) => {
    const args = ["get", infoHash, "--out", join(customer.home, "downloads"), "--seed", "--home", customer.home];
    return runner.start(args, listen({ customer, progress }));
  });
  const stopProgress = showProgress(
    output,
    peers.map((peer) => peer.progress),
    decimals,
  );
  const done = await Promise.all(gets.map((get) => get.event("done"))).finally(stopProgress);
  return {
    peers,
    running: [seed, ...gets],
    copies: done.map((line) => String(line.path)),
    pieceLength: Number(published.pieceLength),
    seconds: Math.round((options.elapsed() - startedAt) * 10) / 10,
  };
}

function sumUp(accounts: readonly AccountResult[], batches: BatchTotals) {
  const sum = (amountOf: (account: AccountResult) => Amount): Amount =>
    accounts.reduce((total, account) => total + amountOf(account), 0n);
  const { vouchers, statements, gasUsed, fee, count } = batches;
  return {
    paid: sum((account) => account.paid),
    earned: sum((account) => account.earned),
    fee,
    vouchers,
    statements,
    batches: count,
    gasUsed,
    gasPerVoucher: vouchers === 0 ? 0 : Math.round(Number(gasUsed) / vouchers),
  };
}

async function settle(runner: CommandRunner, network: RunningNetwork): Promise<void> {
  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
}

async function audit(
  runner: CommandRunner,
  network: RunningNetwork,
  shown: readonly string[] = [],
): Promise<{ ok: boolean }> {
  const report = await runner.tryRun(["audit", "--rpc", network.rpcUrl, "--contract", network.contract, ...shown]);
  return { ok: report.code === 0 && report.line.ok === true };
}
