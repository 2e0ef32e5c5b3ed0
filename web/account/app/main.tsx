import { render } from "preact";
import { App } from "./parts/app.tsx";
import { keepFresh } from "./refresh.ts";
import { discoverWallets } from "./wallet/discovery.ts";

const root = document.querySelector("#account");
if (root !== null) {
  discoverWallets();
  keepFresh();
  render(<App />, root);
}
