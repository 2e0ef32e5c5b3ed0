import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const directory = mkdtempSync(join(tmpdir(), "floodgate-demo-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

function startDemo(args: readonly string[]) {
  const command = ["--disable-warning=ExperimentalWarning", join(ROOT, "scripts/demo/main.ts"), ...args];
  return spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
}

test("the demo ends with one JSON line, and everything in it adds up", async () => {
  const file = join(directory, "content.bin");
  writeFileSync(file, randomBytes(12 * 1024 * 1024));
  const demo = startDemo(["--json", "--leechers", "2", "--file", file]);
  const exited = once(demo, "close");
  const [output, errors] = await Promise.all([text(demo.stdout), text(demo.stderr)]);
  const [code] = await exited;
  const result = JSON.parse(output.trim().split("\n").at(-1) as string);
  expect(result, errors).toMatchObject({
    ok: true,
    problems: [],
    fileBytes: 12 * 1024 * 1024,
    leechers: 2,
    auditOk: true,
  });
  expect(BigInt(result.paid)).toBe(BigInt(result.earned) + BigInt(result.fee));
  // Two copies at 1.00 per GiB; each pair of peers rounds down once.
  expect(Number(result.paid)).toBeGreaterThan(2 * 11_718 - 6);
  expect(Number(result.paid)).toBeLessThanOrEqual(2 * 11_718);
  expect(result.vouchers).toBeGreaterThanOrEqual(2);
  expect(result.statements).toBeGreaterThanOrEqual(1);
  expect(result.statements).toBeLessThanOrEqual(result.vouchers);
  expect(result.batches).toBeGreaterThanOrEqual(1);
  const [seeder] = result.accounts;
  expect(result.withdrawn).toBe(seeder.earned);
  // The last file costs 3,906; what had been settled before the authority died is not claimed.
  expect(Number(result.claimed)).toBeGreaterThan(0);
  expect(Number(result.claimed)).toBeLessThanOrEqual(3_906);
  expect(result.gasPerVoucher).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test.each([
  ["a file that is not there", ["--file", "/no/such/file"], /there is no file at \/no\/such\/file/],
  ["a wrong number", ["--leechers", "many"], /--leechers takes a whole number from 1 to 8/],
  ["an unknown option", ["--fast"], /Unknown option '--fast'/],
  ["a free price", ["--price", "0"], /must be above zero/],
])("%s is said in one line, with exit code 2", async (_name, args, message) => {
  const demo = startDemo(args);
  const exited = once(demo, "close");
  const errors = await text(demo.stderr);
  expect((await exited)[0]).toBe(2);
  expect(errors.trim().split("\n").length).toBe(1);
  expect(errors).toMatch(message);
});
