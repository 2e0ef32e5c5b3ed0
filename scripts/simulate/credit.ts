import Table from "cli-table3";

/**
 * What a newcomer may owe: how fast each rule lets it download, and what it lets cheats take
 * (docs/decisions/020). Pure numbers; nothing here runs on a network. Sizes are MiB, times ms.
 */

interface Content {
  readonly sizeMiB: number;
  readonly pieceMiB: number;
}

/** What a newcomer may owe on one content, and over all that it has not paid for yet. */
interface Rule {
  readonly perContent: (content: Content) => number;
  readonly perAccount: number;
  /** Beyond `perAccount`, each content still gives this many pieces. */
  readonly beyond: number;
  /** Grows by this part of what was paid in the same download. */
  readonly ofPaid: number;
}

/** Piece lengths as `publish` chooses them. */
const CONTENTS: readonly Content[] = [
  { sizeMiB: 8, pieceMiB: 1 / 16 },
  { sizeMiB: 64, pieceMiB: 1 / 16 },
  { sizeMiB: 256, pieceMiB: 1 / 4 },
  { sizeMiB: 1024, pieceMiB: 1 },
];

const before = ({ sizeMiB, pieceMiB }: Content): number => Math.max(8 * pieceMiB, sizeMiB / 50);
const withFloor =
  (leastMiB: number, part: number) =>
  (content: Content): number =>
    Math.max(before(content), Math.min(leastMiB, content.sizeMiB / part));

const UNBOUND = { perAccount: Number.POSITIVE_INFINITY, beyond: 0, ofPaid: 0 };
const RULES: Readonly<Record<string, Rule>> = {
  "8 pieces or 2 % (before)": { ...UNBOUND, perContent: before },
  "twice as much": { ...UNBOUND, perContent: (one) => 2 * before(one) },
  "grows by 1/16 of what is paid": { ...UNBOUND, perContent: before, ofPaid: 1 / 16 },
  "4 MiB at least": { ...UNBOUND, perContent: withFloor(4, 16) },
  "16 MiB at least": { ...UNBOUND, perContent: withFloor(16, 8) },
  "64 MiB an account": { perContent: before, perAccount: 64, beyond: 1, ofPaid: 0 },
  "4 MiB at least, 64 an account": { perContent: withFloor(4, 16), perAccount: 64, beyond: 1, ofPaid: 0 },
  "16 MiB at least, 64 an account": { perContent: withFloor(16, 8), perAccount: 64, beyond: 1, ofPaid: 0 },
};

/** MiB a second of the line, and ms from a paid block to the first block of its room. */
const LINKS = { loopback: { line: 250, turnMs: 10 }, "1 Gbit/s, 40 ms": { line: 119, turnMs: 90 } } as const;

/** Newcomers together owe at most three quarters of the budget; sellers share it equally. */
const FIRST_COMERS = 3 / 4;
/** No window is larger, whatever the credit. */
const MAX_WINDOW_MiB = 8;

/** Seconds for a newcomer, with half of the sellers mute where `mute` says so. */
function secondsOf(
  rule: Rule,
  content: Content,
  sellers: number,
  link: (typeof LINKS)[keyof typeof LINKS],
  mute: number,
) {
  const { sizeMiB, pieceMiB } = content;
  let gotMiB = 0;
  let ms = 0;
  let grownMiB = pieceMiB;
  while (gotMiB < sizeMiB) {
    const budget = rule.perContent(content) + rule.ofPaid * gotMiB;
    const share = Math.max(1, Math.floor((FIRST_COMERS * budget) / sellers / pieceMiB)) * pieceMiB;
    const window = Math.min(share, MAX_WINDOW_MiB, grownMiB);
    const perTurn = Math.min((sellers - mute) * window, (link.line * link.turnMs) / 1000);
    gotMiB += perTurn;
    ms += link.turnMs;
    grownMiB *= 2;
  }
  return ms / 1000;
}

/**
 * What one cheat's account takes that pays nothing, or the most of what is paid for growth, on so
 * many contents.
 */
function takenBy(rule: Rule, contents: readonly Content[]): { readonly stolenMiB: number; readonly paidMiB: number } {
  let [stolenMiB, paidMiB] = [0, 0];
  for (const content of contents) {
    const credit = rule.perContent(content);
    const isBeyond = stolenMiB + credit > Math.max(rule.perAccount, credit);
    stolenMiB += isBeyond ? rule.beyond * content.pieceMiB : credit + rule.ofPaid * content.sizeMiB * (1 - rule.ofPaid);
    if (rule.ofPaid > 0) paidMiB += content.sizeMiB * (1 - rule.ofPaid);
  }
  return { stolenMiB, paidMiB };
}

/** A cheat tries this many contents; an honest account buys this many. */
const TRIED = Array.from({ length: 50 }, (_, i) => CONTENTS[i % CONTENTS.length] as Content);
const BOUGHT = 4;

/** Part of what sellers sent that is never paid, when so many accounts of 100 are cheats. */
function lossOf(rule: Rule, cheats: number): number {
  const { stolenMiB, paidMiB } = takenBy(rule, TRIED);
  const bought = CONTENTS.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0) * (BOUGHT / CONTENTS.length);
  const [stolen, paid] = [cheats * stolenMiB, (100 - cheats) * bought + cheats * paidMiB];
  return stolen / (stolen + paid);
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const CHEATS = [5, 10, 25, 50];
const losses = new Table({
  head: ["rule", "one cheat takes", ...CHEATS.map((cheats) => `loss at ${cheats} % cheats`)],
});
for (const [name, rule] of Object.entries(RULES)) {
  const { stolenMiB } = takenBy(rule, TRIED);
  losses.push([name, `${stolenMiB.toFixed(0)} MiB`, ...CHEATS.map((cheats) => percent(lossOf(rule, cheats)))]);
}
console.log(losses.toString());

const cases = CONTENTS.map((content) => ({ name: `${content.sizeMiB} MiB`, content, sellers: 1, mute: 0 }));
const halfBad = { sizeMiB: 256, pieceMiB: 1 / 4 };
cases.push({ name: "256 MiB, 4 sellers", content: halfBad, sellers: 4, mute: 0 });
cases.push({ name: "256 MiB, 2 of 4 mute", content: halfBad, sellers: 4, mute: 2 });
for (const [linkName, link] of Object.entries(LINKS)) {
  const table = new Table({ head: [`${linkName}: part of the line`, ...cases.map(({ name }) => name)] });
  for (const [name, rule] of Object.entries(RULES)) {
    const parts = cases.map(({ content, sellers, mute }) => {
      return percent(content.sizeMiB / link.line / secondsOf(rule, content, sellers, link, mute));
    });
    table.push([name, ...parts]);
  }
  console.log(table.toString());
}
