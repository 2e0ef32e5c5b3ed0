import { parentPort } from "node:worker_threads";
import { runTask, type SigningTask } from "./signing-task.ts";

/** A thread that signs and recovers. It answers in the order in which it was asked. */
parentPort?.on("message", (task: SigningTask) => parentPort?.postMessage(runTask(task)));
