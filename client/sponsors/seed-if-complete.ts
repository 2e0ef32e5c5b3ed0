import { InputError } from "../../protocol/base/errors.ts";
import type { ContentRequest, Peer } from "../peer.ts";
import type { Content } from "../torrent/content/content.ts";

/** Serves what is whole on the disk. Null: something is missing, or is another file. */
export async function seedIfComplete(
  peer: Pick<Peer, "seed">,
  request: ContentRequest & { readonly path: string },
): Promise<Content | null> {
  try {
    return await peer.seed(request);
  } catch (error) {
    if (error instanceof InputError && /^FILE_(MISMATCH|UNREADABLE)$/.test(error.code)) return null;
    throw error;
  }
}
