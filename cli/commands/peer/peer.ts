import type { Command } from "commander";
import type { Runtime } from "../../runtime.ts";
import { addConnectCommands } from "./connect.ts";
import { addContentCommands } from "./contents.ts";
import { addListCommands } from "./list.ts";
import { addMoneyCommands } from "./money.ts";
import { addSettingCommands } from "./settings.ts";
import { addStartCommands } from "./start.ts";
import { addPageCommand } from "./ui.ts";

/** `floodgate peer`: one process for all contents of a home, and the commands that ask it. */
export function addPeerCommands(program: Command, runtime: Runtime): void {
  const peer = program
    .command("peer")
    .summary("one peer for all contents of this home")
    .description("One long-running peer for all contents of this home, and the commands that ask it.");
  addStartCommands(peer, runtime);
  addContentCommands(peer, runtime);
  addListCommands(peer, runtime);
  addSettingCommands(peer, runtime);
  addMoneyCommands(peer, runtime);
  addPageCommand(peer, runtime);
  addConnectCommands(peer, runtime);
}
