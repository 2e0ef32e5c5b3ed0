import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { formatBytes } from "../../../../protocol/base/units.ts";
import { type Growth, growthOf } from "../../growth.ts";
import { type Layout, layOut, lineBetween } from "../../layout.ts";
import type { PeerPicture, Picture } from "../../picture.ts";
import { prefersStillness, send } from "../motion.ts";
import { isNarrow, picture } from "../state.ts";
import { formatMoneyShort } from "../words.ts";

/** Lines of both directions run side by side. */
const SHIFT = 4;

/** The swarm: who is there, who sold to whom, and what is on its way now. */
export function Swarm({ shown }: { shown: Picture }) {
  const { peers, flows, token } = shown;
  const layout = layOut(
    peers.map(({ name }) => name),
    isNarrow.value,
  );
  const moving = useRef<SVGGElement>(null);
  const before = useRef<Picture | null>(null);
  const busy = useRef<readonly Growth[]>([]);
  useSignalEffect(() => {
    const now = picture.value;
    if (now === null || now === before.current) return;
    const known = before.current?.scene.title === now.scene.title ? before.current.flows : now.flows;
    busy.current = growthOf(known, now.flows);
    before.current = now;
    if (moving.current && !prefersStillness()) animate(moving.current, layout, busy.current);
  });
  const most = Math.max(1, ...flows.map(({ bytes }) => bytes));
  return (
    <svg
      class={`swarm-picture ${isNarrow.value ? "narrow" : ""}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      aria-hidden="true"
    >
      {flows.map(({ seller, buyer, bytes }) => {
        const ends = endsOf(layout, seller, buyer);
        if (ends === null || bytes === 0) return null;
        const [from, to] = ends;
        return (
          <line
            key={`${seller} ${buyer}`}
            class="flow"
            x1={from.x}
            y1={from.y}
            x2={to.x}
            y2={to.y}
            stroke-width={1 + 4 * (bytes / most)}
          />
        );
      })}
      <g ref={moving} />
      {peers.map((peer) => (
        <Node key={peer.name} peer={peer} layout={layout} symbol={token} />
      ))}
    </svg>
  );
}

function Node({ peer, layout, symbol }: { peer: PeerPicture; layout: Layout; symbol: Picture["token"] }) {
  const place = layout.places.get(peer.name);
  if (!place) return null;
  const { radius } = layout;
  const share = peer.bytesTotal === 0 ? 0 : peer.bytesDone / peer.bytesTotal;
  const around = 2 * Math.PI * (radius - 3);
  return (
    <g class={`peer ${peer.state} ${peer.isCheat ? "cheat" : ""}`} transform={`translate(${place.x} ${place.y})`}>
      <circle class="body" r={radius} />
      <circle class="rim" r={radius - 3} />
      {share > 0 && (
        <circle class="done" r={radius - 3} stroke-dasharray={`${share * around} ${around}`} transform="rotate(-90)" />
      )}
      <text class="share" dy="0.35em">
        {peer.state === "waiting" ? "…" : peer.state === "stopped" ? "left" : `${Math.floor(share * 100)} %`}
      </text>
      <text class="name" y={radius + 17}>
        {peer.name}
      </text>
      <text class="pocket" y={radius + 33}>
        {peer.balance === null ? "" : formatMoneyShort(BigInt(peer.balance), symbol)}
      </text>
      <text class="promise" y={radius + 48}>
        {promiseOf(peer, symbol)}
      </text>
    </g>
  );
}

/** What vouchers will change: money on its way in, or out. */
function promiseOf({ promised, holds }: PeerPicture, token: Picture["token"]): string {
  const change = BigInt(holds) - BigInt(promised);
  if (change === 0n) return "";
  return `${change > 0n ? "+" : "\u2212"}${formatMoneyShort(change > 0n ? change : -change, token)}`;
}

function endsOf({ places, radius }: Layout, seller: string, buyer: string) {
  const [from, to] = [places.get(seller), places.get(buyer)];
  return from && to ? lineBetween(from, to, radius, SHIFT) : null;
}

/** One piece there and one voucher back, for each line on which something was sold. */
function animate(group: SVGGElement, layout: Layout, growth: readonly Growth[]): void {
  for (const { seller, buyer, bytes } of growth) {
    const ends = endsOf(layout, seller, buyer);
    if (ends === null) continue;
    const [from, to] = ends;
    send(group, "piece", from, to, `${formatBytes(bytes)} from ${seller} to ${buyer}`);
    send(group, "voucher", to, from, `vouchers from ${buyer} to ${seller}`);
  }
}
