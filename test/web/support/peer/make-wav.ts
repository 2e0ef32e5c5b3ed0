/** A sound of so many seconds (RIFF WAVE, PCM): 16 bits, mono, a tone that rises each second. */
export function makeWav(seconds: number, samplesPerSec = 44_100): Buffer {
  const HEADER = 44;
  const bytes = Buffer.alloc(HEADER + 2 * seconds * samplesPerSec);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(samplesPerSec, 24);
  bytes.writeUInt32LE(2 * samplesPerSec, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(bytes.length - HEADER, 40);
  for (let i = 0; i < seconds * samplesPerSec; i++) {
    const hertz = 220 + 4 * Math.floor(i / samplesPerSec);
    bytes.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * i) / samplesPerSec)), HEADER + 2 * i);
  }
  return bytes;
}
