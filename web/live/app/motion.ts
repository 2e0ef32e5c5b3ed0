import type { Point } from "../layout.ts";

const SVG = "http://www.w3.org/2000/svg";
const THERE_MS = 900;

export function prefersStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Lets something that has really gone from here to there be seen on its way. A voucher sets out
 * when its piece has come.
 */
export function send(group: SVGGElement, kind: "piece" | "voucher", from: Point, to: Point, what: string): void {
  const mark = document.createElementNS(SVG, kind === "piece" ? "rect" : "circle");
  mark.setAttribute("class", kind);
  if (kind === "piece") for (const [name, value] of SQUARE) mark.setAttribute(name, value);
  else mark.setAttribute("r", "4");
  const title = document.createElementNS(SVG, "title");
  title.textContent = what;
  mark.append(title);
  group.append(mark);
  const at = ({ x, y }: Point): string => `translate(${x}px, ${y}px)`;
  const path = [{ transform: at(from) }, { transform: at(to) }];
  const delay = kind === "piece" ? 0 : THERE_MS / 2;
  const animation = mark.animate(path, { duration: THERE_MS, delay, easing: "ease-in-out", fill: "backwards" });
  animation.addEventListener("finish", () => mark.remove());
}

const SQUARE = Object.entries({ x: "-4.5", y: "-4.5", width: "9", height: "9", rx: "1.5" });
