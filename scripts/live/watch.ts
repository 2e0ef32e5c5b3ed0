import { AuthorityClient } from "../../client/authority-client.ts";
import { readStoredVouchers } from "../../client/store/peer-store.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { BatchPicture } from "../../web/live/picture.ts";
import { openChainView } from "../devnet/chain-view.ts";
import { createChainReader } from "./chain-reader.ts";
import type { HeldLane, Scene } from "./scene.ts";

/** Where the chain and the authority are asked. */
export interface Watched {
  readonly rpcUrl: string;
  readonly contract: Address;
  readonly token: Address;
  readonly apiUrl: string;
  readonly operator: Address;
  readonly symbol: string;
  readonly decimals: number;
}

const BATCHES_EVERY = 4;

/**
 * Looks into stores, chain and API for the scene. `look` never fails: what cannot be read stays as
 * it was.
 */
export interface Watch {
  look(): Promise<void>;
}

export function watchNetwork(scene: Scene, network: Watched): Watch {
  const { apiUrl, rpcUrl, contract, token, operator, symbol, decimals } = network;
  scene.token = { symbol, decimals };
  scene.authority = { url: apiUrl, isReachable: true };
  const authority = new AuthorityClient({ url: apiUrl, timeoutMs: 2_000 });
  const view = openChainView(rpcUrl, contract, token);
  const nameOf = (address: string): string | null => {
    const who = address.toLowerCase();
    if (who === operator) return "authority";
    return scene.actors.find(({ account }) => account === who)?.name ?? null;
  };
  const chain = createChainReader(rpcUrl, nameOf);
  const balances = new Map<string, number>();
  let looks = 0;

  const lookAtChain = async (): Promise<void> => {
    const { height, blocks, isNew } = await chain.read();
    scene.height = height;
    scene.blocks = blocks;
    const unread = scene.actors.filter(({ account }) => isNew || !balances.has(account));
    await Promise.all(
      unread.map(async ({ name, account }) => {
        scene.own(name, await view.balanceOf(account));
        balances.set(account, height);
      }),
    );
  };
  const lookAtAuthority = async (): Promise<void> => {
    if (looks++ % BATCHES_EVERY !== 0) return;
    try {
      const batches = await authority.batches();
      scene.authority = { url: apiUrl, isReachable: true };
      scene.batches = batches.map(pictureOf);
    } catch {
      scene.authority = { url: apiUrl, isReachable: false };
    }
  };
  return {
    async look() {
      // Before a peer speaks its store may be in the making.
      for (const { name, home } of scene.speaking) {
        const held = heldIn(home);
        if (held) scene.hold(name, held);
      }
      await Promise.allSettled([lookAtChain(), lookAtAuthority()]);
    },
  };
}

/** Null: its store is not there yet, or taken. */
function heldIn(home: string): readonly HeldLane[] | null {
  try {
    return readStoredVouchers(home).map(({ allotment, amount }) => ({
      ...{ payer: allotment.payer, infoHash: allotment.infoHash, pricePerGiB: allotment.pricePerGiB, amount },
    }));
  } catch {
    return null;
  }
}

function pictureOf(batch: Awaited<ReturnType<AuthorityClient["batches"]>>[number]): BatchPicture {
  const { batch: number, state, kind, rows, skipped, total, fee } = batch;
  return { number, state, kind, rows: rows - skipped, total, fee };
}
