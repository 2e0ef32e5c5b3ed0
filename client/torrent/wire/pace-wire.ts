import type { Wire } from "webtorrent";
import type { Pace } from "./pace.ts";

/** Of one content. */
export interface Paces {
  readonly up: Pace;
  readonly down: Pace;
}

/**
 * Keeps a wire to the paces of its content: blocks before they leave, and bytes after they came,
 * so that the remote's TCP window closes.
 */
export function paceWire(wire: Wire, { up, down }: Paces): void {
  const emit = wire.emit.bind(wire);
  wire.emit = (event, ...args) => {
    if (event !== "request") return emit(event, ...args);
    const [, , length] = args as [number, number, number];
    // One that was cancelled meanwhile is answered by nobody.
    up.take(length, () => wire.destroyed || emit(event, ...args));
    return true;
  };

  let release = (): void => undefined;
  const write = wire._write.bind(wire);
  wire._write = (data, done) =>
    write(data, (error) => {
      let isOver = false;
      const go = (): void => {
        if (isOver) return;
        isOver = true;
        done(error);
      };
      const giveUp = down.take(data.length, go);
      release = () => {
        giveUp();
        go();
      };
    });
  // A stream does not end while it writes.
  const end = wire.end.bind(wire);
  wire.end = (...args) => {
    release();
    return end(...args);
  };
  wire.once("close", () => release());
}
