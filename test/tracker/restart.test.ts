import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnswer } from "../../protocol/http/operator.ts";
import { decodeSnapshot, encodeHead } from "../../tracker/core/snapshot.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { announceTo, type Reply } from "./announce-client.ts";
import { type FakeAuthority, memberOf, SECRET, startFakeAuthority } from "./fake-authority.ts";

const FREE = "f".repeat(40);
const PAID = "a".repeat(40);
const [ALICE, BOB] = [memberOf("a1"), memberOf("b0")];
const SIGNED = { fg_at: "1000", fg_sig: "ab".repeat(64) };

const answer = ({ infoHash, session }: TrackerAnnounce): TrackerAnswer => ({
  isKnown: true,
  isPaid: infoHash === PAID,
  sizeBytes: 100,
  grant: session && { lanes: [], shortage: null },
});

let directory: string;
let authority: FakeAuthority;
let tracker: Tracker;
let logged: string[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-tracker-"));
  logged = [];
  authority = await startFakeAuthority(answer);
  tracker = await start();
});
afterEach(async () => {
  await tracker.stop();
  await authority.stop();
  rmSync(directory, { recursive: true });
});

const swarmFile = (): string => join(directory, "tracker-swarms");
const start = (): Promise<Tracker> =>
  startTracker({
    authorityUrl: authority.url,
    operatorSecret: SECRET,
    swarmFile: swarmFile(),
    log: (line) => logged.push(line),
  });

const announce = (infoHash: string, port: number, extra: Record<string, string> = {}): Promise<Reply> =>
  announceTo(tracker.url, infoHash, port, extra);

test("a tracker that starts anew knows its peers, also while the authority is away", async () => {
  await announce(FREE, 1001, { left: "0" });
  await announce(PAID, 1002, { left: "0", fg_token: ALICE.token, fg_port: "2001" });
  await tracker.stop();
  expect(statSync(swarmFile()).mode & 0o777).toBe(0o600);
  await authority.stop();
  tracker = await start();
  expect(await announce(FREE, 1003)).toMatchObject({ peers: ["127.0.0.1:1001"], complete: 1 });
  const paid = await announce(PAID, 1004, { fg_token: BOB.token, ...SIGNED });
  expect(paid).toMatchObject({ peers: ["127.0.0.1:1002"], complete: 1 });
});

test("it is right again within seconds of a kill, since the file is written all the time", async () => {
  await announce(FREE, 1001, { left: "0" });
  const hasPeer = (): boolean => {
    try {
      return decodeSnapshot(readFileSync(swarmFile()))?.peers.length === 1;
    } catch {
      return false;
    }
  };
  await expect.poll(hasPeer).toBe(true);
});

test("peers that were heard of too long ago, or at a time to come, do not come back", async () => {
  await announce(FREE, 1001, { left: "0" });
  await tracker.stop();
  const records = readFileSync(swarmFile()).subarray(encodeHead(0).length);
  for (const savedAt of [Date.now() - 3 * 60_000 - 1, Date.now() + 3_600_000]) {
    writeFileSync(swarmFile(), Buffer.concat([encodeHead(savedAt), records]));
    tracker = await start();
    expect((await announce(FREE, 1003)).peers).toEqual([]);
    await tracker.stop();
  }
  tracker = await start();
});

test.each(["", "{}", "FGSWARM1", `FGSWARM1${"x".repeat(1_000)}`])(
  "a damaged file (%s) stops nobody",
  async (content) => {
    await tracker.stop();
    writeFileSync(swarmFile(), content);
    tracker = await start();
    expect((await announce(FREE, 1001)).reason).toBeUndefined();
  },
);

test("a file that cannot be written is named once, and stops nobody", async () => {
  await tracker.stop();
  const path = join(directory, "none", "tracker-swarms");
  const log = (line: string): void => void logged.push(line);
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, swarmFile: path, log });
  expect((await announce(FREE, 1001)).reason).toBeUndefined();
  await tracker.stop();
  expect(logged.filter((line) => line.startsWith(`cannot keep the swarms in ${path}`)).length).toBe(1);
  tracker = await start();
});
