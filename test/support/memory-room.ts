import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

/**
 * Where stores lie that outlive a process and no machine: kill -9 loses nothing that was written.
 * In memory nothing waits for a disk, which took most of such a test's time.
 */
export const MEMORY_ROOM = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
