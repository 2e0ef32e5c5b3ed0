import type { Command, Line } from "../../scripts/devnet/command.ts";
import { InProcessRunner } from "../../scripts/devnet/in-process-runner.ts";
import { startWorld as startWorldWith, type World } from "../../scripts/devnet/world.ts";

export type { World };

/** KiB a second. It plays a slower machine; tests that need a slow download limit it themselves. */
const UPLOAD_LIMIT = process.env.FLOODGATE_TEST_UPLOAD_LIMIT;
const OPTION = "--upload-limit";

/** A world whose peers upload no faster than the machine that the tests play. */
export function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
): Promise<World> {
  return startWorldWith(deployOptions, authorityOptions, (environment) => new TestRunner(environment));
}

export class TestRunner extends InProcessRunner {
  override start(args: readonly string[], onLine?: (line: Line) => void): Command {
    return super.start(args[0] === "seed" || args[0] === "get" ? limitUpload(args) : args, onLine);
  }
}

/** The lower of the test's own limit and the machine's. */
function limitUpload(args: readonly string[]): readonly string[] {
  if (UPLOAD_LIMIT === undefined) return args;
  const index = args.indexOf(OPTION);
  if (index === -1) return [...args, OPTION, UPLOAD_LIMIT];
  const limit = Math.min(Number(args[index + 1]), Number(UPLOAD_LIMIT));
  return args.with(index + 1, String(limit));
}
