import type { FlowPicture } from "./picture.ts";

/** What went from one peer to another between two pictures. */
export interface Growth {
  readonly seller: string;
  readonly buyer: string;
  /** Bytes whose pieces were paid. */
  readonly bytes: number;
}

/** What has been sold since the picture before: this, and nothing else, moves on the page. */
export function growthOf(before: readonly FlowPicture[], now: readonly FlowPicture[]): Growth[] {
  const known = new Map(before.map((flow) => [`${flow.seller} ${flow.buyer}`, flow.bytes]));
  return now
    .map(({ seller, buyer, bytes }) => ({
      ...{ seller, buyer },
      bytes: bytes - (known.get(`${seller} ${buyer}`) ?? 0),
    }))
    .filter(({ bytes }) => bytes > 0);
}
