import { render } from "preact";
import { listen } from "./feed.ts";
import { App } from "./parts/app.tsx";

const root = document.querySelector<HTMLElement>("#live");
if (root !== null) {
  listen();
  render(<App token={root.dataset.token ?? ""} />, root);
}
