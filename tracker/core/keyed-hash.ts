/**
 * HalfSipHash-1-3: 32-bit hashes under a secret key. Peers choose what is hashed, and must not be
 * able to choose where it lands. Feed words to `add` between `begin` and `end`.
 */
export class KeyedHash {
  readonly #k0: number;
  readonly #k1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  /** `key`: two random 32-bit words. */
  constructor(key: readonly [number, number]) {
    [this.#k0, this.#k1] = [key[0] | 0, key[1] | 0];
  }

  begin(): void {
    this.#v0 = this.#k0;
    this.#v1 = this.#k1;
    this.#v2 = 0x6c796765 ^ this.#k0;
    this.#v3 = 0x74656462 ^ this.#k1;
  }

  add(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
  }

  /** Whole 32-bit words of `bytes` in [from, to); bytes that are left make one more. */
  addBytes(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at += 4) {
      const last = Math.min(at + 4, to);
      let word = 0;
      for (let i = at; i < last; i++) word = (word << 8) | (bytes[i] as number);
      this.add(word);
    }
  }

  /** An unsigned 32-bit number. */
  end(): number {
    this.#v2 ^= 0xff;
    this.#round();
    this.#round();
    this.#round();
    return (this.#v1 ^ this.#v3) >>> 0;
  }

  #round(): void {
    let [v0, v1, v2, v3] = [this.#v0, this.#v1, this.#v2, this.#v3];
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
