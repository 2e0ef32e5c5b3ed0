/** Warnings of a run that goes on. */
export interface WarnOnce {
  (message: string): void;
  /** What was wrong is over: if it comes back, it is told again. */
  forget(): void;
}

/** So many different warnings are remembered. */
const MAX_TOLD = 100;

/**
 * Shows each warning once, so that what fails at every announce, alone or in turn with something
 * else, does not fill the terminal.
 */
export function createWarnOnce(show: (message: string) => void): WarnOnce {
  const told = new Set<string>();
  const warn = (message: string): void => {
    if (told.has(message)) return;
    if (told.size >= MAX_TOLD) told.clear();
    told.add(message);
    show(message);
  };
  return Object.assign(warn, { forget: () => told.clear() });
}
