import { setTimeout } from "node:timers/promises";
import { errorWith } from "../../client/local-api/error-with.ts";
import type { LocalClient } from "../../client/local-api/local-client.ts";
import type { ContentJson } from "../../protocol/http/peer.ts";

/** How often a content whose files are looked at is asked for. */
const LOOK_MS = 200;

/** The content, once its files were looked at. @throws why it could not start */
export async function untilChecked(client: LocalClient, id: string, signal: AbortSignal): Promise<ContentJson> {
  for (;;) {
    const content = await client.content(id);
    if (content.state !== "checking") {
      if (content.state !== "failed" || !content.problem) return content;
      throw errorWith(content.problem.code, content.problem.message);
    }
    await setTimeout(LOOK_MS, null, { signal });
  }
}
