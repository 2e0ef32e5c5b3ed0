import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandRunner, MAIN } from "../../scripts/devnet/command.ts";
import { type NetworkPlaces, startNetwork } from "../../scripts/devnet/network.ts";

/**
 * One network for each process of tests, for all of its files that leave the network's own
 * processes alone. It starts when the first of them asks, and ends after all tests.
 */
export async function setup(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-networks-"));
  const environment = { FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex"), FLOODGATE_BLOCK_MS: "100" };
  const runner = new CommandRunner(environment, () => undefined, process.env.FLOODGATE_PROGRAM ?? MAIN);
  const networks = new Map<string, Promise<NetworkPlaces>>();
  let started = 0;
  const open = (name: string): Promise<NetworkPlaces> => {
    const known = networks.get(name);
    if (known) return known;
    const network = startNetwork(runner, join(directory, String(++started)));
    networks.set(name, network);
    // One that could not start fails the file that asked, and no other.
    network.catch(() => networks.delete(name));
    return network;
  };
  const server = createServer((request, response) => {
    open(String(request.url)).then(
      (network) => response.end(JSON.stringify(network, (key, value) => (key === "authority" ? undefined : value))),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env.FLOODGATE_TEST_NETWORKS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.closeAllConnections();
    server.close();
    await runner.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
}
