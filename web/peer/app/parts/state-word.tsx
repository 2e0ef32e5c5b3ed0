import type { ContentJson } from "../../../../protocol/http/peer.ts";
import { needsOwner } from "../listing.ts";

const WORDS: Readonly<Record<ContentJson["state"], string>> = {
  ...{ paused: "resting", checking: "looking at files", downloading: "downloading" },
  ...{ caching: "caching", seeding: "on offer", failed: "failed", limited: "month used up" },
};
const TONES: Readonly<Record<ContentJson["state"], string>> = {
  ...{
    paused: "",
    checking: "wait",
    downloading: "wait",
    caching: "good",
    seeding: "good",
    failed: "bad",
    limited: "wait",
  },
};

/** What a content does, in its own word; colour repeats it. */
export function StateWord({ content }: { content: ContentJson }) {
  const isStuck = content.state !== "failed" && needsOwner(content);
  return (
    <span class={`state ${isStuck ? "bad" : TONES[content.state]}`}>
      {isStuck ? "stands still" : WORDS[content.state]}
    </span>
  );
}
