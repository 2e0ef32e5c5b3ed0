import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import { urlArgument } from "../arguments.ts";
import { type ListenOptions, withListening } from "../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface DoctorOptions extends CommonOptions, ListenOptions {
  readonly rpc?: string;
  readonly name?: string;
}

export function addDoctorCommand(program: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(program, "doctor", "look for what keeps this home from downloading, seeding and earning", [
        "doctor",
        "doctor --name home.example.org",
        "doctor --host 192.0.2.7 --torrent-port 6881 --voucher-port 6882",
      ]),
    ),
  )
    .option("--name <name>", "a DNS name of this machine: does it lead to where the tracker sees it?", nameArgument)
    .option("--rpc <url>", "also look at this chain node", urlArgument)
    .action((options: DoctorOptions) => runDoctor(contextOf(runtime, options), options));
}

/** RFC 1123, 2.1. */
function nameArgument(text: string): string {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (text.length > 253 || !new RegExp(`^(?:${label}\\.)*${label}\\.?$`, "i").test(text))
    throw new InvalidArgumentError("Write a name like home.example.org.");
  return text;
}

/** @throws {InputError} UNHEALTHY */
async function runDoctor(context: CommandContext, options: DoctorOptions): Promise<void> {
  const [{ examine }, { formatFindings }] = await Promise.all([
    import("../doctor/examine.ts"),
    import("../doctor/judge.ts"),
  ]);
  const { file, environment } = context.passphrase;
  const findings = await examine({
    directory: context.home,
    home: await openHome(context),
    canRenew: file !== undefined || environment !== undefined,
    listen: { host: options.host, ports: [...new Set([options.torrentPort, options.voucherPort])] },
    rpc: options.rpc ?? null,
    name: options.name ?? null,
    signal: context.signal,
  });
  const problems = findings.filter(({ state }) => state === "problem").length;
  context.output.event("done", { findings, problems }, formatFindings(findings));
  if (problems > 0) throw new InputError("UNHEALTHY", `${problems} problem(s): each line says what to do`);
}
