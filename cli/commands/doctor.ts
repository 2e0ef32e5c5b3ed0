import type { Command } from "commander";
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
}

export function addDoctorCommand(program: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(program, "doctor", "look for what keeps this home from downloading, seeding and earning", [
        "doctor",
        "doctor --host 192.0.2.7 --torrent-port 6881 --voucher-port 6882",
      ]),
    ),
  )
    .option("--rpc <url>", "also look at this chain node", urlArgument)
    .action((options: DoctorOptions) => runDoctor(contextOf(runtime, options), options));
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
    signal: context.signal,
  });
  const problems = findings.filter(({ state }) => state === "problem").length;
  context.output.event("done", { findings, problems }, formatFindings(findings));
  if (problems > 0) throw new InputError("UNHEALTHY", `${problems} problem(s): each line says what to do`);
}
