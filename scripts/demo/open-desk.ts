import { BREAK_CASES } from "../break-it/all.ts";
import type { BreakCase } from "../break-it/case.ts";
import { BreakDesk } from "../break-it/desk.ts";
import { createPerformer, type Performer } from "../break-it/perform.ts";
import type { CreateRunner, Onlooker } from "../cheats/arena.ts";
import { CommandRunner } from "../devnet/command.ts";
import type { World } from "../devnet/world.ts";
import type { Live } from "../live/live.ts";

type Place = Pick<World, "directory" | "network" | "devnet">;

/** Cases run commands as a user does, and the page shows them. */
export function shownRunner({ scene }: Live, { directory }: Place): CreateRunner {
  return (environment) =>
    new CommandRunner(environment, (line) => scene.say("command", line.replaceAll(directory, "$DEMO")));
}

/** Opens the live page's desk on the network of the story, which has been told. */
export function openDesk(live: Live, world: Place, createRunner: CreateRunner): Performer {
  const { scene } = live;
  const performer = createPerformer(world, createRunner, (one) => onlookerOf(live, one));
  const desk = new BreakDesk(BREAK_CASES, async (one, say) => {
    scene.begin(`Break it: ${one.title}.`, []);
    try {
      return await performer.perform(one, (step) => {
        scene.say("step", step);
        say(step);
      });
    } finally {
      live.watch(world.network);
    }
  });
  scene.desk = () => desk.read();
  live.onStart((id) => void desk.start(id));
  return performer;
}

/** Shows a case's actors on the page. */
function onlookerOf({ scene, watch }: Live, { cheats }: BreakCase): Onlooker {
  return {
    entered: ({ name, account, home }) => scene.enter({ name, account, home, isCheat: cheats.includes(name) }),
    published: ({ infoHash, title, sizeBytes: bytesTotal, pricePerGiB }) =>
      scene.publish({ infoHash, title, bytesTotal, pricePerGiB }),
    said: (name, line) => scene.hear(name, line),
    left: (name) => scene.leave(name),
    movedTo: ({ network }) => watch(network),
  };
}
