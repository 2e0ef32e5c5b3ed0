import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptKeystoreJson } from "ethers/wallet";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import type { Command, Line } from "../../scripts/devnet/command.ts";
import { InProcessRunner } from "../../scripts/devnet/in-process-runner.ts";
import type { NetworkPlaces } from "../../scripts/devnet/network.ts";
import {
  openSharedWorld,
  type SharedWorld,
  startWorld as startWorldWith,
  type World,
} from "../../scripts/devnet/world.ts";

export type { SharedWorld, World };

/** KiB a second. It plays a slower machine; tests that need a slow download limit it themselves. */
const UPLOAD_LIMIT = process.env.FLOODGATE_TEST_UPLOAD_LIMIT;
const OPTION = "--upload-limit";

/**
 * A world whose chain, authority and tracker are those of other files, too, one file after the
 * other: for tests that neither end nor restart them, nor count what they have.
 */
export async function shareWorld(): Promise<SharedWorld> {
  const response = await fetch(`${process.env.FLOODGATE_TEST_NETWORKS}/${process.env.VITEST_POOL_ID}`);
  if (!response.ok) throw new Error(await response.text());
  const runner = new TestRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") });
  return openSharedWorld((await response.json()) as NetworkPlaces, runner);
}

/** A world of its own, whose peers upload no faster than the machine that the tests play. */
export function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
): Promise<World> {
  return startWorldWith(deployOptions, authorityOptions, (environment) => new TestRunner(environment));
}

export class TestRunner extends InProcessRunner {
  readonly #passphrase: string;

  constructor(environment: Readonly<Record<string, string>>) {
    super(environment);
    this.#passphrase = environment.FLOODGATE_PASSPHRASE ?? "";
  }

  override async run(args: readonly string[]): Promise<Line> {
    const [name, verb, option, home] = args;
    if (name !== "wallet" || verb !== "new" || option !== "--home" || home === undefined) return super.run(args);
    return { address: await createQuickWallet(home, this.#passphrase) };
  }

  override start(args: readonly string[], onLine?: (line: Line) => void): Command {
    return super.start(args[0] === "seed" || args[0] === "get" ? limitUpload(args) : args, onLine);
  }
}

/** The lower of the test's own limit and the machine's. */
function limitUpload(args: readonly string[]): readonly string[] {
  if (UPLOAD_LIMIT === undefined) return args;
  const index = args.indexOf(OPTION);
  if (index === -1) return [...args, OPTION, UPLOAD_LIMIT];
  const limit = Math.min(Number(args[index + 1]), Number(UPLOAD_LIMIT));
  return args.with(index + 1, String(limit));
}

/** As `floodgate wallet new` does, but quick to open: our own cost is 0.4 s for each command. */
export async function createQuickWallet(home: string, passphrase: string): Promise<string> {
  const privateKey = generatePrivateKey();
  const address = privateKeyToAddress(privateKey);
  const keystore = await encryptKeystoreJson({ address, privateKey }, passphrase, { scrypt: { N: 1024, r: 8, p: 1 } });
  mkdirSync(home, { mode: 0o700, recursive: true });
  writeFileSync(join(home, "wallet.json"), `${keystore}\n`, { mode: 0o600 });
  return address;
}
