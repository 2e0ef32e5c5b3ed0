import { Hex } from "../../../kit/live/hex.tsx";
import { Moment } from "../../../kit/live/moment.tsx";
import { bans } from "../state.ts";

/** Accounts with which nothing is traded for now, and why. */
export function Bans() {
  if (bans.value.length === 0) return null;
  return (
    <section class="card form" aria-labelledby="bans">
      <h2 id="bans">Banned</h2>
      <ul class="devices">
        {bans.value.map(({ account, until, badPieces, defaults }) => (
          <li key={account}>
            <Hex value={account} />
            <p>
              {whyOf(badPieces, defaults)}; until <Moment at={until} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function whyOf(badPieces: number, defaults: number): string {
  const words = [
    ...(defaults > 0 ? [`left ${defaults} pieces unpaid`] : []),
    ...(badPieces > 0 ? [`sent ${badPieces} wrong pieces`] : []),
  ];
  return words.join(", ") || "broke a rule";
}
