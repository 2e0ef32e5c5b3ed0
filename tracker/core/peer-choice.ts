import { MAX_NUMWANT } from "../../protocol/base/constants.ts";

/** Peers of one prefix in a reply, as long as there are others to name. */
const MAX_PER_PREFIX = 8;
/** Peers looked at for each that is wanted: what finds the others in a crowd of one prefix. */
const LOOKS = 4;

export interface ChoiceOptions {
  /** The slot that asks; -1: it has none. */
  readonly self: number;
  /** More than MAX_NUMWANT are never chosen. */
  readonly wanted: number;
  /** Hashes of the slots' prefixes. */
  readonly prefixes: Uint32Array;
  /** A number from 0 to below `below`. */
  readonly randomBelow: (below: number) => number;
}

/**
 * How often each prefix was chosen: a hash table by open addressing. Prefixes that differ never
 * count as one, so nobody is left out for another's crowd. All counts are 0 between calls.
 */
const PLACES = 256;
const hashAt = new Uint32Array(PLACES);
const chosenAt = new Uint8Array(PLACES);

/** The place of a prefix, which is the first free one if it has none. Most stay free. */
function placeOf(hash: number): number {
  let place = hash % PLACES;
  while (chosenAt[place] !== 0 && hashAt[place] !== hash) place = (place + 1) % PLACES;
  hashAt[place] = hash;
  return place;
}

/**
 * Chooses slots at random, each as likely as the others of its prefix. It looks at a few for each
 * that is wanted, so that a swarm's size does not matter. An address with many places gets few of
 * the reply's while there are others.
 */
export function choosePeers(lists: readonly (readonly number[])[], options: ChoiceOptions): number[] {
  const { self, prefixes, randomBelow } = options;
  const wanted = Math.min(options.wanted, MAX_NUMWANT);
  let total = 0;
  for (const list of lists) total += list.length;
  const chosen: number[] = [];
  const spare: number[] = [];
  const taken: number[] = [];
  if (total === 0 || wanted <= 0) return chosen;
  const stride = chooseStride(total, randomBelow);
  let at = randomBelow(total);
  for (let looks = Math.min(total, LOOKS * wanted); looks > 0 && chosen.length < wanted; looks--) {
    const slot = slotAt(lists, at);
    at = (at + stride) % total;
    if (slot === self) continue;
    const place = placeOf(prefixes[slot] as number);
    const count = chosenAt[place] as number;
    if (count >= MAX_PER_PREFIX) {
      spare.push(slot);
    } else {
      if (count === 0) taken.push(place);
      chosenAt[place] = count + 1;
      chosen.push(slot);
    }
  }
  for (const place of taken) chosenAt[place] = 0;
  for (let i = 0; i < spare.length && chosen.length < wanted; i++) chosen.push(spare[i] as number);
  return chosen;
}

function slotAt(lists: readonly (readonly number[])[], at: number): number {
  let rest = at;
  for (const list of lists) {
    if (rest < list.length) return list[rest] as number;
    rest -= list.length;
  }
  return -1;
}

/** Steps of this length meet each of `total` before one twice. */
function chooseStride(total: number, randomBelow: (below: number) => number): number {
  for (;;) {
    const stride = 1 + randomBelow(Math.max(1, total - 1));
    if (gcd(stride, total) === 1) return stride;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
