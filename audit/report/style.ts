/** The page's only style sheet. Colours follow the reader's light or dark setting. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --sheet: #fff; --ink: #1d2125; --soft: #5b646e; --line: #e2dfd8;
  --money: #2b6cb0; --gas: #8a6d1f; --good: #1d7a46; --bad: #b3261e; --open: #96690a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --sheet: #1b1f23; --ink: #e6e8ea; --soft: #9aa4ae; --line: #30363c;
    --money: #6aa9e9; --gas: #d3b158; --good: #58c08a; --bad: #ff8a80; --open: #e3b341;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
p { margin: .5rem 0; max-width: 60rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .75rem; margin: 1rem 0; font-size: .875rem; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code { font: .85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
small, .soft { color: var(--soft); font-size: .875rem; }
.verdict { background: var(--sheet); border: 1px solid var(--line); border-left: .4rem solid var(--tone); border-radius: .4rem; padding: 1rem 1.25rem; }
.verdict strong { display: block; color: var(--tone); font-size: 1.25rem; line-height: 1.3; }
.good { --tone: var(--good); } .bad { --tone: var(--bad); } .open { --tone: var(--open); }
.tag { display: inline-block; min-width: 4.2rem; color: var(--tone); font-weight: 600; font-size: .875rem; }
ol, ul { list-style: none; margin: 0; padding: 0; }
.list { background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; }
.list > li { display: flex; gap: .75rem; padding: .6rem 1rem; border-top: 1px solid var(--line); }
.list > li:first-child { border-top: 0; }
.list .tag { flex: none; } .list div { min-width: 0; overflow-wrap: anywhere; }
.checks > li { padding-block: .3rem; font-size: .9375rem; }
.checks .number { flex: none; width: 1.6rem; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.checks .tag { min-width: 2.6rem; }
.checks .failed { font-weight: 600; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; overflow: hidden; }
.grid > div { padding: .7rem 1rem; box-shadow: 0 0 0 .5px var(--line); }
.grid b { display: block; font-size: 1.05rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .6rem; text-align: left; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; }
th.n, td.n { text-align: right; }
td.zero { color: var(--soft); }
figure { margin: 0 0 1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .875rem; margin-bottom: .5rem; }
.axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); font-size: .8125rem; margin-top: .3rem; }
.columns { display: block; width: 100%; height: 7rem; border-bottom: 1px solid var(--line); }
.bar { display: block; width: 7rem; height: .7rem; }
.money { fill: var(--money); } .gas { fill: var(--gas); } .out { fill: var(--bad); opacity: .75; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
@media (min-width: 64rem) {
  .halves { display: grid; grid-template-columns: 1fr 1fr; gap: 0; }
  .halves > :first-child { border-right: 0; border-radius: .4rem 0 0 .4rem; }
  .halves > :last-child { border-radius: 0 .4rem .4rem 0; }
}
@media (max-width: 63.99rem) {
  .halves > :first-child { border-bottom-left-radius: 0; border-bottom-right-radius: 0; }
  .halves > :last-child { border-top: 0; border-top-left-radius: 0; border-top-right-radius: 0; }
  .halves > :last-child > :first-child { border-top: 1px solid var(--line); }
}
@media (max-width: 40rem) {
  main { padding-top: 1rem; }
  .list > li { flex-wrap: wrap; gap: 0 .75rem; padding-inline: .75rem; }
  .checks > li { flex-wrap: nowrap; }
  .grid { grid-template-columns: 1fr 1fr; }
  .verdict { padding: .75rem 1rem; }
}
@media print { body { background: none; } .scroll { overflow: visible; } }
`;
