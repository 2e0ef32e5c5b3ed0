import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { encryptKeystoreJsonSync } from "ethers/wallet";
import { afterAll, describe, expect, test } from "vitest";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { CLI } from "../support/cli-process.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";

/** Hardhat's first two accounts: known to everybody. */
const MNEMONIC = "test test test test test test test test test test test junk";
const [FIRST, SECOND] = ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"];
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const environment = { FLOODGATE_PASSPHRASE: "correct horse" };

const root = mkdtempSync(join(tmpdir(), "floodgate-wallet-"));
afterAll(() => rmSync(root, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};
const run = (...args: string[]) => runInProcess(args, environment);

describe("a wallet is imported from", () => {
  const keystore = encryptKeystoreJsonSync({ address: FIRST as string, privateKey: KEY }, "correct horse", {
    scrypt: { N: 1024, r: 8, p: 1 },
  });
  test.each([
    ["a private key", KEY, [], FIRST],
    ["a private key without 0x", `${KEY.slice(2)}\n`, [], FIRST],
    ["a mnemonic", MNEMONIC, [], FIRST],
    ["the second account of a mnemonic", ` ${MNEMONIC.toUpperCase().replaceAll(" ", "\n")} `, ["--index", "1"], SECOND],
    ["a keystore of another program", keystore, [], FIRST],
  ])("%s", async (name, content, options, address) => {
    const home = join(root, `home of ${name}`);
    const imported = await run("wallet", "import", file(name, content), ...options, "--home", home);
    expect(imported).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining(`wallet ${address}\n`) });
    expect((await run("wallet", "show", "--home", home)).stdout).toBe(`${address}\n`);
    const out = join(root, `key of ${name}`);
    const exported = await run("wallet", "export", "--private-key", "--out", out, "--home", home);
    expect(exported).toMatchObject({ exitCode: 0, stderr: "" });
    expect(exported.stdout).not.toContain("0xac09");
    if (address === FIRST) expect(readFileSync(out, "utf8")).toBe(`${KEY}\n`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test("standard input", async () => {
    const home = join(root, "piped");
    const child = spawn(process.execPath, [...CLI, "wallet", "import", "--home", home], {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(MNEMONIC);
    expect(await text(child.stdout)).toContain(`wallet ${FIRST}\n`);
  });
});

test("a keystore is exported as other programs read it", async () => {
  const home = join(root, "exporter");
  await run("wallet", "import", file("key for export", KEY), "--home", home);
  const { stdout } = await run("wallet", "export", "--home", home);
  expect(stdout).toBe(readFileSync(join(home, "wallet.json"), "utf8"));
});

describe("refused is", () => {
  const home = ["--home", join(root, "refused")];
  test.each<BadInput>([
    {
      args: ["wallet", "import", file("words", MNEMONIC.replace("junk", "test")), ...home],
      exitCode: 2,
      code: "IMPORT_INVALID",
      says: /one of the words is wrong/,
    },
    {
      args: ["wallet", "import", file("zero", "0".repeat(64)), ...home],
      exitCode: 2,
      code: "IMPORT_INVALID",
      says: /no private key of secp256k1/,
    },
    {
      args: ["wallet", "import", file("prose", "hello"), ...home],
      exitCode: 2,
      code: "IMPORT_INVALID",
      says: /neither a keystore/,
    },
    {
      args: ["wallet", "export", "--private-key", ...home],
      exitCode: 2,
      code: "OPTIONS_INCOMPLETE",
      says: /needs --out/,
    },
    { args: ["wallet", "export", ...home], exitCode: 3, code: "WALLET_MISSING", says: /no wallet at/ },
  ])("$args", (input) => expectRefusal({ ...input, environment }));
});
