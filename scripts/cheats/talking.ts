import type { Command, CommandRunner, Line } from "../devnet/command.ts";

/**
 * A `floodgate` command that runs on, and all that it has said: what was said before somebody asks
 * is not missed.
 */
export interface Talking {
  readonly lines: readonly Line[];
  /**
   * The first line that matches, said already or still to come. @throws {FloodgateError}
   * COMMAND_FAILED
   */
  said(matches: (line: Line) => boolean): Promise<Line>;
  /** The newest progress line. */
  readonly progress: Line;
  /** After this many more progress lines: one a second of the process's own life. */
  lives(lines: number): Promise<void>;
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** Who hears what a command says, and that it has ended. */
export interface Listener {
  said(line: Line): void;
  ended(): void;
}

export function startTalking(runner: CommandRunner, args: readonly string[], listener?: Listener): Talking {
  const lines: Line[] = [];
  const command: Command = runner.start(args, (line) => {
    lines.push(line);
    listener?.said(line);
  });
  void command.exited().then(() => listener?.ended());
  return {
    lines,
    async said(matches) {
      return lines.find(matches) ?? command.line(matches);
    },
    get progress() {
      return lines.findLast(isProgress) ?? {};
    },
    async lives(count) {
      // A matcher of its own for each wait: the command knows waits by their matcher.
      for (let i = 0; i < count; i++) await command.line((line) => isProgress(line));
    },
    stop: () => command.stop(),
    kill: () => command.kill(),
  };
}

export function warns(...words: readonly string[]): (line: Line) => boolean {
  return ({ event, message }) => event === "warning" && words.every((word) => String(message).includes(word));
}

function isProgress({ event }: Line): boolean {
  return event === "progress";
}
