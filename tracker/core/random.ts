/**
 * Numbers from 0 to below `below`, at most 2^32: xoshiro128** (Blackman and Vigna, 2018), which is
 * fast and good enough for choosing peers. `seed`: four random 32-bit words, not all 0.
 */
export function createRandom(seed: readonly [number, number, number, number]): (below: number) => number {
  let [a, b, c, d] = seed;
  return (below) => {
    const five = Math.imul(b, 5);
    const word = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return Math.floor((word / 0x1_0000_0000) * below);
  };
}
