import { randomFillSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

const HEADER_BYTES = 44;
const CHANNELS = 2;
const RATE = 48_000;
const SAMPLE_BYTES = 2;
const CHUNK_BYTES = 2 ** 22;

/** Noise that players play, in the largest format that needs no codec: RIFF WAVE, PCM. */
export function writeWave(path: string, bytes: number): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0);
  header.writeUInt32LE(bytes - 8, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * CHANNELS * SAMPLE_BYTES, 28);
  header.writeUInt16LE(CHANNELS * SAMPLE_BYTES, 32);
  header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes - HEADER_BYTES, 40);
  const file = openSync(path, "w");
  writeSync(file, header);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = HEADER_BYTES; at < bytes; at += chunk.length) {
    randomFillSync(chunk);
    writeSync(file, chunk, 0, Math.min(chunk.length, bytes - at));
  }
  closeSync(file);
}
