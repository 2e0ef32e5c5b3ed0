import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CLI } from "../cli/support/cli-process.ts";

/** Of users, mounts, networks and processes: what runs in them ends with the first. */
const NAMESPACES = ["-rmnp", "--fork", "--kill-child", "--mount-proc"];
const SCRIPT = join(import.meta.dirname, "../support/two-routers.sh");

/** Null: it can run here. */
function whyNot(): string | null {
  if (process.env.FLOODGATE_DEEP !== "1") return "only in test:deep";
  if (spawnSync("unshare", [...NAMESPACES, "true"]).status !== 0) return "the kernel gives no namespaces";
  const nat = "nft add table ip t && nft 'add chain ip t c { type nat hook postrouting priority 100; }'";
  const ip = "ip link add a0 type veth peer name a1";
  if (spawnSync("unshare", [...NAMESPACES, "sh", "-c", `${ip} && ${nat}`]).status !== 0)
    return "no ip, nft or NAT here";
  return null;
}

const reason = whyNot();

test.skipIf(reason !== null)(
  `of two peers behind routers, one must be reachable, whichever${reason === null ? "" : ` (skipped: ${reason})`}`,
  async () => {
    const root = mkdtempSync(join(tmpdir(), "floodgate-nat-"));
    const args = [...NAMESPACES, "bash", SCRIPT, root, process.execPath, ...CLI];
    const env = { ...process.env, FLOODGATE_PASSPHRASE: "correct horse battery" };
    const { stdout } = await promisify(execFile)("unshare", args, { env });
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const paid = { exitCode: 0, last: { event: "done", bytesDown: 4_300_000, paid: "4004" } };
    expect(told).toMatchObject([
      { case: "nobody can be reached", exitCode: 5, last: { error: { code: "SELLER_MISSING" } } },
      { case: "the buyer can be reached", ...paid },
      { case: "the seller can be reached", ...paid },
    ]);
    rmSync(root, { recursive: true });
  },
);
