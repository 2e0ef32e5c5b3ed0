/** What a run has found; `failures` in words. */
export class Tally {
  passed = 0;
  readonly failures: string[] = [];
  hostileCases = 0;
  axeSerious = 0;
  screenshots = 0;

  check(isRight: boolean, what: string): void {
    if (isRight) this.passed++;
    else this.failures.push(what);
  }
}
