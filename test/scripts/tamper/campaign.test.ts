import { beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../../audit/checks.ts";
import { type Campaign, isFound, runCampaign } from "../../../scripts/tamper/campaign.ts";
import { campaignToJson, formatCampaign } from "../../../scripts/tamper/format-campaign.ts";
import { KINDS } from "../../../scripts/tamper/kinds/all.ts";
import type { Kind } from "../../../scripts/tamper/kinds/kind.ts";
import { observe } from "../../../scripts/tamper/observe.ts";
import { createRandom } from "../../../scripts/tamper/random.ts";
import { type Recording, record } from "../../../scripts/tamper/recording.ts";

const SEEDS = ["fifth", "e"];
/** test/audit/lies.test.ts tells a lie of each kind. */
const SOME = KINDS.filter((_, index) => index % 20 === 0);
const RUNS = 2 * SOME.length;

const recordings = new Map<string, Recording>();
let campaign: Campaign;
beforeAll(async () => {
  for (const seed of SEEDS) recordings.set(seed, await record(seed));
  campaign = await run(SOME, RUNS);
});

function run(kinds: readonly Kind[], runs: number, histories = SEEDS): Promise<Campaign> {
  const recorded = async (seed: string): Promise<Recording> => recordings.get(seed) as Recording;
  return runCampaign({ histories, runs, kinds, record: recorded, ...observe });
}

describe("recorded histories", () => {
  test("are clean", () => {
    expect(campaign.falseAlarms).toEqual([]);
    expect(campaign.cleanRuns).toBe(2);
  });

  test("hold what an audit must see through: exits, claims, fees, keys and skipped rows", () => {
    const kinds = new Set(
      [...recordings.values()].flatMap(({ history }) =>
        history.flatMap(({ events }) => events.map(({ kind }) => kind)),
      ),
    );
    for (const kind of [
      "Withdrawn",
      "Released",
      "Claimed",
      "RowSkipped",
      "ClaimSkipped",
      "FeeSet",
      "AllotterRetired",
      "BondWithdrawn",
    ])
      expect(kinds).toContain(kind);
  });

  test("are the same for the same seed", async () => {
    const again = await record("fifth");
    expect(again).toEqual(recordings.get("fifth"));
  });
});

describe("one lie at a time", () => {
  test("each kind that can be told is told, the one told least first", () => {
    expect(SOME.length).toBeGreaterThan(10);
    const told = new Set(campaign.verdicts.map(({ kind }) => kind));
    expect(SOME.filter(({ name }) => !told.has(name))).toEqual([]);
    expect(campaign.verdicts).toHaveLength(RUNS);
  });

  test("each is found, under the right check", () => {
    expect(campaign.verdicts.filter((verdict) => !isFound(verdict))).toEqual([]);
  });

  test("each names checks that there are", () => {
    const names = campaign.verdicts.flatMap(({ expected }) => expected);
    expect(names.filter((name) => !(name in CHECKS))).toEqual([]);
  });

  test("leaves the recording as it was", () => {
    const recording = recordings.get("fifth") as Recording;
    const before = structuredClone(recording);
    for (const kind of KINDS) kind.tell(recording, createRandom(kind.name));
    expect(recording).toEqual(before);
  });
});

describe("a campaign", () => {
  const honest: Kind = { name: "nothing", tell: (recording) => ({ recording, checks: ["fee"] }) };
  const crashing: Kind = {
    name: "no facts",
    tell: (recording) => ({ recording: { ...recording, history: [null as never] }, checks: ["fee"] }),
  };

  test("counts what is not found, and says how to repeat it", async () => {
    const missed = await run([honest], 3, ["fifth", "e"]);
    expect(missed.verdicts.map(isFound)).toEqual([false, false, false]);
    expect(formatCampaign(missed, [honest])).toContain(
      'MISSED nothing: due fee; the audit found nothing. Again: npm run audit:tamper -- --history e --kind "nothing" --runs 2',
    );
    expect(campaignToJson(missed, [honest])).toBe('{"kinds":1,"runs":3,"found":0,"cleanRuns":2,"falseAlarms":0}');
  });

  test("takes a crash of the audit for a miss", async () => {
    const { verdicts } = await run([crashing], 1, ["fifth"]);
    expect(verdicts.map(isFound)).toEqual([false]);
    expect(verdicts[0]?.crash).toMatch(/TypeError/);
  });

  test("takes a finding about an honest history for a false alarm", async () => {
    const [first] = recordings.values();
    const robbed = { ...(first as Recording), held: 0n };
    const { falseAlarms } = await runCampaign({
      histories: ["robbed"],
      runs: 1,
      kinds: [honest],
      record: async () => robbed,
      ...observe,
    });
    expect(falseAlarms[0]?.sentences[0]).toMatch(/^solvency: the contract holds 0 for debts of/);
  });

  test("repeats a lie by its seeds", () => {
    const recording = recordings.get("fifth") as Recording;
    const [one, other] = ["first/1", "first/2"].map((seed) => KINDS[0]?.tell(recording, createRandom(seed)));
    expect(KINDS[0]?.tell(recording, createRandom("first/1"))).toEqual(one);
    expect(other).not.toEqual(one);
  });
});
