import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const BYTES = 6 * 1024 * 1024 + 77;
const TAIL_BYTES = 100_000;

let world: SharedWorld;
let seeder: Customer;
let viewer: Customer;
/** The content that came last. */
let played: string;
beforeAll(async () => {
  world = await shareWorld();
  [seeder, viewer] = await Promise.all([world.customer("seeder"), world.customer("viewer")]);
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([
  ["paid", "1.00", owed(BYTES, 1_000_000n)],
  ["free", "0", 0n],
] as const)(
  "a %s film is played from its end and from its start while it comes, and until Ctrl-C",
  async (name, price, cost) => {
    const path = world.randomFile(`${name}.mp4`, BYTES);
    const original = readFileSync(path);
    const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", seeder.home]);
    played = String(infoHash);
    const seed = world.runner.start(["seed", played, "--file", path, "--home", seeder.home]);
    await seed.event("ready");

    const events: unknown[] = [];
    const out = join(viewer.home, "films");
    const get = world.runner.start(
      ["get", String(infoHash), "--out", out, "--stream", "--home", viewer.home],
      (line: Line) => void events.push(line.event),
    );
    const done = get.event("done");
    const url = String((await get.event("stream")).url);
    const end = await fetch(url, { headers: { range: `bytes=-${TAIL_BYTES}` } });
    expect(end.status).toBe(206);
    expect(Buffer.from(await end.arrayBuffer()).equals(original.subarray(-TAIL_BYTES))).toBe(true);
    const whole = await fetch(url);
    expect(whole.headers.get("content-type")).toBe("video/mp4");
    expect(Buffer.from(await whole.arrayBuffer()).equals(original)).toBe(true);

    expect(await done).toMatchObject({ path: join(out, `${name}.mp4`), bytesDone: BYTES, paid: cost.toString() });
    const isOfTheStream = (event: unknown) => ["first-piece", "stream", "done"].includes(String(event));
    expect(events.filter(isOfTheStream)).toEqual(["first-piece", "stream", "done"]);
    const again = await fetch(url, { headers: { range: "bytes=1000-1999" } });
    expect(Buffer.from(await again.arrayBuffer()).equals(original.subarray(1000, 2000))).toBe(true);
    await Promise.all([get.stop(), seed.stop()]);
    expect(await get.exited()).toBe(0);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  },
);

test("a file that is there already is played at once", async () => {
  const out = join(viewer.home, "films");
  const get = world.runner.start(["get", played, "--out", out, "--stream", "--home", viewer.home]);

  const url = String((await get.event("stream")).url);
  expect((await (await fetch(url)).bytes()).length).toBe(BYTES);
  await get.stop();
});
