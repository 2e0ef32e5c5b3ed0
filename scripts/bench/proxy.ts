import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { stdout } from "node:process";
import { formatBytes } from "../../protocol/base/units.ts";
import { sha256Of } from "../devnet/file-hash.ts";
import { startWorld } from "../devnet/world.ts";
import { readOptions } from "../options.ts";
import { CLIENTS } from "./proxy/clients.ts";
import { measureGet, measureProxy, type Speed } from "./proxy/measure.ts";
import { writeWave } from "./proxy/wave-file.ts";
import { formatQuartiles, quartiles } from "./statistics.ts";

/** `npm run bench:proxy`: paid contents for programs that know nothing of Floodgate. */

const HELP = `Usage: npm run bench:proxy -- [OPTIONS]

One seeder, one file. First \`get --stream\`, \`get\` and a plain request to a running \`floodgate proxy\`, in turns: the time
until 256 KiB can be read, and bytes per second from the first piece to the end. Then each program downloads the file
through the proxy, which buys it anew, and the bytes are compared.

  --mebibytes N  size of the file (1024)
  --rounds N     turns of the comparison (5)
  --clients A,B  of ${CLIENTS.map(({ name }) => name).join(", ")} (all that are installed)
  --smoke        8 MiB, one round, urllib: proves that it works
  --json         one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  mebibytes: { type: "string" },
  rounds: { type: "string" },
  clients: { type: "string" },
});
const bytes = Number(values.mebibytes ?? (values.smoke ? 8 : 1_024)) * 2 ** 20;
const rounds = Number(values.rounds ?? (values.smoke ? 1 : 5));
const wanted = (values.clients ?? (values.smoke ? "urllib" : "")).split(",").filter((name) => name !== "");
const say = (line: string): void => void stdout.write(`${line}\n`);

await using world = await startWorld();
const { runner, directory } = world;
const path = join(directory, "noise.wav");
writeWave(path, bytes);
const seller = await world.customer("seller");
const { infoHash } = await runner.run(["publish", path, "--price", "0.01", "--home", seller.home]);
const id = String(infoHash);
await runner.start(["seed", id, "--file", path, "--home", seller.home]).event("ready");
const [getter, reader] = await Promise.all([world.customer("getter"), world.customer("reader")]);
const started = runner.start(["proxy", "--out", join(directory, "cache"), "--home", reader.home]);
const url = String((await started.event("ready")).url);
const file = `${url}${id}/noise.wav`;

/** The next reader buys it again. */
async function forget(): Promise<void> {
  await runner.run(["peer", "rm", id, "--data", "--home", reader.home]);
}

const [get, proxy]: [Speed[], Speed[]] = [[], []];
for (let round = 0; round < rounds; round++) {
  const byGet = async (): Promise<void> =>
    void get.push(await measureGet(runner, { id, home: getter.home, out: join(directory, "out"), bytes }));
  const byProxy = async (): Promise<void> => {
    proxy.push(await measureProxy(file));
    await forget();
  };
  for (const turn of round % 2 === 0 ? [byGet, byProxy] : [byProxy, byGet]) await turn();
}
const of = (speeds: readonly Speed[], figure: keyof Speed) => quartiles(speeds.map((speed) => speed[figure]));
const rate = (speeds: readonly Speed[]): string => formatQuartiles(of(speeds, "mebibytesPerSecond"), 1);
const first = (speeds: readonly Speed[]): string => formatQuartiles(of(speeds, "firstByteMs"), 0);
say(`get:   ${rate(get)} MiB/s, 256 KiB after ${first(get)} ms (--stream)`);
say(`proxy: ${rate(proxy)} MiB/s, 256 KiB after ${first(proxy)} ms`);
say(`medians (quartiles) of ${rounds} rounds, ${formatBytes(bytes)}, on ${availableParallelism()} cores`);

const hash = await sha256Of(path);
const clients: string[] = [];
let equal = true;
for (const client of CLIENTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const missing = client.missing();
  if (missing !== null) {
    say(`${client.name}: left out, ${missing}`);
    continue;
  }
  const into = join(directory, client.name);
  mkdirSync(into);
  const startedAtMs = performance.now();
  const got = await client.fetch({ file, torrent: `${url}${id}.torrent`, path: "noise.wav" }, into);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const isEqual = (await sha256Of(got)) === hash;
  say(`${client.name}: ${isEqual ? "equal" : "DIFFERENT"} after ${seconds.toFixed(1)} s`);
  clients.push(client.name);
  equal &&= isEqual;
  rmSync(into, { recursive: true });
  await forget();
}
if (values.json) {
  const ratio = (figure: keyof Speed): number =>
    Math.round((100 * of(proxy, figure).median) / of(get, figure).median) / 100;
  say(
    JSON.stringify({
      throughputRatio: ratio("mebibytesPerSecond"),
      firstByteRatio: ratio("firstByteMs"),
      clients,
      equal,
    }),
  );
}
if (!equal) process.exitCode = 1;
