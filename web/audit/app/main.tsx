import { render } from "preact";
import { readFirstValues } from "./form-values.ts";
import { App } from "./parts/app.tsx";
import { trustWorker } from "./worker-url.ts";

const root = document.querySelector<HTMLElement>("#audit");
if (root !== null) {
  const workerUrl = trustWorker(root.dataset.worker ?? "");
  render(<App workerUrl={workerUrl} first={readFirstValues(root.dataset, location.hash)} />, root);
}
